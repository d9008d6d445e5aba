"""Tickets and dates in words, for the person and for staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from bot.intent import Line, Value
from bot.messages import Language, RequestType, TicketKind
from bot.replies import Replies
from bot.tickets.deadlines import Calendar, Due, due_of, local_day
from bot.tickets.model import State, Ticket


class Describer:
    """Says what a ticket is, where it stands and why it is due when it is."""

    def __init__(self, replies: Replies, calendar: Calendar, clock: Callable[[], datetime]) -> None:
        """Take the texts, the calendar and the clock."""
        self.replies = replies
        self.calendar = calendar
        self.clock = clock

    def type_name(
        self, kind: TicketKind, request_type: RequestType | None, language: Language
    ) -> str:
        """Return what kind of ticket it is: `verzoek om inzage`."""
        return self.text(f"_tickets.type_{request_type or kind}", language)

    def title(self, ticket: Ticket, language: Language) -> str:
        """Return the kind and the reference of a ticket."""
        name = self.type_name(ticket.kind, ticket.type, language)
        return f"{name[:1].upper()}{name[1:]} {ticket.reference}"

    def state(self, ticket: Ticket, language: Language) -> str:
        """Return where a ticket stands."""
        if ticket.state is State.CLOSED:
            return self.text(f"_tickets.result_{ticket.result}", language)
        return self.text(f"_tickets.state_{ticket.state}", language)

    def next_step(self, ticket: Ticket, language: Language) -> str:
        """Return what happens next, for the requester."""
        return self.text(f"_tickets.next_{ticket.state}", language)

    def due(self, ticket: Ticket) -> Due:
        """Return when a ticket is due, seen now."""
        return due_of(ticket, self.calendar, self.clock())

    def days_left(self, ticket: Ticket) -> int | None:
        """Return how many days are left until the day to work to; negative when it has passed."""
        day = ticket.due_on or ticket.internal_on
        return (day - local_day(self.clock())).days if day else None

    def explanation(self, due: Due, language: Language) -> str:
        """Return one sentence on how a date came about."""
        parts = []
        for reason in due.reasons:
            values: dict[str, Value] = dict(reason.values)
            if values.get("holiday"):
                values["holiday"] = self._holiday(str(values["holiday"]), language)
            parts.append(
                self.replies.part(Line(f"_deadlines.{reason.name}", values=values), language)
            )
        return "".join(parts).rstrip(".") + "."

    def due_lines(self, ticket: Ticket, language: Language) -> tuple[str, ...]:
        """Return when the person hears something at the latest, and why then."""
        due = self.due(ticket)
        said = self._due_sentence(ticket, due, language)
        if due.legal is None:
            return (said,)
        lines = [said, self.explanation(due, language)]
        if due.without_pause and due.without_pause != due.legal:
            lines.append(self.text("_deadlines.without_pause", language, day=due.without_pause))
        return tuple(lines)

    def text(self, template: str, language: Language, **values: Value) -> str:
        """Return one filled text."""
        return self.replies.part(Line(template, values=values), language)

    def _due_sentence(self, ticket: Ticket, due: Due, language: Language) -> str:
        if due.legal is not None:
            return self.text("_deadlines.due", language, day=due.legal)
        if ticket.kind is TicketKind.INCIDENT:
            return self.text("_deadlines.due_incident", language)
        return self.text("_deadlines.due_internal", language, day=due.internal)

    def _holiday(self, name: str, language: Language) -> str:
        holidays = self.replies.law.holidays
        return next(h.name.in_language(language) for h in holidays if h.id == name)


def as_day(moment: datetime | date | None) -> date | None:
    """Return the day in Amsterdam of a moment."""
    return local_day(moment) if isinstance(moment, datetime) else moment
