"""A defect in a knowledge file is told with its file, line, key and reason; all at once."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

import knowledge
from bot.errors import StatementError
from knowledge import Law, load_law, load_statement

ROOM = Path(knowledge.__file__).parent


class Change(NamedTuple):
    """One change to a file, and where and how its defect is told (`below` counts lines)."""

    old: str
    new: str
    below: int
    key: str
    reason: str


STATEMENT_DEFECTS = [
    Change("version: ", "versoin: ", 0, "versoin", "not a key"),
    Change("{nl: juni 2022, en: June 2022}", "{nl: juni 2022}", 0, "version_label.en", "missing"),
    Change(
        "{nl: juni 2022, en: June 2022}", "{nl: '', en: x}", 0, "version_label.nl", "at least 1"
    ),
    Change("updated: 2022-06-10", "updated: June", 0, "updated", "date"),
    Change("id: S0,", "id: Z0,", 0, "sections.0.id", "pattern"),
    Change("id: S6.1,", "id: S6,", 0, "sections.7.id", "'S6' stands twice"),
    Change("  depends_on_user:", "  depends_on_us:", -2, "retention_words", "exactly"),
    Change(
        "{until: end_of_service}",
        "{until: later}",
        0,
        "activities.0.retention.until",
        "end_of_serv",
    ),
    Change(
        "{until: end_of_service}", "{period: 6M}", 0, "activities.0.retention.period", "pattern"
    ),
    Change("{until: end_of_service}", "{}", 0, "activities.0.retention", "exactly one"),
    Change("controller: mixedbytes", "controller: us", 0, "activities.0.controller", "not a party"),
    Change(
        "legal_basis: contract", "legal_basis: luck", 0, "activities.0.legal_basis", "not a legal"
    ),
    Change("service: general", "service: tv", 0, "activities.0.service", "not a service"),
    Change("section: S3", "section: S8", 0, "activities.0.section", "not a section"),
    Change("  - id: service_address", "  - id: contact_person", 0, "activities.1.id", "twice"),
    Change(
        "nl: [naam, telefoonnummer,", "nl: [telefoonnummer,", -6, "activities.0", "2 items in nl"
    ),
    Change('opens: "08:30"', "opens: 8.5", 0, "topics.18.values.opens", "string"),
    Change(
        "request_types: [access]", "request_types: [look]", 0, "rights.0.request_types.0", "access"
    ),
    Change(
        "request_types: [access]", "request_types: []", 0, "rights.0.request_types", "at least 1"
    ),
    Change("law: access\n", "law: nothing\n", 0, "rights.0.law", "not a rule of law"),
    Change("id: right_access", "id: company", 0, "rights.0.id", "also a topic"),
    Change("law: basis_contract", "law: contract", 0, "legal_bases.0.law", "not a rule of law"),
    Change("  - id: costs", "  - id: refusal", 3, "silences.2.id", "stands twice"),
    Change("near: [right_complaint]", "near: [right_x]", 0, "silences.2.near.0", "not a fact"),
    Change("law: response_time", "law: soon", 0, "silences.0.law", "not a rule of law"),
    Change(
        "updated: 2022-06-10", 'version: "1.1"\nupdated: 2022-06-10', 0, "version", "stands twice"
    ),
]
LAW_DEFECTS = [
    Change('en: "GDPR art. 6(1)(b)"', 'fr: "x"', 0, "rules.0.article.en", "missing"),
    Change("- id: basis_legal_obligation", "- id: basis_contract", 0, "rules.1.id", "stands twice"),
    Change("month: 1, day: 1,", "month: 1,", 0, "holidays.0", "month and day, or easter"),
    Change(
        "erasure: conditional", "erasure: perhaps", 0, "rights_by_basis.contract.erasure", "yes"
    ),
    Change("note: erasure_conditions}", "note: x}", 0, "basis_notes.0.note", "not a rule of law"),
    Change("basis: contract,", "basis: luck,", 0, "basis_notes.0.basis", "not in rights_by_basis"),
    Change("note: companies}", "note: x}", 0, "exceptions.0.note", "not a rule of law"),
    Change("note: companies}", "applies: no, note: companies}", 0, "exceptions.0", "needs a right"),
]


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


def broken(tmp_path: Path, name: str, old: str, new: str) -> tuple[Path, int]:
    """Return a copy of a knowledge file with one change, and the line of that change."""
    text = (ROOM / name).read_text(encoding="utf-8")
    before, found, after = text.partition(old)
    assert found, f"{old!r} is no longer in {name}"
    path = tmp_path / name
    path.write_text(before + new + after, encoding="utf-8")
    return path, before.count("\n") + 1


@pytest.mark.parametrize("change", STATEMENT_DEFECTS)
def test_a_defect_in_the_statement_is_told_where_it_stands(
    tmp_path: Path, law: Law, change: Change
) -> None:
    path, line = broken(tmp_path, "statement.yaml", change.old, change.new)
    with pytest.raises(StatementError) as caught:
        load_statement(path, law)
    start = f"statement.yaml:{line + change.below}: {change.key}: "
    assert [d for d in caught.value.defects if d.startswith(start) and change.reason in d]


@pytest.mark.parametrize("change", LAW_DEFECTS)
def test_a_defect_in_the_law_is_told_where_it_stands(tmp_path: Path, change: Change) -> None:
    path, line = broken(tmp_path, "law.yaml", change.old, change.new)
    with pytest.raises(StatementError) as caught:
        load_law(path)
    start = f"law.yaml:{line + change.below}: {change.key}: "
    assert [d for d in caught.value.defects if d.startswith(start) and change.reason in d]


def test_all_defects_are_told_at_once(tmp_path: Path, law: Law) -> None:
    path, _ = broken(tmp_path, "statement.yaml", "controller: mixedbytes", "controller: us")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("near: [right_complaint]", "near: [x, y]", 1), encoding="utf-8")
    with pytest.raises(StatementError) as caught:
        load_statement(path, law)
    assert len(caught.value.defects) == 3


def test_the_message_of_the_error_holds_every_defect(tmp_path: Path, law: Law) -> None:
    path, _ = broken(tmp_path, "statement.yaml", "section: S3", "section: S8")
    with pytest.raises(StatementError) as caught:
        load_statement(path, law)
    assert str(caught.value).splitlines() == caught.value.defects


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a: }", "statement.yaml:1: is not YAML: "),
        ("a: b\n\tc: d\n", "statement.yaml:2: is not YAML: "),
        ("", "statement.yaml:1: file: "),
        ("- a list\n", "statement.yaml:1: file: "),
    ],
)
def test_a_file_that_is_no_statement_at_all_is_told(
    tmp_path: Path, law: Law, content: str, reason: str
) -> None:
    path = tmp_path / "statement.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(StatementError) as caught:
        load_statement(path, law)
    assert caught.value.defects[0].startswith(reason)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StatementError, match=r"law\.yaml: No such file"):
        load_law(tmp_path / "law.yaml")


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path, law: Law) -> None:
    path = tmp_path / "statement.yaml"
    path.write_bytes(b"organisation: \xff\xfe\n")
    with pytest.raises(StatementError, match=r"statement\.yaml: is not UTF-8"):
        load_statement(path, law)


def test_a_law_that_does_not_fit_the_statement_is_told(law: Law) -> None:
    stranger = law.exceptions[0].model_copy(update={"activity": "television"})
    changed = law.model_copy(
        update={"rights_by_basis": {}, "exceptions": (*law.exceptions, stranger)}
    )
    with pytest.raises(StatementError) as caught:
        load_statement(law=changed)
    assert sum("gives no rights" in defect for defect in caught.value.defects) == 3
    assert sum("'television'" in defect for defect in caught.value.defects) == 1


def test_the_statement_finds_the_law_by_itself() -> None:
    assert load_statement() == load_statement(law=load_law())
