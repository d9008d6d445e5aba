"""Which words the examples knew: a word that no answer was ever asked with is a warning.

People ask details that the statement does not give in the very words of what it does give, and
one word makes the difference. A weight for that word exists only where an example had it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bot.understanding.meaning import family_of, kind_of

_STEM = "s:"
_SHORTEST = 3
_HALF = 0.5
_MOST = 65_535


@dataclass(frozen=True)
class Familiar:
    """How many examples with and without an answer had a word, and which goals it stood with."""

    words: tuple[str, ...]
    said: NDArray[np.uint16]
    unsaid: NDArray[np.uint16]
    goals: tuple[str, ...]
    with_goal: NDArray[np.bool_]

    @classmethod
    def of(cls, examples: Iterable[tuple[Iterable[str], Iterable[str]]]) -> Familiar:
        """Return what the features of examples and their goals come to."""
        said: Counter[str] = Counter()
        unsaid: Counter[str] = Counter()
        per_goal: dict[str, set[str]] = defaultdict(set)
        for features, goals in examples:
            kind = kind_of(goals)
            if kind == "talk":
                continue
            own = stems_in(features)
            (said if kind == "said" else unsaid).update(own)
            for goal in goals:
                if family_of(goal) == "answer":
                    per_goal[goal] |= own
        words, goals = tuple(sorted(said.keys() | unsaid.keys())), tuple(sorted(per_goal))
        return cls(
            words,
            np.array([min(said[word], _MOST) for word in words], np.uint16),
            np.array([min(unsaid[word], _MOST) for word in words], np.uint16),
            goals,
            np.array([[word in per_goal[goal] for goal in goals] for word in words], np.bool_),
        )

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """Return the place of each word."""
        return {word: place for place, word in enumerate(self.words)}

    @cached_property
    def _against(self) -> list[float]:
        odds = np.log((self.unsaid + _HALF) / (self.said + _HALF))
        return [float(value) for value in odds]

    def signs(self, features: Iterable[str], goal: str) -> dict[str, float]:
        """Return how the words fit an answer to this goal, in small figures: more is stranger."""
        words = stems_in(features)
        many = max(len(words), 1)
        known = [self.rows[word] for word in words if word in self.rows]
        strange = len(words) - len(known)
        only_unsaid = sum(1 for row in known if not self.said[row])
        rarely_said = sum(1 for row in known if self.said[row] <= 1 and self.unsaid[row])
        fits = self.with_goal[known, self.goals.index(goal)].sum() if goal in self.goals else 0
        odds = sorted((*(self._against[row] for row in known), *[0.0] * strange), reverse=True)
        return {
            "new": strange / 3,
            "new to answers": (strange + only_unsaid) / 3,
            "new to the goal": (len(words) - int(fits)) / 5,
            "share new to the goal": (len(words) - int(fits)) / many,
            "rarely answered": rarely_said / 3,
            "worst word": max(odds, default=0.0) / 3,
            "two worst words": math.fsum(odds[:2]) / 6,
            "mean of words": math.fsum(odds) / many,
        }

    def against(self, features: Iterable[str]) -> list[tuple[str, float]]:
        """Return the words that speak most against an answer, for `--explain`."""
        words = stems_in(features)
        found = [(w, self._against[self.rows[w]] if w in self.rows else 0.0) for w in words]
        return sorted(found, key=lambda pair: -pair[1])[:4]


def stems_in(features: Iterable[str]) -> set[str]:
    """Return the stems among the features of an utterance that are words of some length."""
    stems = [feature[2:] for feature in features if feature[:2] == _STEM]
    return {stem for stem in stems if len(stem) >= _SHORTEST and stem.isalpha()}
