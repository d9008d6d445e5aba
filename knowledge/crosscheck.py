"""What a schema cannot see: ids that lead nowhere, and ids that stand twice."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.law import Law
from knowledge.schema import Statement
from knowledge.texts import Model

Place = tuple[str | int, ...]
Defect = tuple[Place, str]
_STATEMENT_GROUPS = (
    "sections",
    "services",
    "parties",
    "legal_bases",
    "activities",
    "topics",
    "rights",
    "silences",
)


def statement_defects(statement: Statement, law: Law) -> Iterator[Defect]:
    """Yield every defect of the statement by itself and against the law."""
    for group in _STATEMENT_GROUPS:
        yield from _ids_that_stand_twice(statement, group)
    yield from _facts_that_share_an_id(statement)
    yield from _dangling(statement, {rule.id for rule in law.rules})
    yield from _facts_not_near(statement)
    yield from _law_without_statement(statement, law)


def law_defects(law: Law) -> Iterator[Defect]:
    """Yield every defect of the law by itself."""
    for group in ("rules", "holidays", "internal_days_off"):
        yield from _ids_that_stand_twice(law, group)
    rules = {rule.id for rule in law.rules}
    for group in ("basis_notes", "exceptions"):
        for index, record in enumerate(getattr(law, group)):
            if record.note not in rules:
                yield (group, index, "note"), f"{record.note!r} is not a rule of law"
    for index, note in enumerate(law.basis_notes):
        if note.basis not in law.rights_by_basis:
            yield ("basis_notes", index, "basis"), f"{note.basis!r} is not in rights_by_basis"


def _ids_that_stand_twice(holder: Model, group: str) -> Iterator[Defect]:
    seen: set[str] = set()
    for index, record in enumerate(getattr(holder, group)):
        if record.id in seen:
            yield (group, index, "id"), f"{record.id!r} stands twice"
        seen.add(record.id)


def _facts_that_share_an_id(statement: Statement) -> Iterator[Defect]:
    """Yield rights with the id of a topic, since both are facts."""
    topics = {topic.id for topic in statement.topics}
    for index, right in enumerate(statement.rights):
        if right.id in topics:
            yield ("rights", index, "id"), f"{right.id!r} is also a topic"


def _dangling(statement: Statement, rules: set[str]) -> Iterator[Defect]:
    known = {
        "section": ({section.id for section in statement.sections}, "a section"),
        "service": ({service.id for service in statement.services}, "a service"),
        "controller": ({party.id for party in statement.parties}, "a party"),
        "legal_basis": ({basis.id for basis in statement.legal_bases}, "a legal basis"),
        "law": (rules, "a rule of law"),
    }
    for group in _STATEMENT_GROUPS:
        for index, record in enumerate(getattr(statement, group)):
            for key, (ids, what) in known.items():
                value = getattr(record, key, None)
                if value is not None and value not in ids:
                    yield (group, index, key), f"{value!r} is not {what}"


def _facts_not_near(statement: Statement) -> Iterator[Defect]:
    for index, silence in enumerate(statement.silences):
        for number, fact in enumerate(silence.near):
            if fact not in statement.fact_ids():
                yield ("silences", index, "near", number), f"{fact!r} is not a fact"


def _law_without_statement(statement: Statement, law: Law) -> Iterator[Defect]:
    for index, basis in enumerate(statement.legal_bases):
        if basis.id not in law.rights_by_basis:
            yield ("legal_bases", index, "id"), f"the law file gives no rights for {basis.id!r}"
    activities = {activity.id for activity in statement.activities}
    for name in dict.fromkeys(exception.activity for exception in law.exceptions):
        if name not in activities:
            yield ("activities",), f"the law file has an exception for {name!r}, not found here"
