"""The statement holds what it should: every sum, source, number, date and address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from bot.messages import RequestType
from knowledge import (
    LocalList,
    LocalText,
    Retention,
    Right,
    Statement,
    Topic,
    load_law,
    load_statement,
)

# What the statement prints, apart from words; every number in our texts must be among these.
PRINTED_NUMBERS = {"1.0", "2022", "10", "112", "16", "8043", "038-222 54 60", "08:30", "18:00"}
WRITTEN_OTHERWISE = {"24/7"}  # printed as 247, and read aloud as 24/7
NUMBER = re.compile(r"\d[\d.:/-]*(?: \d+)*")
MONTHS = "januari februari maart april mei juni juli augustus september oktober november december"
MONTHS_EN = "January February March April May June July August September October November December"

RETENTIONS = {
    "contact_person": "end_of_service",
    "service_address": "end_of_service",
    "billing_name": "end_of_service",
    "intercept_traffic": "P6M",
    "support_info": "P3Y",
    "call_recordings": "P90D",
    "connection_ids": "end_of_service",
    "voip_device": "end_of_service",
    "mobile_device": "end_of_service",
    "usage_data": "P6M",
    "customer_recordings": "user",
    "keyholders": "end_of_service",
    "visit_stats": "P1Y",
    "contact_form": "P1Y",
}
OTHER_CONTROLLER = {
    "service_address",
    "billing_name",
    "connection_ids",
    "voip_device",
    "mobile_device",
    "customer_recordings",
    "keyholders",
}
VALUES = {
    "contact_address": {"street": "Vechterweerdstraat 16", "postal_code": "8043 WH"},
    "contact_phone": {"phone": "038-222 54 60"},
    "contact_hours": {"opens": "08:30", "closes": "18:00", "first_day": "1", "last_day": "5"},
    "contact_privacy_email": {"email": "privacy@mixedbytes.nl"},
    "contact_general_email": {"email": "info@mixedbytes.nl"},
    "sharing_112": {"number": "112"},
}
# Words of reserve that an answer may not lose, since without them it claims too much.
RESERVES = [
    ("company", "onder andere", "include"),
    ("why_processing", "Meestal", "Usually"),
    ("controller_general", "in veel gevallen", "In many cases"),
    ("purpose_security", "bijvoorbeeld", "for example"),
    ("sharing_processors", "Voor bepaalde diensten", "For certain services"),
    ("sharing_authorities", "In sommige situaties", "In some situations"),
    ("sharing_outside_eea", "Als een leverancier", "If a supplier"),
    ("request_identification", "minimaal", "at least"),
    ("request_identification", "In sommige gevallen", "In some cases"),
    ("statement_changes", "kan", "may"),
    ("right_erasure_objection", "In bepaalde gevallen", "In certain cases"),
    ("right_erasure_objection", "bijvoorbeeld", "for example"),
    ("right_portability", "alleen", "only"),
    ("right_withdraw_consent", "bijvoorbeeld", "for example"),
]


@pytest.fixture(scope="module")
def statement() -> Statement:
    return load_statement(law=load_law())


def texts(value: object, place: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield place, language and text of every text that a reply can render."""
    if isinstance(value, LocalText):
        yield place, "nl", value.nl
        yield place, "en", value.en
    elif isinstance(value, LocalList):
        yield from ((place, "nl", item) for item in value.nl)
        yield from ((place, "en", item) for item in value.en)
    elif isinstance(value, BaseModel):
        name = getattr(value, "id", "")
        for field in type(value).model_fields:
            if field != "aliases":  # what people say, not what we say
                yield from texts(getattr(value, field), f"{place}.{name}.{field}")
    elif isinstance(value, tuple):
        for item in value:
            yield from texts(item, place)


def numbers(text: str) -> list[str]:
    return sorted(found.strip(".:/-") for found in NUMBER.findall(text))


def kept(retention: Retention) -> str | None:
    return retention.period or retention.until or retention.depends_on


def test_it_has_fourteen_activities_twenty_three_topics_and_seven_rights(
    statement: Statement,
) -> None:
    counts = len(statement.activities), len(statement.topics), len(statement.rights)
    assert counts == (14, 23, 7)


def test_it_has_eighty_eight_facts(statement: Statement) -> None:
    assert len(statement.fact_ids()) == 88


def test_only_two_activities_have_a_purpose(statement: Statement) -> None:
    purposes = {fact for fact in statement.fact_ids() if fact.endswith(".purpose")}
    assert purposes == {"call_recordings.purpose", "visit_stats.purpose"}


@pytest.mark.parametrize(("activity", "expected"), RETENTIONS.items())
def test_an_activity_is_kept_as_the_table_says(
    statement: Statement, activity: str, expected: str
) -> None:
    assert kept(statement.activity(activity).retention) == expected


def test_retentions_add_up(statement: Statement) -> None:
    assert Counter(kept(activity.retention) for activity in statement.activities) == {
        "end_of_service": 7,
        "P6M": 2,
        "P1Y": 2,
        "P90D": 1,
        "P3Y": 1,
        "user": 1,
    }


def test_seven_activities_have_another_controller(statement: Statement) -> None:
    counts = Counter(activity.controller for activity in statement.activities)
    other = {a.id for a in statement.activities if a.controller == "commissioning_party"}
    assert counts == {"mixedbytes": 7, "commissioning_party": 7}
    assert other == OTHER_CONTROLLER


def test_no_activity_rests_on_consent(statement: Statement) -> None:
    counts = Counter(activity.legal_basis for activity in statement.activities)
    assert counts == {"contract": 11, "legitimate_interest": 2, "legal_obligation": 1}


def test_activities_follow_the_order_of_the_services(statement: Statement) -> None:
    order = list(dict.fromkeys(activity.service for activity in statement.activities))
    assert order == [service.id for service in statement.services]


def test_every_dutch_data_item_uses_the_words_of_its_row(statement: Statement) -> None:
    reworded = {"aanlevert", "MixedBytes", "line-id"}  # printed: aangeleverd, ons, Linelid
    strange = [
        (activity.id, word)
        for activity in statement.activities
        for item in activity.data.nl
        for word in re.findall(r"[\w-]{6,}", item)
        if word[:5].lower() not in activity.row.lower() and word not in reworded
    ]
    assert strange == []


def test_the_version_is_that_of_june_2022(statement: Statement) -> None:
    assert (statement.version, statement.updated.isoformat()) == ("1.0", "2022-06-10")
    assert statement.version_label.in_language("nl") == "juni 2022"
    assert statement.version_label.in_language("en") == "June 2022"


@pytest.mark.parametrize(("topic", "values"), VALUES.items())
def test_a_topic_holds_its_literal_values(
    statement: Statement, topic: str, values: dict[str, str]
) -> None:
    assert values.items() <= statement.topic(topic).values.items()


@pytest.mark.parametrize("topic", sorted(set(VALUES) - {"contact_hours"}))
def test_a_literal_value_is_said_in_both_languages(statement: Statement, topic: str) -> None:
    told = statement.topic(topic)
    assert all(value in told.text.nl and value in told.text.en for value in told.values.values())


def test_every_number_in_a_text_is_printed_in_the_statement(statement: Statement) -> None:
    invented = [
        (place, language, number)
        for place, language, text in texts(statement)
        for number in numbers(text)
        if number not in PRINTED_NUMBERS | WRITTEN_OTHERWISE
    ]
    assert invented == []


def test_no_text_names_another_month_than_june(statement: Statement) -> None:
    months = set(f"{MONTHS} {MONTHS_EN}".split()) - {"juni", "June", "May"}
    named = [
        (place, word)
        for place, _, text in texts(statement)
        for word in re.findall(r"\w+", text)
        if word in months
    ]
    assert named == []


def test_every_mail_address_is_one_of_the_two(statement: Statement) -> None:
    addresses = {found for _, _, text in texts(statement) for found in re.findall(r"\S+@\S+", text)}
    assert {address.rstrip(".") for address in addresses} == {
        "privacy@mixedbytes.nl",
        "info@mixedbytes.nl",
    }


def test_both_languages_state_the_same_numbers(statement: Statement) -> None:
    told: tuple[Topic | Right, ...] = (*statement.topics, *statement.rights)
    assert [
        record.id for record in told if numbers(record.text.nl) != numbers(record.text.en)
    ] == []


@pytest.mark.parametrize(("fact", "dutch", "english"), RESERVES)
def test_a_text_keeps_its_reserve(
    statement: Statement, fact: str, dutch: str, english: str
) -> None:
    told = (statement.right if fact.startswith("right_") else statement.topic)(fact).text
    assert dutch.lower() in told.nl.lower()
    assert english.lower() in told.en.lower()


def test_a_text_is_at_most_three_sentences(statement: Statement) -> None:
    told: tuple[Topic | Right, ...] = (*statement.topics, *statement.rights)
    assert [
        record.id for record in told if len(re.findall(r"[.!?](?:\s|$)", record.text.nl)) > 3
    ] == []


def test_the_original_is_polite(statement: Statement) -> None:
    familiar = re.compile(r"\b(je|jij|jou|jouw|jullie)\b", re.IGNORECASE)
    assert [
        place
        for place, language, text in texts(statement)
        if language == "nl" and familiar.search(text)
    ] == []


def test_every_request_type_belongs_to_one_right(statement: Statement) -> None:
    named = Counter(kind for right in statement.rights for kind in right.request_types)
    assert named == Counter(RequestType)


def test_only_correction_and_objection_expect_something(statement: Statement) -> None:
    expecting = {right.id for right in statement.rights if right.expects}
    assert expecting == {"right_rectification", "right_erasure_objection"}


def test_the_general_silence_is_there(statement: Statement) -> None:
    assert statement.silence("other").label.in_language("nl") == "dat onderwerp"


def test_what_is_told_of_the_law_stays_out_of_the_statement(statement: Statement) -> None:
    articles = re.compile(r"\b(art\. ?\d|artikel \d|article \d|AVG|GDPR)")
    assert [place for place, _, text in texts(statement) if articles.search(text)] == []


@pytest.mark.parametrize(
    ("fact", "section", "row"),
    [
        ("call_recordings.retention", "S3", "Gespreksopnames als u ons belt."),
        ("keyholders.data", "S3", "Contactgegevens sleutelhouders."),
        ("statement_version", "S0", None),
        ("right_restriction", "S6.4", None),
        ("contact_phone", "S7", None),
    ],
)
def test_a_fact_says_where_it_stands(
    statement: Statement, fact: str, section: str, row: str | None
) -> None:
    source = statement.source(fact)
    assert (source.section.id, source.row) == (section, row)


def test_every_fact_has_a_source(statement: Statement) -> None:
    assert all(statement.source(fact).section.heading for fact in statement.fact_ids())
