"""Normalising, tokens, clauses and stems: plain functions over strings."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

from bot.messages import Language

MAXIMUM_CHARACTERS = 4_000

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-"})
_BLANK = re.compile(r"[^\S\n]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_TOKEN = re.compile(r"[a-z0-9]+(?:['.@_-][a-z0-9]+)*")
_SENTENCE_END = re.compile(r"[.?!;\n]+(?=\s|$)|[?!]+")
_CLAUSE_END = re.compile(r"[.?!;,:\n]+(?=\s|$)|[?!]+|\s(?=(?:en|and|maar|but|plus|&|ook|also)\s)")
_STEMMERS = {"nl": Stemmer.Stemmer("dutch"), "en": Stemmer.Stemmer("english")}


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the normalised text with its place in it."""

    text: str
    start: int
    end: int


def normalise(text: str) -> str:
    """Return the text in lower case without diacritics, control or direction marks.

    NFKC first, so that full-width and styled letters count as the letters they show.
    """
    composed = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).lower()
    if not composed.isascii():
        composed = "".join(
            character
            for character in unicodedata.normalize("NFD", composed)
            if unicodedata.category(character) not in {"Mn", "Cf", "Cs"}
        )
    bare = _CONTROL.sub("", _BLANK.sub(" ", composed))
    return _BLANK.sub(" ", bare).strip()


def tokens(normalised: str) -> tuple[Token, ...]:
    """Return the words of a normalised text; `m'n`, `e-mail` and `24/7` parts stay readable."""
    return tuple(Token(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(normalised))


def sentences(normalised: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of the sentences in a normalised text, without empty ones."""
    return _spans(_SENTENCE_END, normalised)


def clauses(normalised: str) -> tuple[tuple[int, int], ...]:
    """Return the spans between sentence ends, commas and words that join clauses."""
    return _spans(_CLAUSE_END, normalised)


def _spans(end: re.Pattern[str], normalised: str) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    start = 0
    for match in end.finditer(normalised):
        spans.append((start, match.end()))
        start = match.end()
    spans.append((start, len(normalised)))
    return tuple(span for span in spans if _TOKEN.search(normalised, *span))


@lru_cache(maxsize=50_000)
def stem(word: str, language: Language) -> str:
    """Return the Snowball stem of a normalised word."""
    return str(_STEMMERS[language].stemWord(word))
