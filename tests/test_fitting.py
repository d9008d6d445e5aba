"""The fit: its solver finds what a known one finds, and the examples are cut into parts."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from bot.understanding.familiar import Familiar
from bot.understanding.fitting import Example, count_words, parts_of
from bot.understanding.learning import fit_network
from bot.understanding.solving import fit_labels

COST = 3.0


@pytest.mark.parametrize("balanced", [False, True])
def test_all_labels_at_once_come_to_what_one_at_a_time_comes_to(*, balanced: bool) -> None:
    random = np.random.default_rng(7)
    rows = sparse.random(400, 30, density=0.3, random_state=7, dtype=np.float32).tocsr()
    signal = rows @ random.normal(size=(30, 3))
    marks = signal > np.array([0.0, 0.5, 1.0])

    weights, bias = fit_labels(rows, marks, COST, balanced=balanced)

    for label in range(3):
        known = LogisticRegression(
            C=COST,
            solver="liblinear",
            intercept_scaling=3.0,
            class_weight="balanced" if balanced else None,
        ).fit(rows.toarray(), marks[:, label])
        assert weights[:, label] == pytest.approx(known.coef_[0], abs=0.1)
        assert bias[label] == pytest.approx(known.intercept_[0], abs=0.1)


def test_parts_are_runs_of_neighbours_of_about_one_size() -> None:
    parts = parts_of([Example(str(n), "nl", ("help",), ()) for n in range(1_000)])
    sizes = np.bincount(parts)
    changes = sum(a != b for a, b in pairwise(parts))
    assert sizes.max() - sizes.min() <= 1
    assert changes < len(parts) / 5


def test_a_rare_slip_of_a_common_word_is_no_word() -> None:
    said = ["hoe lang bewaren jullie dat"] * 60 + ["hoe lang bewaren julie dat"] * 2
    examples = [Example(text, "nl", ("retention",), ()) for text in [*said, "een taart", "taart"]]
    words, _ = count_words(examples)
    assert "julie" not in words
    assert {"jullie", "taart"} <= set(words)


def test_a_network_hears_what_two_words_come_to_together() -> None:
    rows = np.array([[0, 0], [0, 1], [1, 0], [1, 1]] * 10_000, dtype=np.float32)
    marks = np.array([[not (a or b), a != b, bool(a and b)] for a, b in rows])

    labels = ("none", "one", "both")
    network = fit_network(sparse.csr_matrix(rows), marks, 16)

    for values, label in (([0, 0], "none"), ([0, 1], "one"), ([1, 0], "one"), ([1, 1], "both")):
        likely = network.likely(np.array([0, 1]), np.array(values, np.float32))
        assert labels[int(likely.argmax())] == label
        assert likely.sum() == pytest.approx(1, abs=1e-5)


def test_words_that_only_stood_in_questions_without_an_answer_speak_against_one() -> None:
    familiar = Familiar.of(
        [
            (["s:bewar", "s:cookies", "b:bewar_cookies"], ["retention"]),
            (["s:bewar", "s:formaat"], ["silence_other"]),
            (["s:hallo"], ["greeting"]),
        ]
    )
    asked = familiar.signs(["s:bewar", "s:cookies"], "retention")
    detail = familiar.signs(["s:bewar", "s:formaat"], "retention")
    strange = familiar.signs(["s:bewar", "s:hallo"], "retention")

    assert asked["worst word"] < detail["worst word"]
    assert (asked["new"], detail["new"], strange["new"] > 0) == (0, 0, True)
    assert asked["new to answers"] < detail["new to answers"]
    assert familiar.against(["s:bewar", "s:formaat"])[0][0] == "formaat"
