"""Records are frozen, look-ups name what they miss, and a retention is one thing."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from bot.errors import GroundingError
from knowledge import LocalList, LocalText, Retention, Statement, load_law, load_statement


@pytest.fixture(scope="module")
def statement() -> Statement:
    return load_statement(law=load_law())


@pytest.mark.parametrize(("language", "expected"), [("nl", "ja"), ("en", "yes")])
def test_a_text_speaks_both_languages(language: str, expected: str) -> None:
    assert LocalText(nl="ja", en="yes").in_language(language) == expected
    assert LocalList(nl=("ja",), en=("yes",)).in_language(language) == (expected,)


@pytest.mark.parametrize(
    "look_up",
    ["activity", "topic", "right", "silence", "section", "service", "party", "legal_basis"],
)
def test_an_unknown_id_is_named_in_the_error(statement: Statement, look_up: str) -> None:
    with pytest.raises(GroundingError, match="nowhere"):
        getattr(statement, look_up)("nowhere")


@pytest.mark.parametrize("fact", ["keyholders.purpose", "nowhere", "keyholders", "company.data"])
def test_what_is_no_fact_has_no_source(statement: Statement, fact: str) -> None:
    with pytest.raises(GroundingError, match=fact):
        statement.source(fact)


def test_records_cannot_be_changed(statement: Statement) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        statement.activity("keyholders").__setattr__("controller", "mixedbytes")


@pytest.mark.parametrize("period", ["90D", "P", "P0D", "P6W", "PT6H", "p90d", "six months"])
def test_a_period_is_iso_8601_in_days_months_or_years(period: str) -> None:
    with pytest.raises(ValidationError):
        Retention(period=period)


@pytest.mark.parametrize("given", [{}, {"period": "P1Y", "until": "end_of_service"}])
def test_a_retention_is_exactly_one_thing(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="exactly one"):
        Retention.model_validate(given)
