"""Normalising, sentences and dates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import clauses, normalise, sentences, tokens
from bot.understanding.dates import mentioned_date

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Hoe  LANG?", "hoe lang?"),
        ("privé", "prive"),
        ("ｃｏｏｋｉｅｓ", "cookies"),
        ("m’n", "m'n"),
        ("co\u00adokies\u202e", "cookies"),
        ("a\x00b", "ab"),
    ],
)
def test_what_looks_the_same_is_normalised_to_the_same(typed: str, expected: str) -> None:
    assert normalise(typed) == expected


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once


@given(st.text())
def test_tokens_stand_where_they_say(text: str) -> None:
    normalised = normalise(text)

    for token in tokens(normalised):
        assert normalised[token.start : token.end] == token.text


def test_a_story_is_split_into_its_sentences() -> None:
    text = "ik belde u. hoe lang bewaart u dat? en waarom?"

    assert [text[a:b].strip() for a, b in sentences(text)] == [
        "ik belde u.",
        "hoe lang bewaart u dat?",
        "en waarom?",
    ]


def test_joined_clauses_are_told_apart() -> None:
    text = "wie is verantwoordelijk en op welke grondslag"

    assert [text[a:b].strip() for a, b in clauses(text)] == [
        "wie is verantwoordelijk",
        "en op welke grondslag",
    ]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ik belde op 3 juni", date(2026, 6, 3)),
        ("called on june 3rd", date(2026, 6, 3)),
        ("the 3rd of june 2025", date(2025, 6, 3)),
        ("op 24 november", date(2026, 11, 24)),
        ("op 25 november", date(2025, 11, 25)),
        ("3-6-2026", date(2026, 6, 3)),
        ("2026-06-03", date(2026, 6, 3)),
        ("gisteren", date(2026, 11, 23)),
        ("the day before yesterday", date(2026, 11, 22)),
        ("31 februari", None),
        ("versie 1.0 van juni 2022", None),
        ("24/7 alarm", None),
        ("you may 5 times", date(2026, 5, 5)),
        ("geen dag", None),
    ],
)
def test_a_mentioned_day_is_found(typed: str, expected: date | None) -> None:
    assert mentioned_date(typed, TODAY) == expected


@given(st.text())
def test_looking_for_a_day_never_fails(text: str) -> None:
    mentioned_date(normalise(text), TODAY)
