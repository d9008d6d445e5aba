"""What a peer's label comes to, so that both sides of the bench are judged alike."""

from __future__ import annotations

import pytest

from bench.judging import (
    Item,
    Outcome,
    label_of,
    outcome_of_label,
    passes,
    states_falsely,
)
from bot.app import EXAMPLES
from bot.understanding.fitting import Example, read_examples
from knowledge import load_statement

STATED = load_statement().fact_ids()


@pytest.mark.parametrize(
    ("label", "kind", "facts", "request_type"),
    [
        ("silence_dpo|", "not_covered", set(), None),
        ("foreign_fault|", "out_of_scope", set(), None),
        ("request_erasure|", "request", set(), "erasure"),
        ("request_how|", "answer", {"request_how"}, None),
        ("retention|call_recordings", "answer", {"call_recordings.retention"}, None),
        ("retention|", "clarify", set(), None),
        ("data|", "answer", {"service_overview"}, None),
        ("purpose|usage_data", "answer", {"usage_data.legal_basis", "purpose_delivery"}, None),
        (
            "rights_apply|visit_stats",
            "answer",
            {"rights_overview", "visit_stats.legal_basis"},
            None,
        ),
        ("sharing_112|", "answer", {"sharing_112"}, None),
        ("right_access|", "answer", {"right_access"}, None),
        ("greeting|", "smalltalk", set(), None),
        ("withdraw_request|", "status", set(), None),
        ("incident|", "escalate", set(), None),
        ("unclear|", "clarify", set(), None),
        (
            "request_erasure| retention|keyholders",
            "request",
            {"keyholders.retention"},
            "erasure",
        ),
    ],
)
def test_a_label_comes_to(label: str, kind: str, facts: set[str], request_type: str | None) -> None:
    expected = Outcome(kind, frozenset(facts), request_type)
    assert outcome_of_label(label, STATED) == expected


def test_every_example_has_an_outcome() -> None:
    for label in {label_of(example) for example in read_examples(EXAMPLES)}:
        assert outcome_of_label(label, STATED).kind


def test_a_row_is_kept_only_where_the_goal_is_about_one() -> None:
    example = Example("", "nl", ("retention", "foreign_fault"), ("keyholders",))
    assert label_of(example) == "foreign_fault| retention|keyholders"


@pytest.mark.parametrize(
    ("outcome", "right", "false"),
    [
        (Outcome("answer", frozenset({"a.data", "b.data"})), True, False),
        (Outcome("answer", frozenset({"b.data"})), False, True),
        (Outcome("not_covered"), False, False),
        (Outcome("request", request_type="access"), True, False),
        (Outcome("request", request_type="erasure"), False, False),
    ],
)
def test_an_outcome_is_right_or_false(outcome: Outcome, right: bool, false: bool) -> None:
    kinds = frozenset({"answer", "request"})
    item = Item("", kinds, frozenset({"a.data"}), frozenset({"access"}), any_fact=False)
    assert passes(item, outcome) is right
    assert states_falsely(item, outcome) is false
