"""What a requester can have done: file, add, confirm, withdraw, report; inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.conversation import Conversation
from bot.database import Transaction
from bot.describing import Describer
from bot.errors import DeskRefusal
from bot.intent import Answer, Line, OwnTicket
from bot.messages import Draft, Kind, Language, Message, Scope, TicketKind
from bot.post import Post
from bot.queues import Inbox
from bot.requesting import Requesting, Situation, Turn, adds_to, filled
from bot.tickets.deadlines import local_day
from bot.tickets.desk import Desk, Opening
from bot.tickets.model import Command, Ticket
from bot.tickets.transitions import tell
from bot.visit import Visit, filing_key

_KNOWN_BY_CHANNEL = frozenset({"slack", "teams"})


@dataclass(frozen=True, slots=True)
class Handled:
    """What a turn led to: what to say, what stays in preparation, and the ticket."""

    answers: tuple[Answer, ...]
    draft: Draft | None = None
    ticket: str | None = None


class FrontDesk:
    """Turns drafts and wishes of requesters into tickets and actions on them."""

    def __init__(
        self, desk: Desk, post: Post, inbox: Inbox, requesting: Requesting, describer: Describer
    ) -> None:
        """Take the desk, the post, the inbox, the steps of a request and the words."""
        self.desk = desk
        self.post = post
        self.inbox = inbox
        self.requesting = requesting
        self.describer = describer

    def own_tickets(self, transaction: Transaction, visit: Visit) -> tuple[OwnTicket, ...]:
        """Return the person's own tickets in words; none where others read along."""
        if visit.conversation.scope is not Scope.PERSONAL:
            return ()
        found = self.desk.own_tickets(transaction, visit.person)
        return tuple(self._in_words(ticket, visit.language) for ticket in found)

    def prompt(self, transaction: Transaction, draft: Draft, visit: Visit) -> Handled:
        """Return the next question of a draft."""
        situation = self._situation(transaction, visit)
        draft = replace(draft, slots={**_known_from(situation.own_tickets), **draft.slots})
        return self._said(self.requesting.next_turn(draft, situation, visit.language), draft)

    def on_behalf(self, transaction: Transaction, handled: Handled, visit: Visit) -> Handled:
        """Note in a draft that somebody acts for another, whose mandate staff will check."""
        if handled.draft is None or handled.draft.kind is not TicketKind.REQUEST:
            return handled
        slots = {
            **handled.draft.slots,
            "on_behalf": self.describer.text("request.yes", visit.language),
        }
        said = self.prompt(transaction, replace(handled.draft, slots=slots), visit)
        note = Answer(Kind.REQUEST, (Line("request.on_behalf"),))
        return replace(said, answers=(note, *said.answers))

    def step(
        self, transaction: Transaction, draft: Draft, goal: str, message: Message, visit: Visit
    ) -> Handled:
        """Return what an answer to the last question leads to, which may be a filed ticket."""
        situation = self._situation(transaction, visit)
        turn = self.requesting.take(draft, goal, message.text, situation, visit.language)
        if not turn.ready:
            return self._said(turn, draft)
        assert turn.draft is not None
        if "reference" in turn.draft.slots:
            added = _kind_of(turn.draft)
            reference = turn.draft.slots["reference"]
            return self._acted("add", reference, visit, transaction, added, turn.draft.slots)
        return self.file(transaction, turn.draft, message.id, visit)

    def act(self, transaction: Transaction, goal: str, reference: str, visit: Visit) -> Handled:
        """Withdraw, confirm or begin to add to one of the person's own tickets."""
        if goal == "add":
            slots = {"reference": reference}
            draft = Draft(TicketKind.REQUEST, visit.now, "", slots=slots, asked="addition")
            return self.prompt(transaction, draft, visit)
        return self._acted(goal, reference, visit, transaction, Kind.REQUEST, {})

    def report(self, transaction: Transaction, words: str, visit: Visit) -> Handled:
        """Open an incident at once, and ask for more."""
        opening = self._opening(Draft(TicketKind.INCIDENT, visit.now, words), visit)
        (outcome,) = self.desk.open(transaction, opening)
        self.post.send(transaction, outcome, visit.now)
        reference = outcome.ticket.reference
        if visit.conversation.scope is not Scope.PERSONAL:
            public = (Line("escalate.incident_public"), Line("escalate.incident_phone"))
            return Handled((Answer(Kind.ESCALATE, public),))
        lines = (
            Line("escalate.incident", values={"reference": reference}),
            Line("escalate.incident_phone"),
            Line("escalate.incident_more"),
        )
        slots = {"reference": reference}
        draft = Draft(TicketKind.INCIDENT, visit.now, "", slots=slots, asked="addition")
        return Handled((Answer(Kind.ESCALATE, lines),), draft, reference)

    def file_abandoned(
        self, transaction: Transaction, state: Conversation, now: datetime
    ) -> Ticket | None:
        """Open what was demanded a day ago and never confirmed, and tell the person."""
        draft = state.draft
        if draft is None or state.origin is None or draft.kind is not TicketKind.REQUEST:
            return None
        if "reference" in draft.slots:
            return None
        visit = Visit(*state.origin, state.language or "nl", now)
        openings = [replace(o, unconfirmed=True) for o in self._openings(draft, visit)]
        outcomes = self.desk.open(transaction, *openings)
        for outcome in outcomes:
            self.post.send(transaction, outcome, now)
            notice = tell(outcome.ticket, "unconfirmed", "requester")
            self.post.announce(transaction, notice, outcome.ticket, now)
        return outcomes[0].ticket if outcomes else None

    def count(self, transaction: Transaction, name: str, now: datetime) -> None:
        """Count what the statement does not say, without the text."""
        self.desk.store_of(transaction).count(f"{local_day(now):%Y-%m}", name)

    def _situation(self, transaction: Transaction, visit: Visit) -> Situation:
        own = self.desk.own_tickets(transaction, visit.person)
        return Situation(must_ask_name(visit.conversation.channel), own)

    def _said(self, turn: Turn, draft: Draft) -> Handled:
        answer = Answer(
            _kind_of(draft),
            turn.lines,
            options=turn.options,
            request_type=draft.types[0] if draft.types else None,
        )
        return Handled((answer,), turn.draft)

    def _acted(  # noqa: PLR0913, PLR0917 - an action has these parts
        self,
        action: str,
        reference: str,
        visit: Visit,
        transaction: Transaction,
        kind: Kind,
        slots: dict[str, str],
    ) -> Handled:
        values = {"text": slots["addition"]} if "addition" in slots else {}
        command = Command(action, visit.actor, visit.now, reference, values)
        try:
            outcome = self.desk.perform(transaction, command)
        except DeskRefusal:
            return Handled((Answer(kind, (Line("request.not_possible"),)),))
        self.post.send(transaction, outcome, visit.now)
        said = {"withdraw": "withdrawn", "confirm": "confirmed", "add": "added"}[action]
        line = Line(f"request.{said}", values=self._named(outcome.ticket, visit.language))
        answer = Answer(kind, (line,), request_type=outcome.ticket.type)
        return Handled((answer,), ticket=reference)

    def file(
        self, transaction: Transaction, draft: Draft, message_id: str, visit: Visit
    ) -> Handled:
        """File a draft once, however often the same message comes in."""
        situation = self._situation(transaction, visit)
        if target := adds_to(draft, situation.own_tickets):
            slots = {"addition": _said_in(draft)}
            return self._acted("add", target.reference, visit, transaction, Kind.REQUEST, slots)
        outcomes = self.desk.open(transaction, *self._openings(draft, visit))
        for outcome in outcomes:
            self.post.send(transaction, outcome, visit.now)
        reference = outcomes[0].ticket.reference
        self.inbox.remember(
            transaction, filing_key(visit, message_id), reference, visit.now.timestamp()
        )
        lines = [line for outcome in outcomes for line in self._receipt(outcome.ticket, visit)]
        answer = Answer(
            _kind_of(draft),
            (*lines, Line("request.filed_who")),
            request_type=draft.types[0] if draft.types else None,
        )
        return Handled((answer,), ticket=reference)

    def filed_before(
        self, transaction: Transaction, message_id: str, visit: Visit
    ) -> Handled | None:
        """Return what to say to a message that has filed a ticket before, or None."""
        reference = self.inbox.result_of(transaction, filing_key(visit, message_id))
        if not reference:
            return None
        line = Line("request.filed_before", values={"reference": reference})
        return Handled((Answer(Kind.REQUEST, (line,)),), ticket=reference)

    def _receipt(self, ticket: Ticket, visit: Visit) -> Sequence[Line]:
        named = self._named(ticket, visit.language)
        if ticket.to_forward and ticket.linked:
            return [Line("request.filed_forward", values=named)]
        lines = [Line("request.filed", values=named)]
        lines += [
            Line("status.due", values={"due": due})
            for due in self.describer.due_lines(ticket, visit.language)
        ]
        return [*lines, Line("request.grouped")] if ticket.grouped_under else lines

    def _openings(self, draft: Draft, visit: Visit) -> Sequence[Opening]:
        """Return one ticket for each right, and one more for what is another controller's."""
        base = self._opening(draft, visit)
        theirs, own = (
            self.requesting.their_activities(draft),
            self.requesting.own_activities(draft),
        )
        forward = draft.slots.get("controller") == "forward"
        openings = []
        for request_type in draft.types or (None,):
            mine = replace(base, type=request_type, activities=own)
            if own or not theirs or not forward:
                openings.append(mine if own or not theirs else replace(mine, activities=theirs))
            if theirs and forward:
                openings.append(replace(mine, activities=theirs, to_forward=True))
        return openings

    def _opening(self, draft: Draft, visit: Visit) -> Opening:
        details = {
            slot: draft.slots[slot]
            for slot in ("correction", "grounds", "on_behalf")
            if filled(draft, slot)
        }
        return Opening(
            kind=draft.kind,
            requester=visit.person,
            language=visit.language,
            received_at=draft.received_at,
            at=visit.now,
            actor=visit.actor,
            conversation=visit.conversation,
            name=filled(draft, "name") or visit.sender.display_name,
            reach=filled(draft, "reach"),
            words="\n".join(
                filter(None, (draft.words or filled(draft, "question"), filled(draft, "told")))
            ),
            details=details,
            facts_shown=draft.facts,
        )

    def _named(self, ticket: Ticket, language: Language) -> dict[str, str]:
        what = self.describer.type_name(ticket.kind, ticket.type, language)
        return {"what": what, "reference": ticket.reference}

    def _in_words(self, ticket: Ticket, language: Language) -> OwnTicket:
        return OwnTicket(
            reference=ticket.reference,
            type=ticket.type,
            is_open=ticket.is_open,
            unconfirmed=ticket.unconfirmed,
            next_step=self.describer.next_step(ticket, language),
            due_lines=self.describer.due_lines(ticket, language),
            values={
                **self._named(ticket, language),
                "received": ticket.received_at,
                "state": self.describer.state(ticket, language),
            },
        )


def must_ask_name(channel: str) -> bool:
    """Tell whether the desk has to ask for a name, because the channel does not say who it is."""
    return channel not in _KNOWN_BY_CHANNEL


def _known_from(own_tickets: Sequence[Ticket]) -> dict[str, str]:
    """Return the name and address that this person gave for their last ticket."""
    last = next((ticket for ticket in own_tickets if ticket.name), None)
    if last is None:
        return {}
    return {"name": last.name} | ({"reach": last.reach} if last.reach else {})


def _kind_of(draft: Draft) -> Kind:
    return Kind.REQUEST if draft.kind is TicketKind.REQUEST else Kind.ESCALATE


def _said_in(draft: Draft) -> str:
    return "\n".join(
        text
        for text in (draft.words, filled(draft, "correction"), filled(draft, "grounds"))
        if text
    )
