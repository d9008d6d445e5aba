"""Masks sensitive numbers before anything is understood, stored, logged or shown.

A citizen service number (BSN) may not be processed without a basis in law (GDPR art. 87,
UAVG art. 46), so the desk never keeps or repeats one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.text import sentences

_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_DIGITS = re.compile(r"(?<![\d+])\d(?:[ .\-/_]{0,2}\d){6,17}(?!\d)")
_IBAN = re.compile(r"\b[A-Za-z]{2}\d{2}(?:[ ]?[A-Za-z0-9]){11,30}\b")
_DOCUMENT = re.compile(r"\b(?=[A-Za-z0-9]*\d)[A-Za-z]{2}[A-Za-z0-9]{6}\d\b|\b\d{10}\b")
_BSN_WORDS = re.compile(r"bsn|burger\s?service|sofi|citizen service|social security", re.IGNORECASE)
_DOCUMENT_WORDS = re.compile(
    r"paspoort|passport|rijbewijs|licen[cs]e|identiteits|id[- ]?kaart|id[- ]?card|document",
    re.IGNORECASE,
)
_DIGITS_OF_BSN = len(_WEIGHTS)
_NEAR = 40
MASK = "•••"
_INVISIBLE = {"Cf", "Cc", "Cs"}


@dataclass(frozen=True, slots=True)
class Guarded:
    """A text without sensitive numbers, and how many were masked."""

    text: str
    masked: int


def guard(text: str) -> Guarded:
    """Return the text with citizen service numbers, IBANs and document numbers masked."""
    readable = _readable(text)
    spans = [
        *_citizen_numbers(readable),
        *((m.start(), m.end()) for m in _IBAN.finditer(readable) if _is_iban(m.group())),
        *_documents(readable),
    ]
    if not spans:
        return Guarded(readable, 0)
    masked, end = [], 0
    count = 0
    for start, stop in sorted(spans):
        if start < end:
            continue
        masked += [readable[end:start], MASK]
        end, count = stop, count + 1
    return Guarded("".join([*masked, readable[end:]]), count)


def beside_masks(text: str) -> str:
    """Return the sentences of a guarded text that hold no mask, or the text if all do.

    Who adds `my number is •••` to a question asks nothing with it.
    """
    if MASK not in text:
        return text
    parts = [text[start:end] for start, end in sentences(text)]
    return "".join(part for part in parts if MASK not in part).strip() or text


def _readable(text: str) -> str:
    """Return the text in NFKC without invisible characters, so that none hides a number."""
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFKC", text)
    return "".join(c for c in composed if c in "\n\t" or unicodedata.category(c) not in _INVISIBLE)


def _near(pattern: re.Pattern[str], text: str, start: int, end: int) -> bool:
    return pattern.search(text, max(0, start - _NEAR), min(len(text), end + _NEAR)) is not None


def _citizen_numbers(text: str) -> list[tuple[int, int]]:
    found = []
    for match in _DIGITS.finditer(text):
        places = [match.start() + i for i, c in enumerate(match.group()) if c.isdigit()]
        digits = [int(text[place]) for place in places]
        context = _near(_BSN_WORDS, text, match.start(), match.end())
        if len(digits) == _DIGITS_OF_BSN - 1 and context and passes_eleven_test([0, *digits]):
            found.append((match.start(), match.end()))
        for first in range(len(digits) - _DIGITS_OF_BSN + 1):
            window = digits[first : first + _DIGITS_OF_BSN]
            whole = len(digits) == _DIGITS_OF_BSN
            if (whole or context) and passes_eleven_test(window):
                found.append((places[first], places[first + _DIGITS_OF_BSN - 1] + 1))
    return found


def passes_eleven_test(digits: list[int]) -> bool:
    """Tell whether nine digits can be a citizen service number."""
    total = sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return any(digits) and total % 11 == 0


def _is_iban(candidate: str) -> bool:
    """Tell whether a candidate has the check digits of ISO 13616."""
    bare = candidate.replace(" ", "").upper()
    moved = bare[4:] + bare[:4]
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def _documents(text: str) -> list[tuple[int, int]]:
    return [
        (m.start(), m.end())
        for m in _DOCUMENT.finditer(text)
        if _near(_DOCUMENT_WORDS, text, m.start(), m.end())
    ]
