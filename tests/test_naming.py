"""Names and ways to be reached, as people type them."""

from __future__ import annotations

import pytest

from bot.naming import has_address, is_sentence, name_and_reach

OPENINGS = ("mijn naam is ", "my name is ", "naam: ", "naam ")


@pytest.mark.parametrize(
    ("text", "name", "reach"),
    [
        ("Anna Bakker", "Anna Bakker", ""),
        ("mijn naam is Anna Bakker", "Anna Bakker", ""),
        ("Naam: Anna", "Anna", ""),
        ("Naaman Smith", "Naaman Smith", ""),
        ("Anna, anna@example.org", "Anna", "anna@example.org"),
        ("Jan de Vries, te bereiken op 06-12345678", "Jan de Vries", "06-12345678"),
        ("anna@example.org", "", "anna@example.org"),
    ],
)
def test_a_name_is_what_is_left_of_openings_and_addresses(text: str, name: str, reach: str) -> None:
    assert name_and_reach(text, OPENINGS) == (name, reach)
    assert has_address(text) == bool(reach)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("maar mijn baas heeft dat", True), ("Jan van den Berg de Vries", False), ("anna", False)],
)
def test_a_sentence_is_no_name(text: str, sentence: bool) -> None:
    assert is_sentence(text) == sentence
