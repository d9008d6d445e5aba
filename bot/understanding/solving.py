"""Fits many logistic regressions at once over the same sparse rows; needs the development packages.

Newton's method with conjugate gradients, every label side by side: one product of the matrix
serves them all, which is an order of magnitude faster than a solver that takes them one by one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Marks = NDArray[np.bool_]

_BIAS_SCALE = 3.0  # a bias costs less than a weight
_TOLERANCE = 0.01
_MOST_STEPS = 25
_MOST_INNER_STEPS = 30
_INNER_ACCURACY = 0.2
_MOST_HALVINGS = 12
_ARMIJO = 1e-4


def fit_labels(
    rows: Any, marks: Marks, inverse_regularisation: float, *, balanced: bool
) -> tuple[Array, Array]:
    """Return the weights (features by labels) and a bias per label.

    `rows` is a sparse matrix of examples by features; `marks` tells which example has which label.
    `balanced` gives the examples with and without a label the same weight in total.
    """
    from scipy import sparse  # noqa: PLC0415 - development only

    column = np.full((rows.shape[0], 1), _BIAS_SCALE, dtype=np.float32)
    matrix = sparse.hstack([rows, column]).tocsr()
    matrix.indices, matrix.indptr = matrix.indices.astype("int32"), matrix.indptr.astype("int32")
    weights = _Newton(matrix, marks, _costs(marks, inverse_regularisation, balanced)).solve()
    return weights[:-1], weights[-1] * np.float32(_BIAS_SCALE)


def _costs(marks: Marks, inverse_regularisation: float, balanced: bool) -> Array:
    examples = marks.shape[0]
    costs = np.full(marks.shape, inverse_regularisation, dtype=np.float32)
    if balanced:
        having = np.maximum(marks.sum(axis=0), 1)
        lacking = np.maximum(examples - having, 1)
        costs *= np.where(marks, examples / (2 * having), examples / (2 * lacking))
    return costs.astype(np.float32)


def _summed(values: Array) -> NDArray[np.float64]:
    return np.asarray(values.sum(axis=0, dtype=np.float64))


def _norms(values: Array) -> NDArray[np.float64]:
    return np.sqrt(_summed(values * values))


class _Newton:
    """The state of a fit: weights, and what each example comes to under them."""

    def __init__(self, matrix: Any, marks: Marks, costs: Array) -> None:
        self.matrix = matrix
        self.turned = matrix.T.tocsr()
        self.squared = self.turned.multiply(self.turned).tocsr()
        self.signs = np.where(marks, 1, -1).astype(np.float32)
        self.costs = costs
        self.weights = np.zeros((matrix.shape[1], marks.shape[1]), dtype=np.float32)
        self.margins = np.zeros(marks.shape, dtype=np.float32)
        rarest = np.minimum(marks.sum(axis=0), (~marks).sum(axis=0))
        self.rare = np.maximum(rarest, 0.02 * marks.shape[0]) / marks.shape[0]

    def solve(self) -> Array:
        """Step until every label's gradient is small beside the first one."""
        first = None
        for _ in range(_MOST_STEPS):
            likely = (1 / (1 + np.exp(np.clip(-self.margins, -30, 30)))).astype(np.float32)
            wanted = (self.signs + 1) / 2
            gradient = self.weights + self.turned @ (self.costs * (likely - wanted))
            size = _norms(gradient)
            first = size if first is None else first
            active = np.flatnonzero(size > _TOLERANCE * self.rare * first)
            if not len(active):
                break
            curvature = self.costs[:, active] * likely[:, active] * (1 - likely[:, active])
            step = self._direction(gradient[:, active], curvature)
            self._move(active, step, _summed(gradient[:, active] * step))
        return self.weights

    def _direction(self, gradient: Array, curvature: Array) -> Array:
        """Return an approximate Newton step by preconditioned conjugate gradients."""
        scale = 1 / (1 + self.squared @ curvature)
        step = np.zeros_like(gradient)
        rest = -gradient
        search = scale * rest
        good = _summed(rest * search)
        enough = _INNER_ACCURACY * _norms(rest)
        for _ in range(_MOST_INNER_STEPS):
            bent = search + self.turned @ (curvature * (self.matrix @ search))
            length = (good / np.maximum(_summed(search * bent), 1e-30)).astype(np.float32)
            step += length * search
            rest -= length * bent
            if (_norms(rest) < enough).all():
                break
            scaled = scale * rest
            better = _summed(rest * scaled)
            search = scaled + (better / np.maximum(good, 1e-30)).astype(np.float32) * search
            good = better
        return step

    def _move(self, active: NDArray[np.intp], step: Array, slope: NDArray[np.float64]) -> None:
        """Go along the step, half as far wherever the loss does not fall enough."""
        before = self._loss(active, self.weights[:, active], self.margins[:, active])
        along = self.matrix @ step
        length = np.ones(len(active), dtype=np.float32)
        for _ in range(_MOST_HALVINGS):
            weights = self.weights[:, active] + length * step
            margins = self.margins[:, active] + length * along
            fell = self._loss(active, weights, margins) <= before + _ARMIJO * length * slope
            if fell.all():
                break
            length = np.where(fell, length, length / 2)
        self.weights[:, active], self.margins[:, active] = weights, margins

    def _loss(
        self, active: NDArray[np.intp], weights: Array, margins: Array
    ) -> NDArray[np.float64]:
        wrong = np.logaddexp(np.float32(0), -self.signs[:, active] * margins)
        return 0.5 * _summed(weights * weights) + _summed(self.costs[:, active] * wrong)
