"""What an utterance says: its words, concepts, likely goals, activities and dates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.messages import Language
from bot.text import clauses, normalise, stem, tokens
from bot.understanding.lexicon import Lexicon
from bot.understanding.opinion import Opinion, activity_features, goal_features
from bot.understanding.spotting import Spot, Word, read_words, spot


@dataclass(frozen=True, slots=True)
class Reading:
    """One utterance or one clause of it, as understood."""

    text: str
    language: Language
    language_certain: bool
    words: tuple[Word, ...]
    spots: tuple[Spot, ...]
    goals: Mapping[str, float]
    activities: Mapping[str, float]
    named: frozenset[str]
    clauses: tuple[Reading, ...] = ()
    features: Mapping[str, float] = field(default_factory=dict)

    @property
    def concepts(self) -> frozenset[str]:
        """Return the concepts that stand in the text."""
        return frozenset(found.concept for found in self.spots)

    @property
    def unknown_share(self) -> float:
        """Return the share of words that are in no vocabulary, even after repair."""
        unknown = sum(
            1
            for word in self.words
            if not word.known and not word.repaired and not word.parts and word.token.text.isalpha()
        )
        return unknown / max(1, len(self.words))

    def best_goals(self) -> list[tuple[str, float]]:
        """Return the goals, the likeliest first."""
        return sorted(self.goals.items(), key=lambda pair: -pair[1])


class Reader:
    """Reads utterances with one lexicon and one fitted opinion."""

    def __init__(
        self,
        lexicon: Lexicon,
        opinion: Opinion,
        activities: frozenset[str],
        language_odds: Mapping[str, float],
    ) -> None:
        """Keep the words, the weights and the ids of the activities of the statement."""
        self.lexicon = lexicon
        self.opinion = opinion
        self.activities = activities
        self.language_odds = language_odds

    def language(self, words: Sequence[str]) -> float:
        """Return the log odds that the words are Dutch rather than English."""
        return sum(self.language_odds.get(word, 0.0) for word in words)

    def read(self, text: str, likely: Language = "nl") -> Reading:
        """Return the reading of a whole utterance with a reading of each clause.

        `likely` decides where the words do not: the language of the conversation or locale.
        """
        normalised = normalise(text)
        odds = self.language([token.text for token in tokens(normalised)])
        certain = abs(odds) >= 1.0
        language: Language = likely if not certain else "nl" if odds > 0 else "en"
        spans = clauses(normalised)
        parts = (
            tuple(self._read(normalised[start:end], language, certain, ()) for start, end in spans)
            if len(spans) > 1
            else ()
        )
        return self._read(normalised, language, certain, parts)

    def _read(
        self, normalised: str, language: Language, certain: bool, parts: tuple[Reading, ...]
    ) -> Reading:
        words = read_words(tokens(normalised), self.lexicon, language)
        spots = spot(words, self.lexicon, language)
        features = goal_features(words, spots, language, self.activities)
        goals = self.opinion.goals.scores(features)
        about = self.opinion.activities.scores(
            activity_features(words, spots, language, self.activities)
        )
        named = longest(spots, self.activities)
        return Reading(
            normalised, language, certain, words, spots, goals, about, named, parts, features
        )


def longest(spots: Sequence[Spot], activities: frozenset[str]) -> frozenset[str]:
    """Return the activities named by the longest forms; a form inside a longer one is ignored."""
    named: set[str] = set()
    taken: list[tuple[int, int]] = []
    for found in spots:
        if found.concept not in activities:
            continue
        inside = any(
            first <= found.first and found.last <= last and (first, last) != (found.first, found.last)
            for first, last in taken
        )
        if not inside:
            named.add(found.concept)
            taken.append((found.first, found.last))
    return frozenset(named)


def odds_of_language(counts: Mapping[str, tuple[int, int]]) -> dict[str, float]:
    """Return the log odds per word from its counts in Dutch and in English examples."""
    return {
        word: round(math.log((dutch + 0.3) / (english + 0.3)), 2)
        for word, (dutch, english) in counts.items()
        if abs(math.log((dutch + 0.3) / (english + 0.3))) > 0.5
    }


__all__ = ["Reader", "Reading", "Word", "longest", "odds_of_language", "stem"]
