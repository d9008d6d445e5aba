"""The second opinion: weighs everything spotted in an utterance, as fitted on the examples.

The weights are data (`intents/opinion.npz`), made from `intents/examples/` by
`python -m bot words fit`. A new word in the lexicon works without a new fit, because the
weights stand on concepts as well as on words.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.messages import Language
from bot.text import stem
from bot.understanding.familiar import Familiar
from bot.understanding.meaning import FACETS, KINDS, Family, family_of
from bot.understanding.network import Network
from bot.understanding.spotting import Spot, Word
from bot.understanding.weights import Fitted, Head

MASK = "@row"
STATED = "stated"

# Concepts generalise better than words, and single words better than pairs: chosen by
# cross-validation on the examples.
_EMPHASIS = {"c:": 2.0, "a:": 2.0, "s:": 1.0, "b:": 0.5, "p:": 0.5, "g:": 0.25}
_RUN = 4
_SHORTEST = 2.0


@dataclass(frozen=True)
class Opinion:
    """What is fitted: what is asked, about which activity, and whether the statement says it.

    What is asked has two judges over the same features: a head that adds up what each word says,
    and a network that hears words together. They err on different questions, so the mean counts.
    Whether the statement says it has another network, which hears the names of the data as well.
    """

    goals: Head
    asked: Network
    activities: Head
    said: Network
    stated: Head
    familiar: Familiar

    @classmethod
    def of(cls, fitted: Fitted) -> Opinion:
        """Return the opinion that a fit came to."""
        parts: dict[str, Any] = {**fitted.heads, **fitted.networks}
        return cls(familiar=fitted.familiar, **parts)

    def goals_in(self, features: Mapping[str, float]) -> dict[str, float]:
        """Return how likely each goal is."""
        found = self.goals.located(features)
        alone, together = self.goals.likely(*found), self.asked.likely(*found)
        return dict(zip(self.goals.labels, ((alone + together) / 2).tolist(), strict=True))

    def data_in(self, features: Mapping[str, float]) -> tuple[dict[str, float], float]:
        """Return how likely each activity is, and the odds that the statement says it."""
        found = self.activities.located(features)
        likely = dict(
            zip(self.activities.labels, self.activities.likely(*found).tolist(), strict=True)
        )
        kinds = dict(zip(KINDS, self.said.likely(*found).tolist(), strict=True))
        return likely, _odds(kinds["said"] / max(kinds["said"] + kinds["unsaid"], 1e-6))

    def is_stated(self, signs: Mapping[str, float], activity: float) -> float:
        """Return the probability that the statement says what is asked.

        `activity` is how likely it is that the data asked about are known, 0 to 1.
        """
        weights = self._speaking
        odds = sum(weights.get(sign, 0.0) * v for sign, v in with_activity(signs, activity).items())
        return 1 / (1 + math.exp(-odds - float(self.stated.bias[0])))

    @cached_property
    def _speaking(self) -> Mapping[str, float]:
        """Return the weight of each sign: a handful, so that plain sums are quicker than arrays."""
        return self.stated.weights_of(STATED)

    def signs_in(
        self, features: Mapping[str, float], goals: Mapping[str, float], said: float
    ) -> dict[str, float]:
        """Return what speaks for or against an answer, but for the data that it is about."""
        return {**stated_signs(features, goals, self.familiar), "said": said}


def _weigh(stems: Sequence[str], more: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Return the features at unit length, so that long stories weigh no more than short ones.

    They are the stems, their pairs, and runs of four letters: those know words of one family.
    What an unknown word shares with known ones is often all there is to go by.
    """
    kinds = {
        "s:": stems,
        "b:": [f"{before}_{after}" for before, after in pairwise(("^", *stems, "$"))],
        "g:": [run for stem in stems for run in _runs(stem)],
        **more,
    }
    named = {kind: dict.fromkeys([kind + n for n in names]) for kind, names in kinds.items()}
    length = math.sqrt(sum(_EMPHASIS[kind] ** 2 * len(names) for kind, names in named.items()))
    norm = max(length, _SHORTEST)
    weighed: dict[str, float] = {}
    for kind, names in named.items():
        weighed |= dict.fromkeys(names, _EMPHASIS[kind] / norm)
    return weighed


@lru_cache(maxsize=20_000)
def _runs(word: str) -> tuple[str, ...]:
    if word == MASK:
        return ()
    framed = f"_{word}_"
    return tuple(framed[i : i + _RUN] for i in range(max(1, len(framed) - _RUN + 1)))


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
    concepts = sorted({spot.concept for spot in spots if spot.concept not in activities})
    pairs = [f"{left}+{right}" for left, right in combinations(concepts, 2)]
    return _weigh(sequence, {"c:": concepts, "p:": pairs})


def activity_features(
    words: Sequence[Word], spots: Sequence[Spot], language: Language, activities: frozenset[str]
) -> dict[str, float]:
    """Return what speaks for a processing activity: its aliases, and the words as they stand."""
    own = [spot.concept for spot in spots if spot.concept in activities]
    other = [spot.concept for spot in spots if spot.concept not in activities]
    stems = [stem(reading, language) for word in words for reading in word.readings]
    return _weigh(stems, {"a:": own, "c:": other})


def stated_signs(
    features: Mapping[str, float], goals: Mapping[str, float], familiar: Familiar
) -> dict[str, float]:
    """Return what speaks for or against an answer: how sure the first look is, and new words.

    A few signs and none of the words: those had their say in the goals, and a second weight for
    each would only learn the examples by heart.
    """
    names = tuple(goals)
    likely = np.fromiter(goals.values(), np.float32, len(names))
    best, total, answer = {}, {}, ""
    for family, places in _families(names).items():
        own = likely[places]
        first = int(own.argmax())
        best[family], total[family] = _odds(float(own[first])), float(own.sum())
        if family == "answer":
            answer = names[places[first]]
    said, unsaid = total["answer"] + total["request"], total["silence"] + total["foreign"]
    return {
        **best,
        "margin": best["answer"] - max(best["silence"], best["foreign"]),
        "share": _odds(said / max(said + unsaid, 1e-6)),
        "about a row": float(answer in FACETS),
        **familiar.signs(features, answer),
    }


def with_activity(signs: Mapping[str, float], activity: float) -> dict[str, float]:
    """Return the signs with how likely it is that the data asked about are known."""
    needed = signs["about a row"]
    return {**signs, "activity": activity, "no activity": needed * (1 - activity)}


@lru_cache
def _families(goals: tuple[str, ...]) -> Mapping[Family, NDArray[np.intp]]:
    """Return the places of the goals of each family."""
    places: dict[Family, list[int]] = defaultdict(list)
    for place, goal in enumerate(goals):
        places[family_of(goal)].append(place)
    return {family: np.array(own) for family, own in places.items()}


def _odds(likely: float) -> float:
    """Return the log odds, a third of them, so that they stand beside the other features."""
    bounded = min(max(likely, 1e-4), 1 - 1e-4)
    return math.log(bounded / (1 - bounded)) / 3
