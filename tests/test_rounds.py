"""Rounds of questions by people who had not seen the words: known failures may only shrink."""

from __future__ import annotations

import pytest
import yaml

from bot.assistant import Assistant
from tests.questions import ROUNDS, Judged, judge, judge_dialogs

KNOWN = yaml.safe_load((ROUNDS / "known_failures.yaml").read_text(encoding="utf-8"))
SETS = sorted(path.stem for path in ROUNDS.glob("*.jsonl"))
DIALOGS = sorted(path.stem for path in (ROUNDS / "dialogs").glob("*.jsonl"))


def check(judged: Judged, known: dict[str, list[str]]) -> None:
    failed, false_answers = set(known["failed"]), set(known["false_answers"])
    assert judged.failed - failed == set(), "these passed before"
    assert failed - judged.failed == set(), "these pass now: strike them from the list"
    assert judged.false_answers == false_answers


@pytest.mark.parametrize("name", SETS)
def test_a_round_fails_exactly_where_it_is_known_to(assistant: Assistant, name: str) -> None:
    check(judge(assistant, name), KNOWN[name])


@pytest.mark.parametrize("name", DIALOGS)
def test_conversations_fail_exactly_where_they_are_known_to(
    assistant: Assistant, name: str
) -> None:
    check(judge_dialogs(assistant, name), KNOWN[name])
