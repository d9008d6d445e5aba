"""Rounds of questions by people who had not seen the words: known failures may only shrink."""

from __future__ import annotations

import pytest
import yaml

from bot.assistant import Assistant
from tests.questions import ROUNDS, judge

KNOWN = yaml.safe_load((ROUNDS / "known_failures.yaml").read_text(encoding="utf-8"))
SETS = sorted(path.stem for path in ROUNDS.glob("*.jsonl"))


@pytest.mark.parametrize("name", SETS)
def test_a_round_fails_exactly_where_it_is_known_to(assistant: Assistant, name: str) -> None:
    judged = judge(assistant, name)
    known = set(KNOWN[name]["failed"])

    assert judged.failed - known == set(), "these passed before"
    assert known - judged.failed == set(), "these pass now: strike them from the list"


@pytest.mark.parametrize("name", SETS)
def test_false_answers_are_known_and_only_shrink(assistant: Assistant, name: str) -> None:
    assert judge(assistant, name).false_answers == set(KNOWN[name]["false_answers"])
