"""Staff actions become replies: the queue, cards, details, forms, and what the desk did."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.cards import Cards
from bot.database import Database, Transaction
from bot.errors import DeskRefusal, StoreError
from bot.intake import OPEN, TAKE_OVER, Intake
from bot.messages import (
    Action,
    Block,
    Form,
    FormField,
    Kind,
    Notice,
    Reply,
    Text,
    TicketKind,
)
from bot.notices import Notices
from bot.post import Post
from bot.tickets.desk import Desk, checked_values
from bot.tickets.model import Actor, Announcement, Command, Person, Role, Ticket
from bot.tickets.rules import ACTIONS

PAGE = 25
MESSAGE = "message"
_VIEWS = frozenset({"queue", "card", "details", "form", MESSAGE})
_IN_CHANNEL = frozenset(
    {"claim", "release", "note", "send", "ask_clarification", "escalate", "extend", "forward"}
    | {"close", "reopen"}
)
_AT_ONCE = frozenset({"claim", "send"})
_SEEN = "yes"
_STAFF = frozenset({Role.SUPPORT, Role.OFFICER})
Roles = Callable[[Person], Role | None]


class Triage:
    """Handles what staff press, type and fill in."""

    def __init__(  # noqa: PLR0913 - the composition root names each
        self,
        *,
        database: Database,
        desk: Desk,
        post: Post,
        cards: Cards,
        intake: Intake,
        notices: Notices,
        roles: Roles,
        clock: Callable[[], datetime],
    ) -> None:
        """Take everything it works with; `roles` says who is staff, and fails closed.

        It raises DeskRefusal where that could not be looked up.
        """
        self.database = database
        self.desk = desk
        self.post = post
        self.cards = cards
        self.intake = intake
        self.notices = notices
        self.roles = roles
        self.clock = clock

    def channel_card(self, reference: str, channel: str = "") -> Reply:
        """Return the card for a channel of staff, with the buttons most often needed."""
        with self.database.reading() as handle:
            ticket = self._existing(handle, reference)
        somebody = Actor(Person("", "", ""), Role.OFFICER)
        buttons = [b for b in self.cards.buttons(ticket, somebody) if b.action in _IN_CHANNEL]
        # Details come after what is done at once, and before what ends a ticket.
        first = [button for button in buttons if button.action in _AT_ONCE]
        later = [button for button in buttons if button.action not in _AT_ONCE]
        details = Form("details", reference, self.cards.text("action_details"))
        blocks: tuple[Block, ...] = (self.cards.card(ticket, channel), *first, details, *later)
        return self._reply(blocks, reference)

    def handle(self, action: Action) -> Reply:
        """Return the reply to a staff action; a refusal says why and loses nothing."""
        person = Person.of(action.conversation.channel, action.actor)
        try:
            role = self.roles(person)
        except DeskRefusal as refusal:
            return self._error(refusal.reason)
        if role not in _STAFF:
            return self._error("not_staff")
        actor = Actor(person, role)
        try:
            if action.name in _VIEWS:
                with self.database.reading() as handle:
                    return self._view(handle, action, actor)
            return self._performed(action, actor)
        except DeskRefusal as refusal:
            return self._refused(action, actor, refusal)
        except StoreError as error:
            return self._error(error.reason)

    def _performed(self, action: Action, actor: Actor) -> Reply:
        if action.name in {OPEN, TAKE_OVER}:
            return self._opened(action, actor)
        command = Command(
            action.name,
            actor,
            self.clock(),
            action.ticket,
            dict(action.values),
            action.expected_version,
        )
        if action.name == "send" and action.values.get("seen") not in {_SEEN, _mark_of(command)}:
            return self._preview(command)
        with self.database.transaction() as handle:
            outcome = self.desk.perform(handle, command)
            self.post.send(handle, outcome, command.at)
        if action.name == "purge":
            return self._said(self.cards.text("purged", reference=action.ticket))
        done = self.cards.text("done", action=self.cards.text(f"action_{action.name}"))
        return self._with_card(outcome.ticket, actor, Text(done))

    def _opened(self, action: Action, actor: Actor) -> Reply:
        opened = self.intake.open if action.name == OPEN else self.intake.take_over
        with self.database.transaction() as handle:
            ticket = opened(handle, action.values, actor, self.clock())
        done = self.cards.text("done", action=self.cards.text(f"action_{action.name}"))
        return self._with_card(ticket, actor, Text(done))

    def _preview(self, command: Command) -> Reply:
        """Return how the requester will read a message, and the button that sends it."""
        with self.database.reading() as handle:
            ticket = self._existing(handle, command.reference)
        values = checked_values(ACTIONS["send"], command.values)
        announcement = Announcement("sent", "requester", ticket.reference, ticket.language, values)
        shown = self.notices.render(announcement, [ticket])
        form = self.cards.form(ticket, "send", values, opened=True)
        seen = FormField("seen", "", "hidden", required=True, value=_mark_of(command))
        label = self.cards.text("submit_send_seen")
        form = replace(form, fields=(*form.fields, seen), label=label)
        return Reply(
            Kind.CARD,
            self.cards.language,
            (Text(self.cards.text("preview")), *shown.blocks, form),
            ticket=ticket.reference,
        )

    def _view(self, handle: Transaction, action: Action, actor: Actor) -> Reply:
        if action.name == "queue":
            return self._queue(handle, actor)
        if action.name == MESSAGE:
            form = self.intake.message_form(action.values, actor)
            return self._reply((Text(self.cards.text("take_over_hint")), form))
        ticket = self._existing(handle, action.ticket)
        if action.name == "card":
            return self._with_card(ticket, actor)
        if ticket.requester == actor.person:
            raise DeskRefusal("own_ticket")
        if action.name == "details":
            events = self.desk.store_of(handle).events(ticket.reference)
            blocks = self.cards.details(ticket, events, actor.person.channel)
            buttons = self.cards.buttons(ticket, actor)
            return self._reply((*blocks, *buttons), ticket.reference)
        name = action.values.get("action", "")
        if name not in ACTIONS:
            raise DeskRefusal("unknown_action")
        if actor.role not in ACTIONS[name].roles:
            raise DeskRefusal("officer_only")
        form = self.cards.form(ticket, name, opened=True)
        refusable = name == "close" and ticket.kind is TicketKind.REQUEST
        hint = (Text(self.cards.text("refusal_text")),) if refusable else ()
        card = self.cards.card(ticket, actor.person.channel)
        return self._reply((card, *hint, form), ticket.reference)

    def _queue(self, handle: Transaction, actor: Actor) -> Reply:
        found = self.desk.store_of(handle).queue(PAGE + 1)
        if not found:
            return self._reply((Text(self.cards.text("queue_empty")),))
        viewer = actor.person.channel
        blocks: list[Block] = [self.cards.card(ticket, viewer) for ticket in found[:PAGE]]
        if len(found) > PAGE:
            blocks.append(Text(self.cards.text("queue_more", number=PAGE)))
        return self._reply(tuple(blocks))

    def _existing(self, handle: Transaction, reference: str) -> Ticket:
        ticket = self.desk.store_of(handle).get(reference)
        if ticket is None:
            raise DeskRefusal("not_found")
        return ticket

    def _refused(self, action: Action, actor: Actor, refusal: DeskRefusal) -> Reply:
        """Return the form again with what was filled in and what is wrong, or the reason."""
        if refusal.field and action.name in ACTIONS:
            with self.database.reading() as handle:
                ticket = self.desk.store_of(handle).get(action.ticket)
            if ticket is not None:
                problem = (refusal.field, refusal.reason)
                form = self.cards.form(ticket, action.name, action.values, problem, opened=True)
                return replace(self._reply((form,), ticket.reference), kind=Kind.ERROR)
        if refusal.field:
            problem = (refusal.field, refusal.reason)
            try:
                form = (
                    self.intake.open_form(action.values, problem)
                    if action.name == OPEN
                    else self.intake.message_form(action.values, actor, problem)
                )
            except DeskRefusal as other:  # there is no form for a message of nobody
                return self._error(other.reason)
            return replace(self._reply((form,)), kind=Kind.ERROR)
        return self._error(refusal.reason)

    def _with_card(self, ticket: Ticket, actor: Actor, *before: Block) -> Reply:
        card = self.cards.card(ticket, actor.person.channel)
        buttons = self.cards.buttons(ticket, actor)
        return self._reply((*before, card, *buttons), ticket.reference)

    def _reply(self, blocks: tuple[Block, ...], ticket: str | None = None) -> Reply:
        return Reply(Kind.CARD, self.cards.language, blocks, ticket=ticket)

    def _said(self, text: str) -> Reply:
        return self._reply((Text(text),))

    def _error(self, reason: str) -> Reply:
        text = self.cards.text(f"error_{reason}")
        return Reply(Kind.ERROR, self.cards.language, (Notice(text, "warning"),))


def _mark_of(command: Command) -> str:
    """Return what marks a text as the one that was shown: a changed one is shown again."""
    text = command.values.get("text", "").strip()
    return hashlib.sha256(text.encode()).hexdigest()[:16]
