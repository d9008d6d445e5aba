"""The fitted weights as a file: plain arrays that load at once, features as text, no pickle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.understanding.familiar import Familiar
from bot.understanding.network import Array, Network, made_small

HEADS = ("goals", "activities", "stated")
NETWORKS = ("asked", "said")
_NETWORK = ("inputs", "scale", "hidden_bias", "outputs", "bias")


@dataclass(frozen=True, slots=True)
class Head:
    """One question that the opinion answers: a row of weights per feature, a column per label."""

    labels: tuple[str, ...]
    bias: Array
    rows: Mapping[str, int]
    weights: NDArray[np.int8]
    scale: Array

    @classmethod
    def of(cls, labels: Sequence[str], bias: Any, rows: Mapping[str, int], weights: Any) -> Head:
        """Return the head with its weights made small."""
        return cls(tuple(labels), np.asarray(bias, np.float32), rows, *made_small(weights))

    def located(self, features: Mapping[str, float]) -> tuple[NDArray[np.intp], Array]:
        """Return the rows of the features that have one, and their values."""
        places = np.array([self.rows.get(feature, -1) for feature in features], dtype=np.intp)
        values = np.fromiter(features.values(), np.float32, len(features))
        known = places >= 0
        return places[known], values[known]

    def likely(self, places: NDArray[np.intp], values: Array) -> Array:
        """Return the probability of each label, each judged on its own."""
        summed = values @ self.weights[places].astype(np.float32)
        return np.asarray(1.0 / (1.0 + np.exp(-self.bias - summed * self.scale)), np.float32)

    def scores(self, features: Mapping[str, float]) -> dict[str, float]:
        """Return the probability of each label by its name."""
        likely = self.likely(*self.located(features))
        return dict(zip(self.labels, likely.tolist(), strict=True))

    def weights_of(self, label: str) -> dict[str, float]:
        """Return the weight of each feature for a label."""
        column = self.labels.index(label)
        own = self.weights[:, column] * float(self.scale[column])
        return {feature: float(own[row]) for feature, row in self.rows.items()}

    def because(self, features: Mapping[str, float], label: str) -> list[tuple[str, float]]:
        """Return what spoke most for a label, for `--explain`."""
        column = self.labels.index(label)
        scale = float(self.scale[column])
        found = [
            (feature, float(self.weights[self.rows[feature], column]) * scale * value)
            for feature, value in features.items()
            if feature in self.rows
        ]
        return sorted(found, key=lambda pair: -abs(pair[1]))[:6]


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a fit came to, the common words, their language, and what it was made of.

    Each network hears the first rows of a head: `asked` those for goals, `said` for activities.
    """

    heads: Mapping[str, Head]
    networks: Mapping[str, Network]
    familiar: Familiar
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
        arrays[f"{name}_weights"] = head.weights[features, labels]
        arrays[f"{name}_scale"] = head.scale
    for name, network in fitted.networks.items():
        arrays |= {f"{name}_{part}": getattr(network, part) for part in _NETWORK}
    familiar = fitted.familiar
    arrays["familiar_words"] = _packed(familiar.words)
    arrays["familiar_said"], arrays["familiar_unsaid"] = familiar.said, familiar.unsaid
    arrays["familiar_goals"] = _packed(familiar.goals)
    arrays["familiar_with_goal"] = np.packbits(familiar.with_goal, axis=1)
    with path.open("wb") as file:
        np.savez(file, **arrays)


def read(path: Path) -> Fitted:
    """Return the fit that a file holds."""
    with np.load(path, allow_pickle=False) as arrays:
        odds = dict(zip(_unpacked(arrays["odds_words"]), arrays["odds"].tolist(), strict=True))
        heads = {name: _head(arrays, name) for name in HEADS}
        networks = {
            name: Network(**{part: arrays[f"{name}_{part}"] for part in _NETWORK})
            for name in NETWORKS
        }
        words = _unpacked(arrays["words"])
        origin = _unpacked(arrays["fitted_on"])[0]
        return Fitted(heads, networks, _familiar(arrays), words, odds, origin)


def fitted_on(path: Path) -> str:
    """Return the digest of what a fit was made of, without reading the weights."""
    with np.load(path, allow_pickle=False) as arrays:
        return _unpacked(arrays["fitted_on"])[0]


def _head(arrays: Mapping[str, Any], name: str) -> Head:
    features, labels = _unpacked(arrays[f"{name}_features"]), _unpacked(arrays[f"{name}_labels"])
    weights = np.zeros((len(features), len(labels)), dtype=np.int8)
    rows = np.repeat(np.arange(len(features)), arrays[f"{name}_counts"])
    weights[rows, arrays[f"{name}_columns"]] = arrays[f"{name}_weights"]
    index = {feature: row for row, feature in enumerate(features)}
    return Head(labels, arrays[f"{name}_bias"], index, weights, arrays[f"{name}_scale"])


def _familiar(arrays: Mapping[str, Any]) -> Familiar:
    words, goals = _unpacked(arrays["familiar_words"]), _unpacked(arrays["familiar_goals"])
    with_goal = np.unpackbits(arrays["familiar_with_goal"], axis=1, count=len(goals))
    said, unsaid = arrays["familiar_said"], arrays["familiar_unsaid"]
    return Familiar(words, said, unsaid, goals, with_goal.astype(np.bool_))


def _packed(texts: Any) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(texts).encode(), dtype=np.uint8)


def _unpacked(packed: NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(packed.tobytes().decode().split("\n"))
