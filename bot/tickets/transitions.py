"""What each action does to a ticket: plain functions from a ticket and a command to a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Literal

from bot.errors import DeskRefusal
from bot.messages import RequestType, TicketKind
from bot.tickets.closing import closed
from bot.tickets.deadlines import (
    AMSTERDAM,
    WITHOUT_A_MONTH,
    Calendar,
    asked_promptly,
    first_due,
    local_day,
)
from bot.tickets.model import (
    Announcement,
    Audience,
    Command,
    Extension,
    ExtensionState,
    Person,
    Result,
    Role,
    State,
    Suspension,
    Ticket,
)

HIGHEST_LEVEL = 2
_WITH_OFFICER = 1
_NOON = time(12)


@dataclass(frozen=True, slots=True)
class Change:
    """A ticket as it becomes, and whom to tell what."""

    ticket: Ticket
    notices: tuple[Announcement, ...] = ()


Transition = Callable[[Ticket, Command, Calendar], Change]


def tell(ticket: Ticket, kind: str, audience: Audience, **values: str) -> Announcement:
    """Return a notice about a ticket in the language of its requester."""
    return Announcement(kind, audience, ticket.reference, ticket.language, values)


def _confirm(ticket: Ticket, _command: Command, _calendar: Calendar) -> Change:
    return Change(replace(ticket, unconfirmed=False))


def _change(ticket: Ticket, command: Command, _calendar: Calendar) -> Change:
    changed = replace(ticket, details={**ticket.details, "changed": command.values["text"]})
    return Change(changed, (tell(ticket, "changed", "staff"),))


def _withdraw(ticket: Ticket, command: Command, _calendar: Calendar) -> Change:
    done = replace(ticket, state=State.CLOSED, result=Result.WITHDRAWN, closed_at=command.at)
    return Change(done, (tell(ticket, "withdrawn", "staff"),))


def _add(ticket: Ticket, command: Command, _calendar: Calendar) -> Change:
    added = replace(ticket, additions=(*ticket.additions, command.values["text"]))
    if ticket.state is State.AWAITING_CLARIFICATION:
        added = _answered(added, command.at)
    return Change(added, (tell(ticket, "added", "staff"),))


def _claim(ticket: Ticket, command: Command, _calendar: Calendar) -> Change:
    if ticket.claimed_by == command.actor.person:
        return Change(ticket)
    if ticket.claimed_by is not None:
        raise DeskRefusal("claimed")
    state = State.IN_PROGRESS if ticket.state is State.RECEIVED else ticket.state
    return Change(replace(ticket, claimed_by=command.actor.person, state=state))


def _release(ticket: Ticket, command: Command, _calendar: Calendar) -> Change:
    if ticket.claimed_by is None:
        raise DeskRefusal("not_claimed")
    if ticket.claimed_by != command.actor.person and command.actor.role is not Role.OFFICER:
        raise DeskRefusal("claimed")
    return Change(replace(ticket, claimed_by=None), (tell(ticket, "released", "staff"),))


def _assign(ticket: Ticket, command: Command, _calendar: Calendar) -> Change:
    officer = command.actor.person
    chosen = Person(officer.channel, officer.tenant_id, command.values["user"].strip())
    if chosen == ticket.requester:
        raise DeskRefusal("own_ticket", "user")
    state = State.IN_PROGRESS if ticket.state is State.RECEIVED else ticket.state
    changed = replace(ticket, claimed_by=chosen, state=state)
    return Change(changed, (tell(ticket, "assigned", "claimer"),))


def _note(ticket: Ticket, command: Command, _calendar: Calendar) -> Change:
    answered = command.values.get("answered") == "yes"
    if answered and ticket.state is State.AWAITING_CLARIFICATION:
        return Change(_answered(ticket, command.at))
    if answered:
        raise DeskRefusal("nothing_asked", "answered")
    return Change(ticket)


def _ask(reason: Literal["identification", "clarification"], state: State) -> Transition:
    def ask(ticket: Ticket, command: Command, calendar: Calendar) -> Change:
        prompt = asked_promptly(ticket.received_at, command.at, calendar)
        counts = prompt and ticket.kind is TicketKind.REQUEST
        asked = Suspension(reason, command.at, counts=counts)
        waiting = replace(ticket, state=state, suspensions=(*ticket.suspensions, asked))
        notice = tell(ticket, f"ask_{reason}", "requester", text=command.values["text"])
        return Change(waiting, (notice,))

    return ask


def _send(ticket: Ticket, command: Command, _calendar: Calendar) -> Change:
    return Change(ticket, (tell(ticket, "sent", "requester", text=command.values["text"]),))


def _escalate(ticket: Ticket, command: Command, _calendar: Calendar) -> Change:
    if ticket.escalation_level >= HIGHEST_LEVEL:
        raise DeskRefusal("highest_level")
    if ticket.escalation_level >= _WITH_OFFICER and command.actor.role is not Role.OFFICER:
        raise DeskRefusal("with_officer")
    level = ticket.escalation_level + 1
    kind = "escalated" if level == _WITH_OFFICER else "escalated_to_controller"
    notices = [tell(ticket, kind, "officers", reason=command.values["reason"])]
    if level == HIGHEST_LEVEL:
        notices.append(tell(ticket, kind, "mailbox", reason=command.values["reason"]))
    return Change(replace(ticket, escalation_level=level), tuple(notices))


def _correct_type(ticket: Ticket, command: Command, _calendar: Calendar) -> Change:
    chosen = RequestType(command.values["type"])
    if chosen is ticket.type:
        raise DeskRefusal("same_type", "type")
    return Change(replace(ticket, type=chosen), (tell(ticket, "type_corrected", "requester"),))


def _confirm_identity(ticket: Ticket, command: Command, _calendar: Calendar) -> Change:
    method = command.values["identity_method"]
    if method == "shielded_copy" and not command.values.get("reason"):
        raise DeskRefusal("copy_needs_reason", "reason")
    known = replace(ticket, identity_method=method)
    if ticket.state is State.AWAITING_IDENTIFICATION:
        known = _answered(known, command.at)
    return Change(known, (tell(ticket, "identity_confirmed", "requester"),))


def _extend(ticket: Ticket, command: Command, calendar: Calendar) -> Change:
    if ticket.type in WITHOUT_A_MONTH:
        raise DeskRefusal("no_month")
    if ticket.extension is not None:
        raise DeskRefusal("extended_before")
    if local_day(command.at) > first_due(ticket, calendar, command.at):
        raise DeskRefusal("month_over")
    reason = command.values["reason"]
    extended = replace(ticket, extension=Extension(reason, command.at))
    return Change(extended, (tell(ticket, "extended", "requester", reason=reason),))


def _record_sent(ticket: Ticket, command: Command, calendar: Calendar) -> Change:
    extension = _pending(ticket)
    sent = day_of(command.values["sent_on"], "sent_on")
    if sent > local_day(command.at) or sent < local_day(extension.asked_at):
        raise DeskRefusal("impossible_day", "sent_on")
    if sent > first_due(ticket, calendar, command.at):
        raise DeskRefusal("month_over", "sent_on")
    return Change(_with_extension(ticket, ExtensionState.GRANTED))


def _grant_extension(ticket: Ticket, command: Command, calendar: Calendar) -> Change:
    _pending(ticket)
    if local_day(command.at) > first_due(ticket, calendar, command.at):
        return _void_extension(ticket, command, calendar)
    return Change(_with_extension(ticket, ExtensionState.GRANTED))


def _void_extension(ticket: Ticket, _command: Command, _calendar: Calendar) -> Change:
    _pending(ticket)
    void = _with_extension(ticket, ExtensionState.VOID)
    alarm = (tell(ticket, "extension_void", "officers"), tell(ticket, "extension_void", "mailbox"))
    return Change(void, alarm)


def _forward(ticket: Ticket, command: Command, _calendar: Calendar) -> Change:
    if not ticket.to_forward:
        raise DeskRefusal("not_chosen")
    forwarding = replace(
        ticket, state=State.FORWARDING, details={**ticket.details, "to": command.values["to"]}
    )
    return Change(forwarding, (tell(ticket, "forwarding", "requester", to=command.values["to"]),))


def _reopen(ticket: Ticket, command: Command, _calendar: Calendar) -> Change:
    if ticket.reopened:
        raise DeskRefusal("reopened_before")
    again = replace(ticket, state=State.IN_PROGRESS, result=None, closed_at=None, reopened=True)
    notice = tell(ticket, "reopened", "requester", reason=command.values["reason"])
    return Change(again, (notice,))


def _correct_received(ticket: Ticket, command: Command, _calendar: Calendar) -> Change:
    earlier = day_of(command.values["received_on"], "received_on")
    if earlier >= local_day(ticket.received_at):
        raise DeskRefusal("not_earlier", "received_on")
    received = datetime.combine(earlier, _NOON, AMSTERDAM)
    corrected = replace(ticket, received_at=received)
    return Change(corrected, (tell(ticket, "received_corrected", "requester"),))


def _hold(ticket: Ticket, command: Command, _calendar: Calendar) -> Change:
    return Change(replace(ticket, hold=command.values["until"] == "on"))


def _undeliverable(ticket: Ticket, command: Command, _calendar: Calendar) -> Change:
    missed = (*ticket.undelivered, command.values["notice"])
    return Change(replace(ticket, undelivered=missed), (tell(ticket, "undeliverable", "staff"),))


def _nothing(ticket: Ticket, _command: Command, _calendar: Calendar) -> Change:
    return Change(ticket)


TRANSITIONS: Mapping[str, Transition] = {
    "confirm": _confirm,
    "change": _change,
    "withdraw": _withdraw,
    "add": _add,
    "claim": _claim,
    "release": _release,
    "note": _note,
    "ask_identification": _ask("identification", State.AWAITING_IDENTIFICATION),
    "ask_clarification": _ask("clarification", State.AWAITING_CLARIFICATION),
    "send": _send,
    "escalate": _escalate,
    "correct_type": _correct_type,
    "confirm_identity": _confirm_identity,
    "assign": _assign,
    "extend": _extend,
    "record_sent": _record_sent,
    "forward": _forward,
    "close": lambda ticket, command, _: Change(*closed(ticket, command)),
    "reopen": _reopen,
    "correct_received": _correct_received,
    "hold": _hold,
    "export": _nothing,
    "grant_extension": _grant_extension,
    "void_extension": _void_extension,
    "undeliverable": _undeliverable,
}


def _answered(ticket: Ticket, at: datetime) -> Ticket:
    """Return the ticket at work again, with the time of the answer in the open question."""
    suspensions = tuple(
        replace(s, answered_at=at) if s.answered_at is None else s for s in ticket.suspensions
    )
    return replace(ticket, state=State.IN_PROGRESS, suspensions=suspensions)


def _pending(ticket: Ticket) -> Extension:
    if ticket.extension is None or ticket.extension.state is not ExtensionState.PENDING:
        raise DeskRefusal("no_extension")
    return ticket.extension


def _with_extension(ticket: Ticket, state: ExtensionState) -> Ticket:
    return replace(ticket, extension=replace(_pending(ticket), state=state))


def day_of(value: str, field: str) -> date:
    """Return a day written as 2026-11-24; raises DeskRefusal("no_day")."""
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise DeskRefusal("no_day", field) from None
