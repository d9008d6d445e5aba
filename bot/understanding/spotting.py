"""From tokens to concepts: every form of the lexicon that stands in an utterance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.messages import Language
from bot.text import Token, stem
from bot.understanding.lexicon import Lexicon, Node

_SHORTEST_REPAIRED_TOKEN = 3
_LONGEST_JOINED_WORD = 30
_REPAIRED_CONFIDENCE = 0.9

Alternative = tuple[str, int]
"""A key under which a form may go on, and how many words it uses up."""


@dataclass(frozen=True, slots=True)
class Word:
    """A token with what we take it for: itself, a repaired word, or compound parts."""

    token: Token
    known: bool
    repaired: str | None = None
    parts: tuple[str, ...] = ()

    @property
    def readings(self) -> tuple[str, ...]:
        """Return the words this token may stand for, the likeliest first."""
        return (self.repaired or self.token.text, *self.parts)


@dataclass(frozen=True, slots=True)
class Spot:
    """A concept found at words `first` to `last` (exclusive)."""

    concept: str
    first: int
    last: int
    confidence: float
    form: str


def read_words(found: Sequence[Token], lexicon: Lexicon, language: Language) -> tuple[Word, ...]:
    """Return each token with its repair or its compound parts where it is not a known word."""
    return tuple(_read_word(token, lexicon, language) for token in found)


def _read_word(token: Token, lexicon: Lexicon, language: Language) -> Word:
    text = token.text
    known = lexicon.knows(text)
    if known or len(text) < _SHORTEST_REPAIRED_TOKEN or not text.isalpha():
        return Word(token, known=known)
    parts = lexicon.parts(text)
    if parts:
        return Word(token, known=False, parts=parts)
    return Word(token, known=False, repaired=lexicon.repair(text, language))


def spot(words: Sequence[Word], lexicon: Lexicon, language: Language) -> tuple[Spot, ...]:
    """Return every concept whose form stands in the words, longest forms first."""
    alternatives = _alternatives(words, language)
    found: dict[tuple[str, int, int], Spot] = {}
    openings = lexicon.root.following
    for first, keys in enumerate(alternatives):
        if not any(key in openings for key, _ in keys):
            continue
        for node, last in _forms_from(first, lexicon, words, alternatives):
            for concept in node.concepts:
                key = (concept, first, last)
                if key not in found:
                    found[key] = _spot(concept, first, last, words)
    return tuple(sorted(found.values(), key=lambda s: (s.first - s.last, s.first, s.concept)))


def _spot(concept: str, first: int, last: int, words: Sequence[Word]) -> Spot:
    inside = words[first:last]
    repaired = any(word.repaired for word in inside)
    form = " ".join(word.token.text for word in inside)
    return Spot(concept, first, last, _REPAIRED_CONFIDENCE if repaired else 1.0, form)


def _forms_from(
    first: int,
    lexicon: Lexicon,
    words: Sequence[Word],
    alternatives: Sequence[Sequence[Alternative]],
) -> Iterator[tuple[Node, int]]:
    """Yield the nodes that complete a form from here on, with the position behind it.

    Inside a form an optional word such as `my` may be passed over.
    """
    waiting = [(lexicon.root, first)]
    while waiting:
        node, position = waiting.pop()
        if node.concepts:
            yield node, position
        following = _next(node, alternatives, position)
        passable = position < len(words) and words[position].token.text in lexicon.optional_words
        if passable and not following and node is not lexicon.root:
            following = _next(node, alternatives, position + 1)
        waiting += following


def _next(
    node: Node, alternatives: Sequence[Sequence[Alternative]], position: int
) -> list[tuple[Node, int]]:
    """Return the nodes one word on, with the position behind that word."""
    if position >= len(alternatives):
        return []
    following = node.following
    return [
        (following[key], position + consumed)
        for key, consumed in alternatives[position]
        if key in following
    ]


def _alternatives(words: Sequence[Word], language: Language) -> list[list[Alternative]]:
    """Return, per word, the keys under which forms are looked up."""
    keys = [list(_keys(word.readings, language)) for word in words]
    for index, (left, right) in enumerate(pairwise(words)):
        joined = left.token.text + right.token.text
        if joined.isalpha() and len(joined) <= _LONGEST_JOINED_WORD:
            keys[index] += [(joined, 2), (stem(joined, language), 2)]
    return keys


@lru_cache(maxsize=20_000)
def _keys(readings: tuple[str, ...], language: Language) -> tuple[Alternative, ...]:
    other: Language = "en" if language == "nl" else "nl"
    own = {
        key
        for reading in readings
        for key in (reading, stem(reading, language), stem(reading, other))
    }
    return tuple((key, 1) for key in sorted(own))
