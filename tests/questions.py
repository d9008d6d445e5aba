"""Judges replies to question sets: one JSON object a line, with the accepted kinds and facts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.assistant import Assistant
from bot.messages import Kind, Reply
from tests.conftest import message

ROUNDS = Path(__file__).parent / "rounds"


@dataclass(frozen=True)
class Judged:
    """How a set was answered: the ids that failed, and those that stated a fact falsely."""

    asked: int
    failed: frozenset[str]
    false_answers: frozenset[str]

    @property
    def rate(self) -> float:
        return 1 - len(self.failed) / self.asked


def read_set(name: str) -> list[dict[str, Any]]:
    lines = (ROUNDS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def passes(item: dict[str, Any], reply: Reply) -> bool:
    if reply.kind not in item["kind"]:
        return False
    types = item.get("request_type")
    if reply.kind is Kind.REQUEST and types and reply.request_type not in types:
        return False
    if reply.kind is Kind.ANSWER and not set(item["facts"]) <= set(reply.facts):
        return False
    return reply.language == item["lang"] or reply.kind is Kind.SMALLTALK


def states_falsely(item: dict[str, Any], reply: Reply) -> bool:
    if reply.kind is not Kind.ANSWER:
        return False
    none_wanted = "answer" not in item["kind"]
    return none_wanted or (bool(item["facts"]) and not set(item["facts"]) & set(reply.facts))


def judge(assistant: Assistant, name: str) -> Judged:
    items = read_set(name)
    replies = {
        item["id"]: assistant.answer(message(item["text"], conversation=item["id"]))
        for item in items
    }
    return Judged(
        len(items),
        frozenset(item["id"] for item in items if not passes(item, replies[item["id"]])),
        frozenset(item["id"] for item in items if states_falsely(item, replies[item["id"]])),
    )


def judge_dialogs(assistant: Assistant, name: str) -> Judged:
    """Judge each turn of the conversations in a set, by what went before it."""
    failed, false, asked = set(), set(), 0
    lines = (ROUNDS / "dialogs" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    for dialog in map(json.loads, lines):
        for number, told in enumerate(dialog["turns"], 1):
            turn = {"lang": dialog["lang"], **told, "facts": told.get("facts") or []}
            place = f"{name} {dialog['id']}"
            reply = assistant.answer(message(turn["text"], conversation=place, user=place))
            asked += 1
            if not passes(turn, reply):
                failed.add(f"{dialog['id']}.{number}")
            if states_falsely(turn, reply):
                false.add(f"{dialog['id']}.{number}")
    return Judged(asked, frozenset(failed), frozenset(false))
