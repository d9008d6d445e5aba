"""The fitted weights as a file: plain arrays that load at once, features as text, no pickle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
HEADS = ("goals", "activities", "stated")


@dataclass(frozen=True, slots=True)
class Head:
    """One question that the opinion answers: a row of weights per feature, a column per label."""

    labels: tuple[str, ...]
    bias: Array
    rows: Mapping[str, int]
    weights: Array

    def scores(self, features: Mapping[str, float]) -> dict[str, float]:
        """Return the probability of each label, each judged on its own."""
        rows, places = self.rows, []
        values = []
        for feature, value in features.items():
            place = rows.get(feature)
            if place is not None:
                places.append(place)
                values.append(value)
        totals = self.bias + np.array(values, dtype=np.float32) @ self.weights[places]
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
class Fitted:
    """What a fit came to: its heads, the common words, their language, and what it was made of."""

    heads: Mapping[str, Head]
    words: tuple[str, ...]
    language_odds: Mapping[str, float]
    fitted_on: str


def write(path: Path, fitted: Fitted) -> None:
    """Write the fit; weights that are zero are left out."""
    arrays: dict[str, Any] = {
        "fitted_on": _packed([fitted.fitted_on]),
        "words": _packed(fitted.words),
        "odds_words": _packed(fitted.language_odds),
        "odds": np.array(list(fitted.language_odds.values()), dtype=np.float32),
    }
    for name, head in fitted.heads.items():
        features, labels = np.nonzero(head.weights)
        counts = np.bincount(features, minlength=len(head.rows))
        arrays[f"{name}_features"] = _packed(head.rows)
        arrays[f"{name}_labels"] = _packed(head.labels)
        arrays[f"{name}_bias"] = head.bias.astype(np.float32)
        arrays[f"{name}_counts"] = counts.astype(np.uint8)
        arrays[f"{name}_columns"] = labels.astype(np.uint8)
        arrays[f"{name}_weights"] = head.weights[features, labels].astype(np.float16)
    with path.open("wb") as file:
        np.savez(file, **arrays)


def read(path: Path) -> Fitted:
    """Return the fit that a file holds."""
    with np.load(path, allow_pickle=False) as arrays:
        odds = dict(zip(_unpacked(arrays["odds_words"]), arrays["odds"].tolist(), strict=True))
        heads = {name: _head(arrays, name) for name in HEADS}
        words = _unpacked(arrays["words"])
        return Fitted(heads, words, odds, _unpacked(arrays["fitted_on"])[0])


def fitted_on(path: Path) -> str:
    """Return the digest of what a fit was made of, without reading the weights."""
    with np.load(path, allow_pickle=False) as arrays:
        return _unpacked(arrays["fitted_on"])[0]


def _head(arrays: Mapping[str, Any], name: str) -> Head:
    features, labels = _unpacked(arrays[f"{name}_features"]), _unpacked(arrays[f"{name}_labels"])
    weights = np.zeros((len(features), len(labels)), dtype=np.float32)
    rows = np.repeat(np.arange(len(features)), arrays[f"{name}_counts"])
    weights[rows, arrays[f"{name}_columns"]] = arrays[f"{name}_weights"]
    index = {feature: row for row, feature in enumerate(features)}
    return Head(labels, arrays[f"{name}_bias"], index, weights)


def _packed(texts: Any) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(texts).encode(), dtype=np.uint8)


def _unpacked(packed: NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(packed.tobytes().decode().split("\n"))
