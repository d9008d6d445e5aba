"""Tickets and what happens to them, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from bot.messages import ConversationRef, Language, RequestType, Sender, TicketKind


class State(StrEnum):
    """Where a ticket stands."""

    RECEIVED = "received"
    AWAITING_IDENTIFICATION = "awaiting_identification"
    AWAITING_CLARIFICATION = "awaiting_clarification"
    IN_PROGRESS = "in_progress"
    FORWARDING = "forwarding"
    CLOSED = "closed"


class Result(StrEnum):
    """How a closed ticket ended."""

    GRANTED = "granted"
    PARTLY_GRANTED = "partly_granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    FORWARDED = "forwarded"
    NO_DATA = "no_data"


class Role(StrEnum):
    """In which capacity somebody acts; `system` is the desk's own clock."""

    REQUESTER = "requester"
    SUPPORT = "support"
    OFFICER = "officer"
    SYSTEM = "system"


class ExtensionState(StrEnum):
    """An extension counts once the person has been told in time (GDPR art. 12(3))."""

    PENDING = "pending"
    GRANTED = "granted"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Person:
    """An identity: channel, tenant and user id; people are never linked across channels."""

    channel: str
    tenant_id: str
    user_id: str

    @classmethod
    def of(cls, channel: str, sender: Sender) -> Person:
        """Return the identity of a sender on a channel."""
        return cls(channel, sender.tenant_id, sender.user_id)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, in a role that was looked up before the transaction began."""

    person: Person
    role: Role


SYSTEM = Actor(Person("system", "", "clock"), Role.SYSTEM)


@dataclass(frozen=True, slots=True)
class Suspension:
    """A question to the requester that may stop the clock (GDPR art. 12(6), recital 63)."""

    reason: Literal["identification", "clarification"]
    asked_at: datetime
    counts: bool
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """Two further months, with the reason that the person is told (GDPR art. 12(3))."""

    reason: str
    asked_at: datetime
    state: ExtensionState = ExtensionState.PENDING


@dataclass(frozen=True, slots=True)
class Ticket:
    """One request, question for a human, or possible breach.

    `conversation` is where notices for the requester go, and None for a letter. `due_on` and
    `internal_on` are kept for the queue; `bot.tickets.deadlines` computes them.
    """

    reference: str
    kind: TicketKind
    requester: Person
    language: Language
    received_at: datetime
    opened_at: datetime
    type: RequestType | None = None
    state: State = State.RECEIVED
    result: Result | None = None
    version: int = 1
    conversation: ConversationRef | None = None
    name: str = ""
    reach: str = ""
    words: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    additions: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    to_forward: bool = False
    linked: tuple[str, ...] = ()
    grouped_under: str = ""
    facts_shown: tuple[str, ...] = ()
    statement_version: str = ""
    due_on: date | None = None
    internal_on: date | None = None
    suspensions: tuple[Suspension, ...] = ()
    extension: Extension | None = None
    claimed_by: Person | None = None
    staff_acted_at: datetime | None = None
    escalation_level: int = 0
    unconfirmed: bool = False
    hold: bool = False
    test: bool = False
    reopened: bool = False
    identity_method: str = ""
    closed_at: datetime | None = None
    undelivered: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Tell whether there is still something to do."""
        return self.state is not State.CLOSED


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody wants done to a ticket; `values` are the fields of the action's form."""

    action: str
    actor: Actor
    at: datetime
    reference: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    expected_version: int | None = None


Audience = Literal["requester", "staff", "officers", "claimer", "mailbox"]


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something to tell, rendered at delivery: only free text and plain values are kept."""

    kind: str
    audience: Audience
    reference: str = ""
    language: Language = "nl"
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One step in the life of a ticket, linked to the one before it.

    `salt`, `actor` and `payload` are deleted at a purge; `digest` and `link` stay.
    """

    number: int
    reference: str
    action: str
    state_before: str
    state_after: str
    at: datetime
    digest: str
    link: str
    salt: str | None
    actor: str | None
    payload: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the desk did: the ticket as it is now, what was recorded and whom to tell."""

    ticket: Ticket
    notices: tuple[Announcement, ...] = ()
