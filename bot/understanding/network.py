"""A network with one hidden layer: it hears what words come to together, beyond their sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def made_small(weights: Any) -> tuple[NDArray[np.int8], Array]:
    """Return weights as whole numbers and the scale of each column to multiply them by.

    A quarter of the memory, for a rounding that changes next to nothing of what comes out.
    """
    scale = np.maximum(np.abs(weights).max(axis=0, initial=0), 1e-6) / 127
    return np.round(weights / scale).astype(np.int8), scale.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Network:
    """Weights from inputs to hidden units to labels, of which one is meant."""

    inputs: NDArray[np.int8]
    scale: Array
    hidden_bias: Array
    outputs: Array
    bias: Array

    @classmethod
    def of(cls, inputs: Any, hidden_bias: Any, outputs: Any, bias: Any) -> Network:
        """Return the network with its input weights made small."""
        small, scale = made_small(inputs)
        single = [np.asarray(part, np.float32) for part in (hidden_bias, outputs, bias)]
        return cls(small, scale, *single)

    def likely(self, places: NDArray[np.intp], values: Array) -> Array:
        """Return the probability of each label for these inputs; those not heard are left out."""
        heard = places < len(self.inputs)
        summed = values[heard] @ self.inputs[places[heard]].astype(np.float32)
        hidden = np.maximum(summed * self.scale + self.hidden_bias, 0)
        totals = hidden @ self.outputs + self.bias
        powers = np.exp(totals - totals.max())
        chances: Array = powers / powers.sum()
        return chances
