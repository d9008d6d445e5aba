"""Fits the network on rows with labels; needs the development packages."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.understanding.network import Network

_ROUNDS = 5  # more of them learn the examples by heart
_ROWS_AT_ONCE = 512
_FIRST_STEP = 3e-3


def fit_network(rows: Any, marks: NDArray[np.bool_], hidden: int) -> Network:
    """Return the network for a sparse matrix of examples and which example has which label.

    There are three labels or more; an example with two counts for each.
    """
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415 - development only
    from sklearn.neural_network import MLPClassifier  # noqa: PLC0415 - development only

    examples, wanted = np.nonzero(marks)
    network = MLPClassifier(
        (hidden,),
        batch_size=_ROWS_AT_ONCE,
        learning_rate_init=_FIRST_STEP,
        max_iter=_ROUNDS,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(rows[examples], wanted)
    (inputs, outputs), (hidden_bias, bias) = network.coefs_, network.intercepts_
    return Network.of(inputs, hidden_bias, outputs, bias)
