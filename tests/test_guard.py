"""Sensitive numbers never pass the guard; ordinary ones do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard import beside_masks, guard, passes_eleven_test
from bot.messages import plain_text
from tests.conftest import Say


@pytest.mark.parametrize(
    "text",
    [
        "mijn bsn is 123456782",
        "123456782",
        "1234.56.782",
        "123 456 782",
        "123-456-782",
        "bsn:249566758!",
        "１２３４５６７８２",
        "123\u200b456\u200b782",
        "burgerservicenummer 12345672 hoort bij mij",
    ],
)
def test_a_citizen_service_number_is_masked(text: str) -> None:
    guarded = guard(text)

    assert guarded.masked == 1
    assert "•••" in guarded.text


@pytest.mark.parametrize(
    "text",
    [
        "bel 038-222 54 60",
        "ordernummer 123456789",
        "000000000",
        "8043 WH Zwolle",
        "op 3 juni 2026",
        "12345672",
        "imei 490154203237518",
    ],
)
def test_an_ordinary_number_is_left_alone(text: str) -> None:
    assert guard(text).masked == 0


@pytest.mark.parametrize(
    "text", ["NL91ABNA0417164300", "NL91 ABNA 0417 1643 00", "iban DE89370400440532013000"]
)
def test_a_bank_account_number_is_masked(text: str) -> None:
    assert guard(text).masked == 1


@pytest.mark.parametrize("text", ["paspoort SPECI2014", "my passport NW1234567 is valid"])
def test_a_document_number_beside_its_word_is_masked(text: str) -> None:
    assert guard(text).masked == 1


def test_a_code_without_the_word_for_a_document_is_left_alone() -> None:
    assert guard("mijn klantcode is NW1234567").masked == 0


@given(st.lists(st.integers(0, 9), min_size=9, max_size=9))
def test_no_number_that_passes_the_eleven_test_survives(digits: list[int]) -> None:
    number = "".join(map(str, digits))

    assert (number in guard(f"mijn bsn is {number}.").text) != passes_eleven_test(digits)


@given(st.text())
def test_any_text_passes_without_an_error(text: str) -> None:
    guard(text)


def test_the_person_is_told_and_the_number_is_not_repeated(say: Say) -> None:
    text = plain_text(say("hoe lang bewaren jullie cookies? mijn bsn is 123456782"))

    assert "123456782" not in text
    assert "onleesbaar gemaakt" in text
    assert "één jaar" in text


def test_a_masked_number_beside_a_question_says_nothing() -> None:
    assert beside_masks("How long do you keep it? My number is •••.") == "How long do you keep it?"
    assert beside_masks("My number is •••, delete it.") == "My number is •••, delete it."
    assert beside_masks("How long?") == "How long?"
