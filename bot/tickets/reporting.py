"""What leaves the desk in writing: the stable JSON of a ticket, exports and the register."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.tickets.deadlines import Calendar, due_of
from bot.tickets.desk import register_line
from bot.tickets.model import Event, ExtensionState, Person, Ticket
from bot.tickets.store import RegisterLine, TicketStore

_REGISTER = ("month", "kind", "type", "channel", "result", "days", "on_time", "extended")


def ticket_json(
    ticket: Ticket, events: Iterable[Event], calendar: Calendar, now: datetime
) -> dict[str, Any]:
    """Return a ticket without personal data, in the stable form of the command line."""
    due = due_of(ticket, calendar, now)
    granted = ticket.extension and ticket.extension.state is ExtensionState.GRANTED
    return {
        "reference": ticket.reference,
        "kind": ticket.kind.value,
        "type": ticket.type.value if ticket.type else None,
        "state": ticket.state.value,
        "outcome": ticket.result.value if ticket.result else None,
        "received_at": ticket.received_at.isoformat(),
        "due_at": due.legal.isoformat() if due.legal else None,
        "internal_target": due.internal.isoformat(),
        "due_without_pause": due.without_pause.isoformat() if due.without_pause else None,
        "extended_until": due.legal.isoformat() if granted and due.legal else None,
        "unconfirmed": ticket.unconfirmed,
        "hold": ticket.hold,
        "test": ticket.test,
        "escalation_level": ticket.escalation_level,
        "linked": list(ticket.linked),
        "version": ticket.version,
        "events": [
            {
                "number": event.number,
                "action": event.action,
                "from": event.state_before,
                "to": event.state_after,
                "at": event.at.isoformat(),
                "purged": event.salt is None,
            }
            for event in events
        ],
    }


def export_ticket(ticket: Ticket, events: Sequence[Event]) -> dict[str, Any]:
    """Return everything that is kept about one ticket (GDPR art. 15)."""
    kept = asdict(ticket)
    history = [
        {
            "number": event.number,
            "action": event.action,
            "from": event.state_before,
            "to": event.state_after,
            "at": event.at.isoformat(),
            "by": json.loads(event.actor)["role"] if event.actor else None,
            "values": json.loads(event.payload) if event.payload else None,
        }
        for event in events
    ]
    return json.loads(json.dumps({"ticket": kept, "events": history}, default=str))  # type: ignore[no-any-return]


def export_person(store: TicketStore, person: Person) -> dict[str, Any]:
    """Return everything that is kept about one person."""
    found = store.of_person(person, limit=10_000)
    tickets = [export_ticket(t, store.events(t.reference)) for t in found]
    return {"person": asdict(person), "tickets": tickets}


def monthly_register(store: TicketStore, month: str) -> dict[str, Any]:
    """Return the register of a month (`2026-11`): lines, the on-time rate and what was silent."""
    kept = [register_line(ticket) for ticket in store.closed_in(month) if not ticket.test]
    lines = sorted([*store.register(month), *kept], key=lambda line: line.reference)
    timed = [line.on_time for line in lines if line.on_time is not None]
    return {
        "month": month,
        "closed": len(lines),
        "on_time_rate": round(sum(timed) / len(timed), 4) if timed else None,
        "lines": [_without_reference(line) for line in lines],
        "silences": store.counts(month),
    }


def register_csv(register: dict[str, Any]) -> str:
    """Return the lines of a register as CSV."""
    written = io.StringIO()
    writer = csv.DictWriter(written, _REGISTER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(register["lines"])
    return written.getvalue()


def _without_reference(line: RegisterLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in _REGISTER}
