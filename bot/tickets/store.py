"""What the desk asks of a store; `sqlite.py` is one, and one contract test holds for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.tickets.model import Event, Person, Ticket


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """What stays of a ticket after its purge: nothing about a person."""

    reference: str
    month: str
    kind: str
    type: str | None
    channel: str
    result: str
    days: int
    on_time: bool | None
    extended: bool


class TicketStore(Protocol):
    """Tickets, their events and what is counted, inside the caller's transaction."""

    def insert(self, ticket: Ticket) -> None:
        """Keep a new ticket."""

    def update(self, ticket: Ticket, expected_version: int) -> None:
        """Replace a ticket; raises DeskRefusal("changed") when its version is another one."""

    def get(self, reference: str) -> Ticket | None:
        """Return a ticket, or None."""

    def of_person(self, person: Person, limit: int = 20) -> Sequence[Ticket]:
        """Return the latest tickets of exactly this person, newest first."""

    def queue(self, limit: int = 50, offset: int = 0) -> Sequence[Ticket]:
        """Return open tickets, those due first in front."""

    def open_after(self, reference: str, limit: int) -> Sequence[Ticket]:
        """Return open tickets in the order of their references, after one."""

    def due_between(self, first: date, last: date, limit: int = 500) -> Sequence[Ticket]:
        """Return open tickets that are due in a range of days."""

    def closed_unpurged(self, on_or_before: date, limit: int) -> Sequence[Ticket]:
        """Return closed tickets whose time to be purged has come."""

    def append(self, event: Event) -> None:
        """Keep the next event of the chain."""

    def last_event(self) -> Event | None:
        """Return the head of the chain."""

    def events(self, reference: str) -> Sequence[Event]:
        """Return the events of one ticket in order."""

    def chain(self) -> Iterator[Event]:
        """Yield every event in order."""

    def purge(self, ticket: Ticket, line: RegisterLine) -> None:
        """Delete a ticket and what its events say about people; keep its register line."""

    def register(self, month: str) -> Sequence[RegisterLine]:
        """Return the register lines of purged tickets that were closed in a month (`2026-11`)."""

    def closed_in(self, month: str) -> Sequence[Ticket]:
        """Return the tickets closed in a month that are still there."""

    def count(self, month: str, name: str) -> None:
        """Add one to a count."""

    def counts(self, month: str) -> dict[str, int]:
        """Return the counts of a month."""

    def mark(self, reference: str, name: str, at: datetime) -> bool:
        """Remember that something was done for a ticket; False when it was done before."""
