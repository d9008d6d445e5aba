"""What an intent may touch: a Question comes in, an Answer goes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.messages import Kind, Language, RequestType
from knowledge import Law, Statement

Value = str | int | date | datetime


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked: its goal, the activities it is about, and what was read beside it."""

    goal: str
    activities: tuple[str, ...]
    language: Language
    statement: Statement
    law: Law
    now: datetime
    mentioned_date: date | None = None
    draft: RequestType | None = None
    offered: RequestType | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph: a reply template, the fact it states, and values that are not facts."""

    template: str
    fact: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Option:
    """A choice to offer: the text it stands for when pressed, by template and subject."""

    template: str
    fact: str | None = None
    goal: str = ""
    activity: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StartRequest:
    """The person wants a right exercised."""

    request_type: RequestType


@dataclass(frozen=True, slots=True)
class OfferRequest:
    """The person asked about a right; a plain yes starts the request."""

    request_type: RequestType


@dataclass(frozen=True, slots=True)
class EndDraft:
    """The person cancels what was being prepared."""


Effect = StartRequest | OfferRequest | EndDraft


@dataclass(frozen=True, slots=True)
class Answer:
    """What an intent says: templates and fact ids, never a rendered value."""

    kind: Kind
    lines: tuple[Line, ...]
    facts: tuple[str, ...] = ()
    law: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    effect: Effect | None = None
    request_type: RequestType | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """A named handler and the goals it answers."""

    name: str
    goals: tuple[str, ...]
    answer: Callable[[Question], Answer]
