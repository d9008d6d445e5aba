"""Fits the second opinion on the example utterances; needs the development packages.

Nothing here runs in the product: `python -m bot words fit` writes `intents/opinion.json`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.messages import Language
from bot.phrases import read_yaml
from bot.text import normalise, tokens
from bot.understanding.lexicon import Lexicon
from bot.understanding.opinion import activity_features, goal_features
from bot.understanding.reading import odds_of_language
from bot.understanding.spotting import Spot, read_words, spot

_SMALLEST_WEIGHT = 0.6
_LEAST_OFTEN = 2
_INVERSE_REGULARISATION = 30.0


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


def digest(paths: Iterable[Path]) -> str:
    """Return a digest of what a fit depends on, to see whether it is out of date."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(path.name.encode())
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def count_words(examples: Sequence[Example]) -> tuple[list[str], dict[str, float]]:
    """Return the words that stand in two examples or more, and their language odds."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for example in examples:
        for word in {token.text for token in tokens(normalise(example.text))}:
            counts[word][0 if example.language == "nl" else 1] += 1
    words = sorted(word for word, (nl, en) in counts.items() if nl + en >= _LEAST_OFTEN)
    return words, odds_of_language({word: (nl, en) for word, (nl, en) in counts.items()})


def fit(
    examples: Sequence[Example], lexicon: Lexicon, activities: frozenset[str], own: frozenset[str]
) -> dict[str, Any]:
    """Return the fitted heads as plain data.

    `own` are the concepts named after a goal. Each example counts twice, once without what its
    own lexicon says, so that the weights lean on the other words of a question as well.
    """
    goals, abouts = _Rows([], []), _Rows([], [])
    for example in examples:
        language = example.language
        words = read_words(tokens(normalise(example.text)), lexicon, language)
        spots = spot(words, lexicon, language)
        for kept in _with_and_without(spots, own):
            goals.add(goal_features(words, kept, language, activities), example.goals)
        for kept in _with_and_without(spots, activities):
            abouts.add(activity_features(words, kept, language, activities), example.about)
    return {
        "goals": _fit_head(goals.features, goals.labels, "balanced"),
        "activities": _fit_head(abouts.features, abouts.labels, None),
    }


@dataclass(frozen=True, slots=True)
class _Rows:
    features: list[Mapping[str, float]]
    labels: list[tuple[str, ...]]

    def add(self, features: Mapping[str, float], labels: tuple[str, ...]) -> None:
        self.features.append(features)
        self.labels.append(labels)


def _with_and_without(
    spots: Sequence[Spot], concepts: frozenset[str]
) -> Iterator[tuple[Spot, ...]]:
    yield tuple(spots)
    without = tuple(found for found in spots if found.concept not in concepts)
    if len(without) < len(spots):
        yield without


def _fit_head(
    rows: Sequence[Mapping[str, float]],
    labels: Sequence[Sequence[str]],
    class_weight: str | None,
) -> dict[str, Any]:
    from sklearn.feature_extraction import DictVectorizer  # noqa: PLC0415 - development only
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - development only

    frequent = Counter(feature for row in rows for feature in row)
    kept = [{f: v for f, v in row.items() if frequent[f] >= _LEAST_OFTEN} for row in rows]
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(kept)
    matrix.indices, matrix.indptr = matrix.indices.astype("int32"), matrix.indptr.astype("int32")
    names = vectorizer.get_feature_names_out()
    order = sorted({label for own in labels for label in own})
    weights: dict[str, list[float]] = defaultdict(list)
    bias = []
    for index, label in enumerate(order):
        model = LogisticRegression(
            C=_INVERSE_REGULARISATION,
            solver="liblinear",
            intercept_scaling=3.0,
            class_weight=class_weight,
        )
        model.fit(matrix, [label in own for own in labels])
        bias.append(round(float(model.intercept_[0]), 3))
        for feature, weight in zip(names, model.coef_[0], strict=True):
            if abs(weight) >= _SMALLEST_WEIGHT:
                weights[feature].extend((index, round(float(weight), 2)))
    return {"labels": order, "bias": bias, "weights": dict(sorted(weights.items()))}


def write(path: Path, fitted: Mapping[str, Any]) -> None:
    """Write the fitted data, one feature a line, so that a change can be read."""
    path.write_text(json.dumps(fitted, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
