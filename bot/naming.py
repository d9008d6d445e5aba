"""Reads what a person calls themselves and where they can be reached."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.text import normalise

_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"\+?\d(?:[\s\-()]{0,2}\d){7,13}")
_LONGEST_NAME = 120
_MOST_SMALL_WORDS = 4
_MARKS = " .,;:-\n"


def has_address(text: str) -> bool:
    """Tell whether a text holds an e-mail address or a phone number."""
    return bool(_MAIL.search(text) or _PHONE.search(text))


def length_of_opening(text: str, openings: Sequence[str]) -> int:
    """Return how many letters of a text say that a name follows: `my name is `; 0 for none."""
    said = normalise(text).strip() + " "
    found = (o for o in openings if said.startswith(normalise(o).strip() + " "))
    return max(map(len, found), default=0)


def name_and_reach(text: str, openings: Sequence[str]) -> tuple[str, str]:
    """Return the name in a text and the addresses and numbers in it; each may be empty."""
    reach = (*_MAIL.finditer(text), *_PHONE.finditer(text))
    name = _PHONE.sub(" ", _MAIL.sub(" ", text)).strip()
    name = name[length_of_opening(name, openings) :].strip(_MARKS)
    # What is left of `Jan de Vries, te bereiken op ...` after its address is only his name.
    name = re.split(r"[,;(\n]|\s{2,}", name)[0].strip(_MARKS)
    return name[:_LONGEST_NAME], ", ".join(match.group().strip() for match in reach)


def is_sentence(name: str) -> bool:
    """Tell whether what should be a name is a sentence: many words, and none with a capital."""
    return len(name.split()) > _MOST_SMALL_WORDS and name == name.lower()
