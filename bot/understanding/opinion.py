"""The second opinion: weighs everything spotted in an utterance, as fitted on the examples.

The weights are data (`intents/opinion.npz`), made from `intents/examples/` by
`python -m bot words fit`. A new word in the lexicon works without a new fit, because the
weights stand on concepts as well as on words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.messages import Language
from bot.text import stem
from bot.understanding.meaning import FACETS, family_of
from bot.understanding.spotting import Spot, Word
from bot.understanding.weights import HEADS, Fitted, Head

MASK = "@row"

# Concepts generalise better than words, and single words better than pairs: chosen by
# cross-validation on the examples.
_EMPHASIS = {"c:": 2.0, "a:": 2.0, "s:": 1.0, "b:": 0.5, "p:": 0.5, "g:": 0.25}
_RUN = 4
_SHORTEST = 2.0
FAMILIES = ("answer", "request", "silence", "foreign", "talk")


@dataclass(frozen=True, slots=True)
class Opinion:
    """The fitted heads: what is asked, about which activity, and whether the statement says it.

    The last one is a second look at the same words: it knows what the other two made of them,
    and learned on examples that those had not seen when they gave their opinion.
    """

    goals: Head
    activities: Head
    stated: Head

    @classmethod
    def of(cls, fitted: Fitted) -> Opinion:
        """Return the heads that a fit came to."""
        return cls(**{name: fitted.heads[name] for name in HEADS})

    def is_stated(
        self,
        features: Mapping[str, float],
        goals: Mapping[str, float],
        activities: Mapping[str, float],
    ) -> float:
        """Return the probability that the statement says what is asked."""
        (likely,) = self.stated.scores(stated_features(features, goals, activities)).values()
        return likely


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


def stated_features(
    features: Mapping[str, float], goals: Mapping[str, float], activities: Mapping[str, float]
) -> dict[str, float]:
    """Return what speaks for or against an answer: the words, and how sure the first look is."""
    best: dict[str, tuple[float, str]] = dict.fromkeys(FAMILIES, (0.0, ""))
    total = dict.fromkeys(FAMILIES, 0.0)
    for goal, likely in goals.items():
        family = family_of(goal)
        best[family] = max(best[family], (likely, goal))
        total[family] += likely
    odds = {f"o:{family}": _odds(likely) for family, (likely, _) in best.items()}
    said, unsaid = total["answer"] + total["request"], total["silence"] + total["foreign"]
    answer = best["answer"][1]
    activity = max(activities.values(), default=0.0)
    return {
        **features,
        **odds,
        "o:margin": odds["o:answer"] - max(odds["o:silence"], odds["o:foreign"]),
        "o:share": _odds(said / max(said + unsaid, 1e-6)),
        "o:activity": activity,
        "o:no_activity": 1 - activity if answer in FACETS else 0.0,
        f"o:{answer}": 0.5,
        f"o:{max(best['silence'], best['foreign'])[1]}": 0.5,
    }


def _odds(likely: float) -> float:
    """Return the log odds, a third of them, so that they stand beside the other features."""
    bounded = min(max(likely, 1e-4), 1 - 1e-4)
    return math.log(bounded / (1 - bounded)) / 3
