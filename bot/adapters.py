"""How a frozen value is kept as JSON and read back, checked."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


def adapter(kind: type[T]) -> TypeAdapter[T]:
    """Return the adapter of a kind of value, built when first needed: an answer needs none."""
    built: TypeAdapter[T] = _adapter(kind)  # type: ignore[arg-type] # classes are hashable
    return built


@cache
def _adapter(kind: Any) -> Any:
    return TypeAdapter(kind)
