"""The ticket store on SQLite, inside a transaction of `bot.database`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from dateutil.relativedelta import relativedelta

from bot.adapters import adapter
from bot.database import Transaction, one, rows
from bot.errors import DeskRefusal
from bot.tickets.deadlines import local_day
from bot.tickets.model import Event, Person, Ticket
from bot.tickets.store import RegisterLine

_NEVER_DUE = "9999-12-31"


class SqliteTickets:
    """Tickets in the tables of `bot.migrations`; holds nothing but the open transaction."""

    def __init__(self, transaction: Transaction, retention_years: int = 3) -> None:
        """Take the transaction, and how long a closed ticket is kept."""
        self._handle = transaction
        self._retention_years = retention_years

    def insert(self, ticket: Ticket) -> None:
        """Keep a new ticket."""
        self._handle.table("tickets").insert(self._row(ticket))

    def update(self, ticket: Ticket, expected_version: int) -> None:
        """Replace a ticket; raises DeskRefusal("changed") when its version is another one."""
        row = self._row(ticket)
        assignments = ", ".join(f"{name} = :{name}" for name in row)
        cursor = self._handle.execute(
            f"UPDATE tickets SET {assignments} "  # noqa: S608 - our own column names
            "WHERE reference = :reference AND version = :expected",
            {**row, "expected": expected_version},
        )
        if cursor.rowcount != 1:
            raise DeskRefusal("changed")

    def get(self, reference: str) -> Ticket | None:
        """Return a ticket, or None."""
        row = one(self._handle, "SELECT document FROM tickets WHERE reference = ?", reference)
        return adapter(Ticket).validate_json(row["document"]) if row else None

    def of_person(self, person: Person, limit: int = 20) -> Sequence[Ticket]:
        """Return the latest tickets of exactly this person, newest first."""
        return self._tickets(
            "channel = ? AND tenant_id = ? AND user_id = ? ORDER BY opened_at DESC LIMIT ?",
            person.channel,
            person.tenant_id,
            person.user_id,
            limit,
        )

    def queue(self, limit: int = 50, offset: int = 0) -> Sequence[Ticket]:
        """Return open tickets, those due first in front."""
        return self._tickets(
            "state <> 'closed' ORDER BY due_on, opened_at LIMIT ? OFFSET ?", limit, offset
        )

    def open_after(self, reference: str, limit: int) -> Sequence[Ticket]:
        """Return open tickets in the order of their references, after one."""
        return self._tickets(
            "state <> 'closed' AND reference > ? ORDER BY reference LIMIT ?", reference, limit
        )

    def due_between(self, first: date, last: date, limit: int = 500) -> Sequence[Ticket]:
        """Return open tickets that are due in a range of days."""
        return self._tickets(
            "state <> 'closed' AND due_on BETWEEN ? AND ? ORDER BY due_on, opened_at LIMIT ?",
            first.isoformat(),
            last.isoformat(),
            limit,
        )

    def closed_unpurged(self, on_or_before: date, limit: int) -> Sequence[Ticket]:
        """Return closed tickets whose time to be purged has come."""
        return self._tickets("purge_on <= ? ORDER BY purge_on LIMIT ?", str(on_or_before), limit)

    def append(self, event: Event) -> None:
        """Keep the next event of the chain."""
        self._handle.table("events").insert(asdict(event) | {"at": event.at.isoformat()})

    def last_event(self) -> Event | None:
        """Return the head of the chain."""
        row = one(self._handle, "SELECT * FROM events ORDER BY number DESC LIMIT 1")
        return _event(row) if row else None

    def events(self, reference: str) -> Sequence[Event]:
        """Return the events of one ticket in order."""
        sql = "SELECT * FROM events WHERE reference = ? ORDER BY number"
        return [_event(row) for row in rows(self._handle, sql, reference)]

    def chain(self) -> Iterator[Event]:
        """Yield every event in order."""
        return map(_event, self._handle.query("SELECT * FROM events ORDER BY number"))

    def purge(self, ticket: Ticket, line: RegisterLine) -> None:
        """Delete a ticket and what its events say about people; keep its register line."""
        self._handle.table("register").insert(asdict(line))
        for sql in (
            "UPDATE events SET salt = NULL, actor = NULL, payload = NULL WHERE reference = ?",
            "DELETE FROM outbox WHERE reference = ?",
            "DELETE FROM marks WHERE reference = ?",
            "DELETE FROM cards WHERE reference = ?",
            "DELETE FROM tickets WHERE reference = ?",
        ):
            self._handle.execute(sql, [ticket.reference])

    def register(self, month: str) -> Sequence[RegisterLine]:
        """Return the register lines of purged tickets that were closed in a month (`2026-11`)."""
        found = rows(self._handle, "SELECT * FROM register WHERE month = ?", month)
        return [
            RegisterLine(
                **row
                | {
                    "on_time": None if row["on_time"] is None else bool(row["on_time"]),
                    "extended": bool(row["extended"]),
                }
            )
            for row in found
        ]

    def closed_in(self, month: str) -> Sequence[Ticket]:
        """Return the tickets closed in a month that are still there."""
        found = self._tickets("state = 'closed' ORDER BY opened_at")
        return [t for t in found if t.closed_at and f"{local_day(t.closed_at):%Y-%m}" == month]

    def count(self, month: str, name: str) -> None:
        """Add one to a count."""
        self._handle.execute(
            "INSERT INTO counts VALUES (?, ?, 1) "
            "ON CONFLICT (month, name) DO UPDATE SET number = number + 1",
            [month, name],
        )

    def counts(self, month: str) -> dict[str, int]:
        """Return the counts of a month."""
        sql = "SELECT name, number FROM counts WHERE month = ? ORDER BY name"
        return {row["name"]: row["number"] for row in rows(self._handle, sql, month)}

    def mark(self, reference: str, name: str, at: datetime) -> bool:
        """Remember that something was done for a ticket; False when it was done before."""
        cursor = self._handle.execute(
            "INSERT OR IGNORE INTO marks VALUES (?, ?, ?)", [reference, name, at.isoformat()]
        )
        return cursor.rowcount == 1

    def _tickets(self, where: str, *values: Any) -> list[Ticket]:
        found = rows(self._handle, f"SELECT document FROM tickets WHERE {where}", *values)  # noqa: S608 - our own text
        return [adapter(Ticket).validate_json(row["document"]) for row in found]

    def _row(self, ticket: Ticket) -> dict[str, Any]:
        due = ticket.due_on or ticket.internal_on
        return {
            "reference": ticket.reference,
            "version": ticket.version,
            "kind": ticket.kind.value,
            "state": ticket.state.value,
            "channel": ticket.requester.channel,
            "tenant_id": ticket.requester.tenant_id,
            "user_id": ticket.requester.user_id,
            "opened_at": ticket.opened_at.astimezone(UTC).isoformat(),
            "due_on": due.isoformat() if due else _NEVER_DUE,
            "claimed": ticket.claimed_by.user_id if ticket.claimed_by else None,
            "purge_on": self._purge_on(ticket),
            "test": int(ticket.test),
            "document": adapter(Ticket).dump_json(ticket).decode(),
        }

    def _purge_on(self, ticket: Ticket) -> str | None:
        if ticket.closed_at is None or ticket.hold:
            return None
        kept = local_day(ticket.closed_at) + relativedelta(years=self._retention_years)
        return kept.isoformat()


def _event(row: dict[str, Any]) -> Event:
    return Event(**row | {"at": datetime.fromisoformat(row["at"])})
