"""Fits the second opinion on the example utterances; needs the development packages.

Nothing here runs in the product: `python -m bot words fit` writes `intents/opinion.npz`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.messages import Language
from bot.phrases import read_yaml
from bot.text import normalise, tokens
from bot.understanding.familiar import Familiar
from bot.understanding.learning import fit_network
from bot.understanding.lexicon import Lexicon
from bot.understanding.meaning import KINDS, kind_of
from bot.understanding.opinion import (
    STATED,
    Opinion,
    activity_features,
    goal_features,
    with_activity,
)
from bot.understanding.reading import Reader, odds_of_language
from bot.understanding.solving import fit_labels
from bot.understanding.spotting import Spot, read_words, spot
from bot.understanding.weights import Fitted, Head

LexiconOf = Callable[[Sequence[str], Mapping[str, float]], Lexicon]

_SMALLEST_WEIGHT = 0.6
_LEAST_OFTEN = 2
_LEAST_HEARD = 4
_HIDDEN_FOR_GOALS = 160
_HIDDEN_FOR_SAID = 64
_COMMON = 60
_MOST_SLIPS = 4
_LONG_ENOUGH = 4
_FIRST_INVERSE_REGULARISATION = 30.0
_SECOND_INVERSE_REGULARISATION = 3.0
_PARTS = 5
_RUNS = 20


@dataclass(frozen=True, slots=True)
class Example:
    """An utterance with the goals it has and the activities it is about."""

    text: str
    language: Language
    goals: tuple[str, ...]
    about: tuple[str, ...]


def read_examples(folder: Path) -> list[Example]:
    """Return every example of the YAML files in a folder, in the order of their names."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        for entry in read_yaml(path):
            language: Language = "nl" if "nl" in entry else "en"
            goals, about = entry["goal"].split(), entry.get("about", "").split()
            found.append(Example(str(entry[language]), language, tuple(goals), tuple(about)))
    return found


def digest(inputs: Mapping[str, Any]) -> str:
    """Return a digest of what a fit depends on, to see whether it is out of date."""
    told = json.dumps(inputs, sort_keys=True, ensure_ascii=False, default=list)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def count_words(examples: Sequence[Example]) -> tuple[list[str], dict[str, float]]:
    """Return the words that stand in two examples or more, and their language odds.

    Examples are typed as people type: a rare slip of a common word stays a word to be repaired.
    """
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for example in examples:
        for word in {token.text for token in tokens(normalise(example.text))}:
            counts[word][0 if example.language == "nl" else 1] += 1
    total = {word: nl + en for word, (nl, en) in counts.items()}
    common = [w for w, often in total.items() if often >= _COMMON and len(w) >= _LONG_ENOUGH]
    slips = {slip for word in common for slip in slips_of(word) if len(slip) >= _LONG_ENOUGH}
    words = sorted(
        word
        for word, often in total.items()
        if often >= _LEAST_OFTEN and not (often <= _MOST_SLIPS and word in slips)
    )
    return words, odds_of_language({word: (nl, en) for word, (nl, en) in counts.items()})


def slips_of(word: str) -> Iterator[str]:
    """Yield a word with one letter inside it left out or doubled, or two letters swapped."""
    for i in range(1, len(word) - 1):
        yield word[:i] + word[i + 1 :]
        yield word[: i + 1] + word[i:]
        yield word[: i - 1] + word[i] + word[i - 1] + word[i + 1 :]
    yield word[:-2] + word[-1] + word[-2]


@dataclass(frozen=True, slots=True)
class Fit:
    """Fits heads over one lexicon builder, one set of activities and the goals' own concepts."""

    lexicon_of: LexiconOf
    activities: frozenset[str]
    own: frozenset[str]

    def everything(self, examples: Sequence[Example], digest: str) -> Fitted:
        """Return the fit on all examples.

        The head that tells whether the statement says it learns from readings of each part of
        the examples by a fit on the other parts: else it would trust the first look too much.
        """
        from joblib import Parallel, delayed  # noqa: PLC0415 - development only

        parts = parts_of(examples)
        run = Parallel(n_jobs=os.cpu_count())
        *rows, last = run(
            [
                *(delayed(self.second_rows)(examples, parts, part) for part in range(_PARTS)),
                delayed(self.first_look)(examples, digest),
            ]
        )
        fitted: Fitted = last
        signs = _Table.of(_Rows.joined(rows))
        stated = _fit_head(signs, _SECOND_INVERSE_REGULARISATION, least=0.0)
        return replace(fitted, heads={**fitted.heads, STATED: stated})

    def first_look(self, examples: Sequence[Example], digest: str = "") -> Fitted:
        """Return all but the head that tells whether the statement says it.

        Each example counts twice, once without what its own lexicon says, so that the weights
        lean on the other words of a question as well.
        """
        words, odds = count_words(examples)
        lexicon = self.lexicon_of(words, odds)
        goals, abouts, kinds = _Rows(), _Rows(), []
        heard: list[tuple[Mapping[str, float], tuple[str, ...]]] = []
        for example in examples:
            language = example.language
            found = read_words(tokens(normalise(example.text)), lexicon, language)
            spots = spot(found, lexicon, language)
            variants = [
                goal_features(found, kept, language, self.activities)
                for kept in _with_and_without(spots, self.own)
            ]
            heard.append((variants[0], example.goals))
            for features in variants:
                goals.add(features, example.goals)
            for kept in _with_and_without(spots, self.activities):
                features = activity_features(found, kept, language, self.activities)
                abouts.add(features, example.about)
                kinds.append(kind_of(example.goals))
        asked, data = _Table.of(goals), _Table.of(abouts)
        heads = {
            "goals": _fit_head(
                asked, _FIRST_INVERSE_REGULARISATION, balanced=True, kept=asked.heard
            ),
            "activities": _fit_head(data, _FIRST_INVERSE_REGULARISATION, kept=data.heard),
            STATED: Head.of((STATED,), np.zeros(1), {}, np.zeros((0, 1))),
        }
        said = np.array([[kind == label for label in KINDS] for kind in kinds])
        networks = {
            "asked": fit_network(asked.matrix[:, : asked.heard], asked.marks, _HIDDEN_FOR_GOALS),
            "said": fit_network(data.matrix[:, : data.heard], said, _HIDDEN_FOR_SAID),
        }
        familiar = Familiar.of(heard)
        return Fitted(heads, networks, familiar, tuple(words), odds, digest)

    def second_rows(self, examples: Sequence[Example], parts: Sequence[int], part: int) -> _Rows:
        """Return how a fit on the other parts reads the examples of one part."""
        paired = list(zip(examples, parts, strict=True))
        fitted = self.first_look([example for example, own in paired if own != part])
        lexicon = self.lexicon_of(fitted.words, fitted.language_odds)
        reader = Reader(lexicon, Opinion.of(fitted), self.activities, fitted.language_odds)
        rows = _Rows()
        for example in (example for example, own in paired if own == part):
            kind = kind_of(example.goals)
            if kind == "talk":
                continue
            reading = reader.read(example.text, example.language)
            data = max(reading.activities.values(), default=0.0)
            signs = with_activity(reading.signs, data)
            rows.add(signs, (STATED,) if kind == "said" else ())
        return rows


@dataclass(frozen=True, slots=True)
class _Rows:
    features: list[Mapping[str, float]] = field(default_factory=list)
    labels: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, features: Mapping[str, float], labels: tuple[str, ...]) -> None:
        self.features.append(features)
        self.labels.append(labels)

    @classmethod
    def joined(cls, parts: Iterable[_Rows]) -> _Rows:
        together = cls()
        for rows in parts:
            together.features.extend(rows.features)
            together.labels.extend(rows.labels)
        return together


def parts_of(examples: Sequence[Example]) -> list[int]:
    """Return the part of each example: runs of neighbours, for those are often alike."""
    return [place * _PARTS * _RUNS // len(examples) % _PARTS for place in range(len(examples))]


def _with_and_without(
    spots: Sequence[Spot], concepts: frozenset[str]
) -> Iterator[tuple[Spot, ...]]:
    yield tuple(spots)
    without = tuple(found for found in spots if found.concept not in concepts)
    if len(without) < len(spots):
        yield without


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows as a sparse matrix, the most frequent feature first, and the labels of each row."""

    names: tuple[str, ...]
    often: NDArray[np.intp]
    matrix: Any
    labels: tuple[str, ...]
    marks: NDArray[np.bool_]

    @property
    def heard(self) -> int:
        """Return how many features are frequent enough for a network."""
        return int((self.often >= _LEAST_HEARD).sum())

    @classmethod
    def of(cls, rows: _Rows) -> _Table:
        from sklearn.feature_extraction import DictVectorizer  # noqa: PLC0415 - development only

        frequent = Counter(feature for row in rows.features for feature in row)
        known = [
            {f: v for f, v in row.items() if frequent[f] >= _LEAST_OFTEN} for row in rows.features
        ]
        vectorizer = DictVectorizer(dtype=np.float32)
        matrix = vectorizer.fit_transform(known)
        names = [str(name) for name in vectorizer.get_feature_names_out()]
        often = np.array([frequent[name] for name in names])
        order = np.argsort(-often, kind="stable")
        labels = tuple(sorted({label for own in rows.labels for label in own}))
        marks = np.array([[label in own for label in labels] for own in rows.labels])
        return cls(tuple(names[i] for i in order), often[order], matrix[:, order], labels, marks)


def _fit_head(
    table: _Table,
    inverse_regularisation: float,
    *,
    balanced: bool = False,
    least: float = _SMALLEST_WEIGHT,
    kept: int = 0,
) -> Head:
    """Return a head; rows with small weights only are left out, but for the first `kept`."""
    weights, bias = fit_labels(table.matrix, table.marks, inverse_regularisation, balanced=balanced)
    weights[np.abs(weights) < least] = 0
    used = set(np.flatnonzero(weights.any(axis=1)).tolist()) | set(range(kept))
    places = sorted(used)
    index = {table.names[place]: row for row, place in enumerate(places)}
    return Head.of(table.labels, bias, index, weights[places])
