"""What an intent may touch: a Question comes in, an Answer goes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.messages import Kind, Language, RequestType
from knowledge import Law, Statement

Value = str | int | date | datetime


@dataclass(frozen=True, slots=True)
class OwnTicket:
    """What the person may know about one of their own tickets, already in words."""

    reference: str
    type: RequestType | None
    is_open: bool
    unconfirmed: bool
    next_step: str
    due_lines: tuple[str, ...]
    values: Mapping[str, Value]


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
class Question:
    """One thing asked: its goal, the activities it is about, and what was read beside it."""

    goal: str
    activities: tuple[str, ...]
    language: Language
    statement: Statement
    law: Law
    now: datetime
    mentioned_date: date | None = None
    draft: bool = False
    own_tickets: tuple[OwnTicket, ...] = ()
    references: tuple[str, ...] = ()
    near: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class StartRequest:
    """The person wants a right exercised."""

    request_type: RequestType


@dataclass(frozen=True, slots=True)
class OfferRequest:
    """The person asked about a right; a plain yes starts the request."""

    request_type: RequestType


@dataclass(frozen=True, slots=True)
class OfferWithdrawal:
    """The person may want to take a ticket back; a plain yes does so."""

    reference: str


@dataclass(frozen=True, slots=True)
class OfferHuman:
    """A plain yes puts the person's question to the privacy team."""


@dataclass(frozen=True, slots=True)
class AskHuman:
    """The person's question goes to the privacy team."""


@dataclass(frozen=True, slots=True)
class ReportIncident:
    """A possible breach, told to the privacy team at once."""


Effect = StartRequest | OfferRequest | OfferWithdrawal | OfferHuman | AskHuman | ReportIncident


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
