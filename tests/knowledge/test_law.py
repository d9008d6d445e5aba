"""The rules of law have their articles, the holidays their days, and the rights their bases."""

from __future__ import annotations

import re
from datetime import date

import pytest
from pydantic import ValidationError

from bot.errors import GroundingError
from bot.messages import RequestType
from knowledge import RIGHT_NAMES, Holiday, Law, LocalText, Statement, load_law, load_statement

ARTICLES = {
    "basis_contract": "GDPR art. 6(1)(b)",
    "basis_legal_obligation": "GDPR art. 6(1)(c)",
    "basis_legitimate_interest": "GDPR art. 6(1)(f)",
    "withdraw_consent": "GDPR art. 7(3)",
    "response_time": "GDPR art. 12(3)",
    "refusal": "GDPR art. 12(4)",
    "free_of_charge": "GDPR art. 12(5)",
    "identification": "GDPR art. 12(6)",
    "access": "GDPR art. 15",
    "access_recipients": "GDPR art. 15(1)(c)",
    "copy": "GDPR art. 15(3)",
    "rectification": "GDPR art. 16",
    "erasure": "GDPR art. 17",
    "erasure_exceptions": "GDPR art. 17(3)",
    "restriction": "GDPR art. 18",
    "portability": "GDPR art. 20",
    "objection": "GDPR art. 21(1)",
    "marketing_objection": "GDPR art. 21(2)-(3)",
    "automated_decisions": "GDPR art. 22",
    "processor_assistance": "GDPR art. 28(3)(e)",
    "security": "GDPR art. 32",
    "breach": "GDPR art. 33 and 34",
    "dpo": "GDPR art. 37(7)",
    "complaint": "GDPR art. 77",
    "any_form": "GDPR art. 12(2)",
}
# access, rectification, erasure, restriction, portability, objection: y(es), c(onditional), n(o)
ON_CONTRACT = "yycccn"
RIGHTS = {
    "intercept_traffic": "cyncnn",
    "call_recordings": "yyccny",
    "visit_stats": "yyccny",
}
DAYS = [
    ("new_year", 2027, date(2027, 1, 1)),
    ("easter_monday", 2026, date(2026, 4, 6)),
    ("easter_monday", 2027, date(2027, 3, 29)),
    ("kings_day", 2027, date(2027, 4, 27)),
    ("kings_day", 2031, date(2031, 4, 26)),
    ("liberation_day", 2027, date(2027, 5, 5)),
    ("ascension_day", 2027, date(2027, 5, 6)),
    ("whit_monday", 2027, date(2027, 5, 17)),
    ("christmas_day", 2027, date(2027, 12, 25)),
    ("boxing_day", 2026, date(2026, 12, 26)),
]
NAME = LocalText(nl="feestdag", en="holiday")


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


@pytest.fixture(scope="module")
def statement(law: Law) -> Statement:
    return load_statement(law=law)


@pytest.mark.parametrize(("rule", "article"), ARTICLES.items())
def test_a_rule_names_its_article(law: Law, rule: str, article: str) -> None:
    assert law.rule(rule).article.in_language("en") == article


@pytest.mark.parametrize("kind", RequestType)
def test_every_request_type_has_a_rule_of_the_same_name(law: Law, kind: RequestType) -> None:
    assert law.rule(kind).text.in_language("nl")


def test_both_languages_name_the_same_article_numbers(law: Law) -> None:
    number = re.compile(r"\d+")
    assert [
        rule.id
        for rule in law.rules
        if number.findall(rule.article.nl) != number.findall(rule.article.en)
    ] == []


def test_a_rule_is_at_most_two_sentences(law: Law) -> None:
    assert [rule.id for rule in law.rules if len(re.findall(r"\.(?:\s|$)", rule.text.nl)) > 2] == []


def test_a_rule_never_speaks_for_the_organisation(law: Law, statement: Statement) -> None:
    name = statement.organisation
    assert [rule.id for rule in law.rules if name in rule.text.nl + rule.text.en] == []


def test_no_rule_suggests_that_a_request_may_cost_money(law: Law) -> None:
    fee = re.compile(r"\b(fee|charge a|vergoeding|kosten)\b")
    assert [rule.id for rule in law.rules if fee.search(rule.text.nl + rule.text.en)] == []


def test_an_unknown_rule_is_named_in_the_error(law: Law) -> None:
    with pytest.raises(GroundingError, match="nowhere"):
        law.rule("nowhere")


@pytest.mark.parametrize(("holiday", "year", "day"), DAYS)
def test_a_holiday_falls_on_its_day(law: Law, holiday: str, year: int, day: date) -> None:
    assert law.holidays_in(year)[day].id == holiday


def test_there_are_eight_holidays_each_with_its_source(law: Law) -> None:
    assert len(law.holidays) == 8
    assert all("Algemene termijnenwet" in holiday.source for holiday in law.holidays)


def test_good_friday_extends_no_period(law: Law) -> None:
    assert date(2027, 3, 26) not in law.holidays_in(2027)
    assert [day.on(2027) for day in law.internal_days_off] == [date(2027, 3, 26)]


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"month": 4},
        {"day": 27},
        {"month": 4, "day": 27, "easter": 1},
        {"month": 4, "easter": 1},
        {"easter": 1, "when_sunday_move": -1},
        {"month": 2, "day": 30},
    ],
)
def test_a_holiday_is_a_fixed_day_or_counted_from_easter(rule: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Holiday.model_validate({"id": "x", "name": NAME, "source": "x", **rule})


def test_every_activity_gets_the_rights_of_its_legal_basis(law: Law, statement: Statement) -> None:
    found = {
        activity.id: "".join(
            right.applies[0] for right in law.rights_of(activity.id, activity.legal_basis)
        )
        for activity in statement.activities
    }
    assert found == {name: RIGHTS.get(name, ON_CONTRACT) for name in found}


def test_rights_come_in_the_order_of_their_articles(law: Law) -> None:
    rights = law.rights_of("keyholders", "contract")
    assert tuple(right.right for right in rights) == RIGHT_NAMES


def test_what_is_not_a_plain_yes_has_a_rule_that_says_why(law: Law, statement: Statement) -> None:
    bare = [
        (activity.id, right.right)
        for activity in statement.activities
        for right in law.rights_of(activity.id, activity.legal_basis)
        if right.applies != "yes" and not right.notes
    ]
    assert bare == []


@pytest.mark.parametrize(
    ("activity", "basis", "right", "note"),
    [
        ("intercept_traffic", "legal_obligation", "access", "legal_limits"),
        ("intercept_traffic", "legal_obligation", "erasure", "erasure_legal_duty"),
        ("call_recordings", "legitimate_interest", "erasure", "erasure_legal_claims"),
        ("visit_stats", "legitimate_interest", "restriction", "restriction_pending_objection"),
        ("usage_data", "contract", "portability", "portability_rights_of_others"),
        ("billing_name", "contract", "rectification", "companies"),
    ],
)
def test_a_right_has_the_note_of_its_activity(
    law: Law, activity: str, basis: str, right: str, note: str
) -> None:
    notes: dict[str, tuple[str, ...]] = {
        applied.right: applied.notes for applied in law.rights_of(activity, basis)
    }
    assert note in notes[right]


def test_a_basis_without_rights_is_an_error(law: Law) -> None:
    with pytest.raises(GroundingError, match="consent"):
        law.rights_of("keyholders", "consent")
