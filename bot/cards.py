"""What staff see of a ticket: a card at a glance, the details, and the forms of its actions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from bot.describing import Describer
from bot.messages import (
    Block,
    Card,
    Facts,
    Form,
    FormField,
    Language,
    Notice,
    Text,
    TicketKind,
    Tone,
)
from bot.replies import render_date
from bot.tickets.deadlines import AMSTERDAM, local_day
from bot.tickets.model import Actor, Event, Role, State, Ticket
from bot.tickets.rules import ACTIONS, Field, fields_for

SOON_DAYS = 7
_LONGEST_ROW = 2_000
_SECONDS_AN_HOUR = 3600
# What support does most comes first; closing comes last.
_ORDER = (
    *("claim", "send", "ask_clarification", "ask_identification", "note", "escalate"),
    *("confirm_identity", "extend", "record_sent", "forward", "assign", "release"),
    *("correct_type", "correct_received", "hold", "export", "purge", "reopen", "close"),
)
_ANNOUNCED_BY = {
    "sent": "send",
    "identity_confirmed": "confirm_identity",
    "type_corrected": "correct_type",
    "received_corrected": "correct_received",
    "extended": "extend",
    "forwarding": "forward",
    "reopened": "reopen",
    "taken_over": "take_over",
    "unconfirmed": "open",
}
# Actions whose form is sent in with another word than the one that opens it.
_SUBMITS = frozenset(
    {"note", "send", "ask_identification", "ask_clarification", "correct_type", "hold", "close"}
    | {"confirm_identity", "record_sent"}
)
# Fields that mean something else in one action than in the others.
_OWN_LABELS = frozenset(
    {
        "take_over_text",
        "note_text",
        "send_text",
        "ask_identification_text",
        "ask_clarification_text",
    }
    | {"escalate_reason", "extend_reason", "close_reason", "reopen_reason"}
)
_TEXTS = ("text", "reason", "to", "user", "received_on")
# Whoever sits at this machine reads the database itself.
_AT_THIS_MACHINE = frozenset({"", "cli", "desk"})
_ELSEWHERE = frozenset({"slack", "teams"})
_CHOICES = ("identity_method", "outcome", "type")


class Cards:
    """Draws tickets for staff, in the language of staff."""

    def __init__(
        self,
        describer: Describer,
        language: Language = "nl",
        organisations: Mapping[str, str] | None = None,
    ) -> None:
        """Take the words about tickets, the language of staff and the name of each tenant."""
        self.describer = describer
        self.language = language
        self.organisations = organisations or {}

    def card(self, ticket: Ticket, viewer: str = "") -> Card:
        """Return what a channel of staff may show: no name and no text of the requester.

        `viewer` is the channel in which it is read; whoever works in another is not named there.
        """
        rows = [("state", self.describer.state(ticket, self.language)), *self._dates(ticket)]
        by = ticket.claimed_by
        claimed = self._named(by.channel, by.user_id, viewer) if by else self.text("nobody")
        rows.append(("claimed", claimed))
        if ticket.escalation_level:
            rows.append(("level", self.text(f"level_{ticket.escalation_level}")))
        if ticket.kind is TicketKind.INCIDENT and ticket.is_open:
            since = (self.describer.clock() - ticket.received_at).total_seconds()
            rows.append(("hours", str(int(since // _SECONDS_AN_HOUR))))
        if ticket.undelivered:
            rows.append(("undelivered", str(len(ticket.undelivered))))
        tone, mark = self._mark(ticket)
        marks = [mark] if mark else []
        marks += [self.text("mark_unconfirmed")] if ticket.unconfirmed else []
        marks += [self.text("mark_test")] if ticket.test else []
        return Card(
            ticket=ticket.reference,
            title=_capital(self.describer.title(ticket, self.language)),
            rows=tuple((self.text(f"row_{name}"), value) for name, value in rows),
            tone=tone,
            mark=", ".join(marks),
        )

    def details(
        self, ticket: Ticket, events: Sequence[Event], viewer: str = ""
    ) -> tuple[Block, ...]:
        """Return everything about a ticket, for whoever may handle it in a channel."""
        due = self.describer.due(ticket)
        rows = tuple(
            (self.text(f"row_{name}"), value[:_LONGEST_ROW])
            for name, value in self._person_rows(ticket)
            if value
        )
        history = tuple(self._event(event, viewer) for event in events)
        return (
            self.card(ticket, viewer),
            Text(self.describer.explanation(due, self.language)),
            Facts(rows),
            Facts(history),
            Notice(self.text("internal")),
        )

    def buttons(self, ticket: Ticket, actor: Actor) -> tuple[Form, ...]:
        """Return the actions that somebody may do on a ticket now."""
        if actor.person == ticket.requester:
            return ()
        return tuple(
            self.form(ticket, name)
            for name in _ORDER
            if actor.role in ACTIONS[name].roles
            and ticket.state in ACTIONS[name].states
            and ticket.kind in ACTIONS[name].kinds
            and self._makes_sense(ticket, name)
        )

    def form(
        self,
        ticket: Ticket,
        action: str,
        values: Mapping[str, str] | None = None,
        problem: tuple[str, str] = ("", ""),
        *,
        opened: bool = False,
    ) -> Form:
        """Return the form of an action, with what was filled in and what is wrong with it."""
        title = self.text(f"action_{action}")
        return Form(
            action=action,
            ticket=ticket.reference,
            label=self.text(f"submit_{action}") if opened and action in _SUBMITS else title,
            fields=self.fields(fields_for(ticket, action), values or {}, problem, action),
            version=ticket.version,
            opened=opened,
            title=title if opened else "",
        )

    def fields(
        self,
        entries: Sequence[Field],
        values: Mapping[str, str],
        problem: tuple[str, str],
        action: str = "",
    ) -> tuple[FormField, ...]:
        """Return fields with their labels, what was filled in and what is wrong."""
        return tuple(
            self._field(entry, values.get(entry.name, ""), problem, action) for entry in entries
        )

    def text(self, name: str, **values: str | int) -> str:
        """Return one text of the desk in the language of staff."""
        return self.describer.text(f"_desk.{name}", self.language, **values)

    def _makes_sense(self, ticket: Ticket, action: str) -> bool:
        """Tell whether a button would be of use; the desk decides whether it is allowed."""
        pointless = {
            "claim": ticket.claimed_by is not None,
            "release": ticket.claimed_by is None,
            "forward": not ticket.to_forward,
            "extend": ticket.extension is not None,
            "record_sent": ticket.extension is None,
            "reopen": ticket.reopened,
        }
        return not pointless.get(action, False)

    def _field(self, entry: Field, value: str, problem: tuple[str, str], action: str) -> FormField:
        name, reason = problem
        own = f"{action}_{entry.name}"
        return FormField(
            name=entry.name,
            label=self.text(f"field_{own if own in _OWN_LABELS else entry.name}"),
            kind=entry.kind,
            required=entry.required,
            choices=tuple((choice, self.text(f"choice_{choice}")) for choice in entry.choices),
            value=value,
            problem=self.text(f"error_{reason}") if name == entry.name and reason else "",
        )

    def _dates(self, ticket: Ticket) -> Iterator[tuple[str, str]]:
        due = self.describer.due(ticket)
        if due.legal:
            yield "due", render_date(due.legal, self.language)
        if due.without_pause and due.without_pause != due.legal:
            yield "without_pause", render_date(due.without_pause, self.language)
        if due.internal not in {due.legal, due.without_pause}:
            yield "internal", render_date(due.internal, self.language)

    def _mark(self, ticket: Ticket) -> tuple[Tone, str]:
        if ticket.state is State.CLOSED:
            return "closed", ""
        days = self.describer.days_left(ticket)
        if days is None or days > SOON_DAYS:
            return "calm", ""
        if days < 0:
            return "late", self.text("mark_late")
        if days <= 1:
            return "soon", self.text("mark_tomorrow" if days else "mark_today")
        return "soon", self.text("mark_soon", days=days)

    def _person_rows(self, ticket: Ticket) -> Iterator[tuple[str, str]]:
        yield "received", render_date(local_day(ticket.received_at), self.language)
        yield "organisation", self.organisations.get(ticket.requester.tenant_id, "")
        yield "name", ticket.name
        yield "reach", ticket.reach
        yield "words", ticket.words
        yield from ticket.details.items()
        for addition in ticket.additions:
            yield "addition", addition
        statement = self.describer.replies.statement
        labels = [statement.activity(a).label.in_language(self.language) for a in ticket.activities]
        yield "activities", "; ".join(labels)
        yield "linked", ", ".join(ticket.linked)
        if ticket.identity_method:
            yield "identity", self.text(f"choice_{ticket.identity_method}")
        if ticket.extension:
            yield "extension", self.text(f"extension_{ticket.extension.state}")
        yield "undelivered", ", ".join(map(self._announced, ticket.undelivered))

    def _announced(self, notice: str) -> str:
        """Return what a notice was about, in the words of the action that sent it."""
        action = "close" if notice.startswith("closed_") else _ANNOUNCED_BY.get(notice, notice)
        return self.text(f"action_{action}")

    def _event(self, event: Event, viewer: str) -> tuple[str, str]:
        """Return when and by whom, and what was done."""
        local = event.at.astimezone(AMSTERDAM)
        at = f"{render_date(local.date(), self.language)} {local:%H:%M}"
        done = self.text(f"event_{event.action}")
        text = self._text_of(event, viewer)
        said = self.text("event_text", done=done, text=text) if text else done
        return self.text("event", at=at, who=self._who(event, viewer)), said

    def _text_of(self, event: Event, viewer: str) -> str:
        values = json.loads(event.payload or "{}")
        if user := values.get("user"):  # assigned within the channel of whoever assigned it
            values["user"] = self._named(_person_of(event).get("channel", ""), user, viewer)
        said = [str(values[name]) for name in _TEXTS if values.get(name)]
        if event.action == "escalate" and self._who(event, viewer) == self.text(Role.SYSTEM):
            said = [self.describer.text(f"_notices.{said[0]}_reason", self.language)]
        said += [self.text(f"choice_{values[name]}") for name in _CHOICES if values.get(name)]
        return " · ".join(said)

    def _who(self, event: Event, viewer: str) -> str:
        role = json.loads(event.actor or "{}").get("role", "")
        if role in {Role.REQUESTER, Role.SYSTEM}:
            return self.text(role)
        person = _person_of(event)
        return self._named(person.get("channel", ""), person.get("user_id", ""), viewer)

    def _named(self, channel: str, user_id: str, viewer: str) -> str:
        """Return who a member of staff is, where their ids are known; elsewhere only where."""
        if viewer in _AT_THIS_MACHINE or channel == viewer or not user_id:
            return user_id
        where = channel if channel in _ELSEWHERE else "at_desk"
        return self.text(f"colleague_{where}")


def _person_of(event: Event) -> dict[str, str]:
    """Return who did it, as it was recorded; nothing once that was purged."""
    person: dict[str, str] = json.loads(event.actor or "{}").get("person", {})
    return person


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
