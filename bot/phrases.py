"""Reply templates and words of the intents, read from the YAML beside each module."""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.errors import WordsError
from bot.messages import LANGUAGES, Language

Templates = Mapping[str, Mapping[Language, str]]
_KEYS = {"replies", "words"}


def read_yaml(path: Path) -> Any:
    """Return what a YAML file holds with every scalar as text, so that `no` stays a word."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=loader)  # noqa: S506 - it builds nothing but text


def read_intent_file(path: Path) -> tuple[dict[str, dict[Language, str]], dict[str, Any]]:
    """Return the replies (named `file.key`) and the words (concept → language → forms).

    Raises WordsError when a key is unknown, a language is missing or fields differ.
    """
    raw = read_yaml(path) or {}
    if unknown := set(raw) - _KEYS:
        raise WordsError(f"{path.name}: unknown key {min(unknown)!r}")
    replies: dict[str, dict[Language, str]] = {}
    for key, texts in (raw.get("replies") or {}).items():
        if set(texts) != set(LANGUAGES):
            raise WordsError(f"{path.name}: {key}: needs exactly {', '.join(LANGUAGES)}")
        if fields(texts["nl"]) != fields(texts["en"]):
            raise WordsError(f"{path.name}: {key}: the languages use different fields")
        replies[f"{path.stem}.{key}"] = {
            language: texts[language].strip() for language in LANGUAGES
        }
    words = raw.get("words") or {}
    for concept, forms in words.items():
        if unknown := set(forms) - set(LANGUAGES):
            raise WordsError(f"{path.name}: {concept}: unknown language {min(unknown)!r}")
    return replies, words


@lru_cache(maxsize=2_000)
def fields(template: str) -> frozenset[str]:
    """Return the names of the fields in a template."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return the template with its fields filled; raises WordsError for an unknown field."""
    if missing := fields(template) - set(values):
        raise WordsError(f"no value for {min(missing)!r} in {template!r}")
    return template.format_map(dict(values))
