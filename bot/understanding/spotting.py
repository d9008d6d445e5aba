"""From tokens to concepts: every form of the lexicon that stands in an utterance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
    for first in range(len(words)):
        for node, last in _walk(lexicon, lexicon.root, words, alternatives, first):
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


def _walk(
    lexicon: Lexicon,
    node: Node,
    words: Sequence[Word],
    alternatives: Sequence[Sequence[Alternative]],
    position: int,
) -> Iterator[tuple[Node, int]]:
    """Yield the nodes that complete a form from here on, with the position behind it.

    Inside a form an optional word such as `my` may be passed over.
    """
    if node.concepts:
        yield node, position
    if position >= len(words):
        return
    following = list(_next(node, alternatives[position]))
    inside = node is not lexicon.root
    if inside and not following and words[position].token.text in lexicon.optional_words:
        position += 1
        following = list(_next(node, alternatives[position])) if position < len(words) else []
    for child, consumed in following:
        yield from _walk(lexicon, child, words, alternatives, position + consumed)


def _next(node: Node, alternatives: Sequence[Alternative]) -> Iterator[tuple[Node, int]]:
    for key, consumed in alternatives:
        child = node.following.get(key)
        if child is not None:
            yield child, consumed


def _alternatives(words: Sequence[Word], language: Language) -> list[list[Alternative]]:
    """Return, per word, the keys under which forms are looked up."""
    other: Language = "en" if language == "nl" else "nl"
    keys: list[list[Alternative]] = []
    for word in words:
        own = {
            key
            for reading in word.readings
            for key in (reading, stem(reading, language), stem(reading, other))
        }
        keys.append([(key, 1) for key in sorted(own)])
    for index, (left, right) in enumerate(pairwise(words)):
        joined = left.token.text + right.token.text
        if joined.isalpha() and len(joined) <= _LONGEST_JOINED_WORD:
            keys[index] += [(joined, 2), (stem(joined, language), 2)]
    return keys
