"""From tokens to concepts: every form of the lexicon that stands in an utterance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.messages import Language
from bot.text import Token, stem
from bot.understanding.lexicon import Lexicon, _Node


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


@dataclass(frozen=True, slots=True)
class Spotted:
    """The words of an utterance and the concepts found in them."""

    words: tuple[Word, ...]
    spots: tuple[Spot, ...]
    _by_concept: dict[str, Spot] = field(default_factory=dict)

    def find(self, concept: str) -> Spot | None:
        """Return the first spot of a concept."""
        return next((spot for spot in self.spots if spot.concept == concept), None)


def read_words(found: Sequence[Token], lexicon: Lexicon, language: Language) -> tuple[Word, ...]:
    """Return each token with its repair or its compound parts where it is not a known word."""
    return tuple(_read_word(token, lexicon, language) for token in found)


def _read_word(token: Token, lexicon: Lexicon, language: Language) -> Word:
    text = token.text
    if lexicon.knows(text) or len(text) <= 2 or not text.isalpha():
        return Word(token, known=lexicon.knows(text))
    parts = lexicon.parts(text)
    if parts:
        return Word(token, known=False, parts=parts)
    repaired = lexicon.repair(text, language)
    return Word(token, known=False, repaired=repaired)


def _alternatives(words: Sequence[Word], language: Language) -> list[tuple[tuple[str, int], ...]]:
    """Return, per word, the (key, words consumed) pairs under which forms are looked up."""
    other: Language = "en" if language == "nl" else "nl"
    keys: list[list[tuple[str, int]]] = []
    for word in words:
        own: dict[str, int] = {}
        for reading in word.readings:
            for key in (reading, stem(reading, language), stem(reading, other)):
                own.setdefault(key, 1)
        keys.append(list(own.items()))
    for index, (left, right) in enumerate(pairwise(words)):
        joined = left.token.text + right.token.text
        if left.token.text.isalpha() and right.token.text.isalpha() and len(joined) <= 30:
            keys[index].append((joined, 2))
            keys[index].append((stem(joined, language), 2))
    return [tuple(own) for own in keys]


def spot(words: Sequence[Word], lexicon: Lexicon, language: Language) -> tuple[Spot, ...]:
    """Return every concept whose form stands in the words, longest forms first."""
    alternatives = _alternatives(words, language)
    found: dict[tuple[str, int, int], Spot] = {}

    def walk(node: _Node, first: int, position: int, repaired: bool) -> None:
        for concept in node.concepts:
            key = (concept, first, position)
            if key not in found:
                text = " ".join(word.token.text for word in words[first:position])
                confidence = 0.9 if repaired else 1.0
                found[key] = Spot(concept, first, position, confidence, text)
        if position >= len(words):
            return
        for text, consumed in alternatives[position]:
            following = node.following.get(text)
            if following is not None:
                span = words[position : position + consumed]
                again = repaired or any(word.repaired for word in span)
                walk(following, first, position + consumed, again)
        if position > first and words[position].token.text in lexicon.optional_words:
            skip(node, first, position + 1, repaired)

    def skip(node: _Node, first: int, position: int, repaired: bool) -> None:
        """Go on behind an optional word, which alone never completes a form."""
        if position >= len(words):
            return
        for text, consumed in alternatives[position]:
            following = node.following.get(text)
            if following is not None:
                walk(following, first, position + consumed, repaired)

    for first in range(len(words)):
        walk(lexicon.root, first, first, repaired=False)
    return tuple(sorted(found.values(), key=lambda s: (s.first - s.last, s.first, s.concept)))
