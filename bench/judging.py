"""Judges answers and labels alike: a kind, the facts it states and the right it asks for."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.messages import Reply
from bot.understanding.fitting import Example

ABOUT_A_ROW = frozenset({"retention", "controller", "legal_basis", "purpose", "data"})
_WITHOUT_A_ROW = {
    "controller": "controller_general",
    "data": "service_overview",
    "purpose": "why_processing",
}
_FAMILIES = {"silence_": "not_covered", "foreign_": "out_of_scope"}
_KINDS = {
    "acknowledge": "smalltalk",
    "ask_team": "escalate",
    "cancel": "smalltalk",
    "escalate": "escalate",
    "goodbye": "smalltalk",
    "greeting": "smalltalk",
    "help": "smalltalk",
    "incident": "escalate",
    "no": "smalltalk",
    "resume": "clarify",
    "smalltalk_other": "smalltalk",
    "status": "status",
    "thanks": "smalltalk",
    "unclear": "clarify",
    "withdraw_request": "status",
    "yes": "smalltalk",
}
_LEADING = ("escalate", "request", "answer", "not_covered")
_ABOUT_REQUESTS = frozenset({"request_how", "request_identification"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer comes to, whoever gave it."""

    kind: str
    facts: frozenset[str] = frozenset()
    request_type: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A test question with the outcomes that are right."""

    text: str
    kinds: frozenset[str]
    facts: frozenset[str]
    request_types: frozenset[str]
    any_fact: bool


def read_items(path: Path) -> list[Item]:
    """Return the questions of a set; a set of conversations cannot be compared."""
    items = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        raw: dict[str, Any] = json.loads(line)
        if "turns" in raw:
            raise SystemExit(f"{path.name}: conversations are not compared, only single questions")
        items.append(
            Item(
                text=raw["text"],
                kinds=frozenset(raw["kind"]),
                facts=frozenset(raw.get("facts") or ()),
                request_types=frozenset(raw.get("request_type") or ()),
                any_fact=bool(raw.get("any")),
            )
        )
    return items


def label_of(example: Example) -> str:
    """Return the goals of an example, each with its row where the goal is about one."""
    parts: list[str] = []
    for goal in sorted(example.goals):
        rows = sorted(example.about) if goal in ABOUT_A_ROW or goal == "rights_apply" else []
        parts.extend(f"{goal}|{row}" for row in rows or [""])
    return " ".join(parts)


def outcome_of_label(label: str, stated: frozenset[str]) -> Outcome:
    """Return what an answer with this label comes to; `stated` are all facts there are."""
    outcomes = []
    for part in label.split():
        goal, _, row = part.partition("|")
        outcomes.append(_outcome_of_goal(goal, row, stated))
    return _together(outcomes)


def outcome_of_reply(reply: Reply) -> Outcome:
    """Return what a reply of the desk comes to."""
    return Outcome(str(reply.kind), frozenset(reply.facts), reply.request_type)


def _outcome_of_goal(goal: str, row: str, stated: frozenset[str]) -> Outcome:
    if goal in ABOUT_A_ROW:
        return _outcome_of_facet(goal, row, stated)
    if goal == "rights_apply":
        own = {f"{row}.legal_basis"} if row else set()
        return Outcome("answer", frozenset({"rights_overview", *own}))
    if goal.startswith("request_") and goal not in _ABOUT_REQUESTS:
        return Outcome("request", request_type=goal.removeprefix("request_"))
    family = next((kind for start, kind in _FAMILIES.items() if goal.startswith(start)), None)
    if kind := family or _KINDS.get(goal):
        return Outcome(kind)
    if goal in stated:
        return Outcome("answer", frozenset({goal}))
    raise ValueError(f"no outcome known for goal {goal!r}")


def _outcome_of_facet(facet: str, row: str, stated: frozenset[str]) -> Outcome:
    """Return one fact of a row; without a row the general answer, or the question which one."""
    if not row:
        general = _WITHOUT_A_ROW.get(facet)
        return Outcome("answer", frozenset({general})) if general else Outcome("clarify")
    fact = f"{row}.{facet}"
    if fact in stated:
        return Outcome("answer", frozenset({fact}))
    return Outcome("answer", frozenset({f"{row}.legal_basis", "purpose_delivery"}))


def _together(outcomes: list[Outcome]) -> Outcome:
    """Return several answers as one, led by the kind that the desk would lead with."""
    rank = {kind: place for place, kind in enumerate(_LEADING)}
    leading = min(outcomes, key=lambda outcome: rank.get(outcome.kind, len(rank)))
    facts = frozenset(fact for outcome in outcomes for fact in outcome.facts)
    return Outcome(leading.kind, facts, leading.request_type)


def passes(item: Item, outcome: Outcome) -> bool:
    """Tell whether kind, facts and right are what the item wants."""
    if outcome.kind not in item.kinds:
        return False
    if outcome.kind == "request":
        return not item.request_types or outcome.request_type in item.request_types
    if outcome.kind != "answer" or not item.facts:
        return True
    if item.any_fact:
        return bool(item.facts & outcome.facts)
    return item.facts <= outcome.facts


def states_falsely(item: Item, outcome: Outcome) -> bool:
    """Tell whether facts are stated where none is wanted, or only other ones than wanted."""
    if outcome.kind != "answer":
        return False
    return "answer" not in item.kinds or bool(item.facts and not item.facts & outcome.facts)


def share(hits: Iterable[bool]) -> float:
    """Return the share that is true."""
    found = list(hits)
    return sum(found) / max(1, len(found))
