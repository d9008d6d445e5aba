"""The desk alone changes tickets: it authorises, applies, records and says whom to tell."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

from bot.database import Transaction
from bot.errors import DeskRefusal
from bot.guard import guard
from bot.messages import ConversationRef, Language, RequestType, TicketKind
from bot.tickets.chain import Verification, next_event, verify
from bot.tickets.deadlines import Calendar, due_of, local_day
from bot.tickets.model import (
    Actor,
    Command,
    ExtensionState,
    Outcome,
    Person,
    Role,
    State,
    Ticket,
)
from bot.tickets.reference import new_reference
from bot.tickets.rules import ACTIONS, Rule
from bot.tickets.store import RegisterLine, TicketStore
from bot.tickets.transitions import TRANSITIONS, day_of, tell

LONGEST_TEXT = 4_000
GROUPED_AFTER = 5
_GROUPING_TIME = timedelta(hours=1)
_MOST_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Opening:
    """A ticket to be: who asks what, since when, and where to answer."""

    kind: TicketKind
    requester: Person
    language: Language
    received_at: datetime
    at: datetime
    actor: Actor
    type: RequestType | None = None
    conversation: ConversationRef | None = None
    name: str = ""
    reach: str = ""
    words: str = ""
    details: dict[str, str] = field(default_factory=dict)
    activities: tuple[str, ...] = ()
    to_forward: bool = False
    unconfirmed: bool = False
    test: bool = False
    facts_shown: tuple[str, ...] = ()


class Desk:
    """Opens tickets and performs actions on them, inside the caller's transaction."""

    def __init__(
        self,
        calendar: Calendar,
        chain_key: bytes,
        store_of: Callable[[Transaction], TicketStore],
        statement_version: str,
    ) -> None:
        """Take the calendar, the key of the chain, the store and the statement's version."""
        self.calendar = calendar
        self.store_of = store_of
        self._chain_key = chain_key
        self._statement_version = statement_version

    def open(self, transaction: Transaction, *openings: Opening) -> tuple[Outcome, ...]:
        """Open one ticket each, linked to one another.

        Raises DeskRefusal when the actor may not open a ticket.
        """
        references = [new_reference() for _ in openings]
        store = self.store_of(transaction)
        return tuple(
            self._opened(store, opening, reference, tuple(r for r in references if r != reference))
            for opening, reference in zip(openings, references, strict=True)
        )

    def perform(self, transaction: Transaction, command: Command) -> Outcome:
        """Do one action and record it; raises DeskRefusal when it is not allowed or incomplete."""
        store = self.store_of(transaction)
        rule = ACTIONS.get(command.action)
        if rule is None:
            raise DeskRefusal("unknown_action")
        ticket = self._authorised(store.get(command.reference), rule, command)
        command = replace(command, values=checked_values(rule, command.values))
        if command.action == "purge":
            return self._purged(store, ticket, command)
        change = TRANSITIONS[command.action](ticket, command, self.calendar)
        staff = command.actor.role in {Role.SUPPORT, Role.OFFICER}
        after = self._dated(
            replace(
                change.ticket,
                version=ticket.version + 1,
                staff_acted_at=command.at if staff else ticket.staff_acted_at,
            ),
            command.at,
        )
        store.update(after, ticket.version)
        self._record(store, command, ticket.state, after)
        return Outcome(after, change.notices)

    def verify(self, transaction: Transaction) -> Verification:
        """Walk along the chain of events."""
        return verify(self._chain_key, self.store_of(transaction).chain())

    def own_tickets(self, transaction: Transaction, person: Person) -> tuple[Ticket, ...]:
        """Return the latest tickets of exactly this person, newest first."""
        return tuple(self.store_of(transaction).of_person(person))

    def _opened(
        self, store: TicketStore, opening: Opening, reference: str, linked: tuple[str, ...]
    ) -> Outcome:
        if opening.actor.role is Role.REQUESTER and opening.actor.person != opening.requester:
            raise DeskRefusal("not_allowed")
        ticket = self._dated(
            Ticket(
                reference=reference,
                kind=opening.kind,
                type=opening.type,
                requester=opening.requester,
                language=opening.language,
                received_at=min(opening.received_at, opening.at),
                opened_at=opening.at,
                conversation=opening.conversation,
                name=guard(opening.name).text,
                reach=guard(opening.reach).text,
                words=guard(opening.words).text[:LONGEST_TEXT],
                details={key: guard(text).text for key, text in opening.details.items()},
                activities=opening.activities,
                to_forward=opening.to_forward,
                linked=linked,
                grouped_under=self._group(store, opening),
                facts_shown=opening.facts_shown,
                statement_version=self._statement_version,
                unconfirmed=opening.unconfirmed,
                test=opening.test,
            ),
            opening.at,
        )
        store.insert(ticket)
        values = {"words": ticket.words, "type": ticket.type or ticket.kind}
        command = Command("open", opening.actor, opening.at, reference, values)
        self._record(store, command, None, ticket)
        if ticket.kind is TicketKind.INCIDENT:
            return Outcome(
                ticket, (tell(ticket, "incident", "officers"), tell(ticket, "incident", "mailbox"))
            )
        return Outcome(ticket, () if ticket.grouped_under else (tell(ticket, "new", "staff"),))

    def _group(self, store: TicketStore, opening: Opening) -> str:
        """Return the ticket under which one more of a person who opens many is shown to staff."""
        recent = [
            ticket
            for ticket in store.of_person(opening.requester, _MOST_LOOKED_AT)
            if ticket.is_open and opening.at - ticket.opened_at < _GROUPING_TIME
        ]
        if len(recent) < GROUPED_AFTER or opening.kind is TicketKind.INCIDENT:
            return ""
        return recent[0].grouped_under or recent[0].reference

    def _authorised(self, ticket: Ticket | None, rule: Rule, command: Command) -> Ticket:
        """Return the ticket where the actor may do this now; raises DeskRefusal otherwise."""
        actor = command.actor
        if actor.role not in rule.roles:
            raise DeskRefusal("not_allowed")
        if ticket is None:
            raise DeskRefusal("not_found")
        own = ticket.requester == actor.person
        if actor.role is Role.REQUESTER and not own:
            raise DeskRefusal("not_found")
        if actor.role in {Role.SUPPORT, Role.OFFICER} and own:
            raise DeskRefusal("own_ticket")
        if ticket.kind not in rule.kinds:
            raise DeskRefusal("wrong_kind")
        if ticket.state not in rule.states:
            raise DeskRefusal("closed" if ticket.state is State.CLOSED else "wrong_state")
        if command.expected_version not in (None, ticket.version):
            raise DeskRefusal("changed")
        return ticket

    def _purged(self, store: TicketStore, ticket: Ticket, command: Command) -> Outcome:
        if ticket.hold:
            raise DeskRefusal("on_hold")
        self._record(store, command, ticket.state, ticket)
        store.purge(ticket, register_line(ticket))
        return Outcome(ticket)

    def _dated(self, ticket: Ticket, now: datetime) -> Ticket:
        """Return the ticket with the days to work to: a pause is contested, so not relied on."""
        due = due_of(ticket, self.calendar, now)
        return replace(ticket, due_on=due.without_pause or due.legal, internal_on=due.internal)

    def _record(
        self, store: TicketStore, command: Command, before: State | None, after: Ticket
    ) -> None:
        event = next_event(
            self._chain_key,
            store.last_event(),
            reference=after.reference,
            action=command.action,
            states=(before.value if before else "", after.state.value),
            at=command.at,
            actor=json.dumps(asdict(command.actor)),
            payload=json.dumps(dict(command.values), ensure_ascii=False),
        )
        store.append(event)


def checked_values(rule: Rule, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values of an action's form, guarded; raises DeskRefusal naming the field."""
    checked: dict[str, str] = {}
    for entry in rule.fields:
        text = guard(str(values.get(entry.name) or "")).text.strip()
        if not text:
            if entry.required:
                raise DeskRefusal("missing", entry.name)
            continue
        if len(text) > LONGEST_TEXT:
            raise DeskRefusal("too_long", entry.name)
        if entry.kind == "choice" and text not in entry.choices:
            raise DeskRefusal("no_such_choice", entry.name)
        if entry.kind == "checks" and not set(text.split(",")) <= set(entry.choices):
            raise DeskRefusal("no_such_choice", entry.name)
        if entry.kind == "date":
            text = day_of(text, entry.name).isoformat()
        checked[entry.name] = text
    return checked


def register_line(ticket: Ticket) -> RegisterLine:
    """Return what may stay of a closed ticket: nothing about a person."""
    assert ticket.closed_at is not None
    assert ticket.result is not None
    ended, received = local_day(ticket.closed_at), local_day(ticket.received_at)
    granted = ticket.extension is not None and ticket.extension.state is ExtensionState.GRANTED
    return RegisterLine(
        reference=ticket.reference,
        month=f"{ended:%Y-%m}",
        kind=ticket.kind.value,
        type=ticket.type.value if ticket.type else None,
        channel=ticket.requester.channel,
        result=ticket.result.value,
        days=(ended - received).days,
        on_time=ended <= ticket.due_on if ticket.due_on else None,
        extended=granted,
    )
