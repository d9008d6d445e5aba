"""The second opinion: weighs everything spotted in an utterance, as fitted on the examples.

The weights are data (`intents/opinion.json`), made from `intents/examples/` by
`python -m bot words fit`. A new word in the lexicon works without a new fit, because the
weights stand on concepts as well as on words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.messages import Language
from bot.text import stem
from bot.understanding.spotting import Spot, Word

Array = NDArray[np.float32]
MASK = "@row"

# Concepts generalise better than words, and single words better than pairs: chosen by
# cross-validation on the examples.
_EMPHASIS = {"c:": 2.0, "a:": 2.0, "s:": 1.0, "b:": 0.5, "p:": 0.5, "g:": 0.25}
_RUN = 4
_SHORTEST = 2.0


@dataclass(frozen=True, slots=True)
class Head:
    """One question that the opinion answers: a row of weights per feature, a column per label."""

    labels: tuple[str, ...]
    bias: Array
    rows: Mapping[str, int]
    weights: Array

    def scores(self, features: Mapping[str, float]) -> dict[str, float]:
        """Return the probability of each label, each judged on its own."""
        known = [feature for feature in features if feature in self.rows]
        values = np.array([features[feature] for feature in known], dtype=np.float32)
        totals = self.bias + values @ self.weights[[self.rows[feature] for feature in known]]
        likely = 1.0 / (1.0 + np.exp(-totals))
        return dict(zip(self.labels, likely.tolist(), strict=True))

    def because(self, features: Mapping[str, float], label: str) -> list[tuple[str, float]]:
        """Return what spoke most for a label, for `--explain`."""
        column = self.labels.index(label)
        found = [
            (feature, float(self.weights[self.rows[feature], column]) * value)
            for feature, value in features.items()
            if feature in self.rows
        ]
        return sorted(found, key=lambda pair: -abs(pair[1]))[:6]


@dataclass(frozen=True, slots=True)
class Opinion:
    """The fitted heads: what is asked, and about which processing activity."""

    goals: Head
    activities: Head

    @classmethod
    def of(cls, fitted: Mapping[str, Any]) -> Opinion:
        """Return the heads that a fit wrote."""
        return cls(_head(fitted["goals"]), _head(fitted["activities"]))


def _head(raw: Mapping[str, Any]) -> Head:
    labels, sparse = tuple(raw["labels"]), raw["weights"]
    weights = np.zeros((len(sparse), len(labels)), dtype=np.float32)
    for row, flat in enumerate(sparse.values()):
        weights[row, flat[::2]] = flat[1::2]
    rows = {feature: row for row, feature in enumerate(sparse)}
    return Head(labels, np.array(raw["bias"], dtype=np.float32), rows, weights)


def _grams(words: Iterable[str]) -> Iterator[str]:
    """Yield the words, their pairs, and runs of four letters: those know words of the same family.

    What an unknown word shares with known ones is often all there is to go by.
    """
    before = "^"
    for word in words:
        yield f"s:{word}"
        yield f"b:{before}_{word}"
        yield from _runs(word)
        before = word
    yield f"b:{before}_$"


@lru_cache(maxsize=20_000)
def _runs(word: str) -> tuple[str, ...]:
    if word == MASK:
        return ()
    framed = f"_{word}_"
    return tuple(f"g:{framed[i : i + _RUN]}" for i in range(max(1, len(framed) - _RUN + 1)))


def _weigh(names: Iterable[str]) -> dict[str, float]:
    """Return the features at unit length, so that long stories weigh no more than short ones."""
    weights = {name: _EMPHASIS.get(name[:2], 1.0) for name in names}
    norm = max(math.sqrt(sum(weight * weight for weight in weights.values())), _SHORTEST)
    return {name: weight / norm for name, weight in weights.items()}


def goal_features(
    words: Sequence[Word], spots: Sequence[Spot], language: Language, activities: frozenset[str]
) -> dict[str, float]:
    """Return what speaks for a goal; the words that name an activity are masked."""
    masked = {
        position
        for spot in spots
        if spot.concept in activities
        for position in range(spot.first, spot.last)
    }
    sequence: list[str] = []
    for position, word in enumerate(words):
        if position in masked:
            if not sequence or sequence[-1] != MASK:
                sequence.append(MASK)
            continue
        sequence.extend(stem(reading, language) for reading in word.readings)
    names = list(_grams(sequence))
    names.extend(f"c:{spot.concept}" for spot in spots if spot.concept not in activities)
    concepts = sorted({spot.concept for spot in spots if spot.concept not in activities})
    names.extend(
        f"p:{left}+{right}" for i, left in enumerate(concepts) for right in concepts[i + 1 :]
    )
    return _weigh(names)


def activity_features(
    words: Sequence[Word], spots: Sequence[Spot], language: Language, activities: frozenset[str]
) -> dict[str, float]:
    """Return what speaks for a processing activity: its aliases, and the words as they stand."""
    names = [f"a:{spot.concept}" for spot in spots if spot.concept in activities]
    names.extend(f"c:{spot.concept}" for spot in spots if spot.concept not in activities)
    names.extend(_grams(stem(r, language) for word in words for r in word.readings))
    return _weigh(names)
