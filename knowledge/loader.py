"""From YAML to records; every defect is told at once, with file, line and key."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.errors import StatementError
from knowledge.crosscheck import Defect, law_defects, statement_defects
from knowledge.law import Law
from knowledge.schema import Statement
from knowledge.texts import Model
from knowledge.yaml_file import YamlFile

HERE = Path(__file__).parent
_REASONS = {"missing": "is missing", "extra_forbidden": "is not a key that this record has"}
M = TypeVar("M", bound=Model)


def load_law(path: Path | None = None) -> Law:
    """Return the rules of law; raises StatementError with all defects."""
    file = YamlFile.read(path or HERE / "law.yaml")
    law = _validated(file, Law)
    _refuse(file, law_defects(law))
    return law


def load_statement(path: Path | None = None, law: Law | None = None) -> Statement:
    """Return the statement, checked against the law; raises StatementError with all defects."""
    file = YamlFile.read(path or HERE / "statement.yaml")
    statement = _validated(file, Statement)
    _refuse(file, statement_defects(statement, law or load_law()))
    return statement


def _validated(file: YamlFile, model: type[M]) -> M:
    try:
        return model.model_validate(file.content)
    except ValidationError as error:
        shape = [(tuple(e["loc"]), _reason(e)) for e in error.errors()]
        raise StatementError(file.doubled + [file.told(*defect) for defect in shape]) from error


def _reason(error: ErrorDetails) -> str:
    return _REASONS.get(error["type"], error["msg"].removeprefix("Value error, "))


def _refuse(file: YamlFile, defects: Iterable[Defect]) -> None:
    told = file.doubled + [file.told(*defect) for defect in defects]
    if told:
        raise StatementError(told)
