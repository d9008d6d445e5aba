"""Tickets that staff open: for what came by letter or phone, and for a message in a chat."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, time

from bot.cards import Cards
from bot.database import Transaction
from bot.errors import DeskRefusal
from bot.guard import guard
from bot.messages import (
    LANGUAGES,
    ConversationRef,
    Form,
    FormField,
    Language,
    RequestType,
    TicketKind,
)
from bot.post import Post
from bot.tickets.deadlines import AMSTERDAM, local_day
from bot.tickets.desk import LONGEST_TEXT, Desk, Opening, checked_values
from bot.tickets.model import Actor, Outcome, Person, Role, Ticket
from bot.tickets.rules import Field, Rule
from bot.tickets.transitions import day_of, tell

OPEN, TAKE_OVER = "open", "take_over"
_NOON = time(12)
_STAFF = frozenset({Role.SUPPORT, Role.OFFICER})
_TYPE = Field("type", "choice", choices=(*RequestType, TicketKind.CONTACT, TicketKind.INCIDENT))
_LANGUAGE = Field("language", "choice", choices=LANGUAGES)
OPEN_FIELDS = (
    _TYPE,
    Field("received_on", "date"),
    Field("channel", "choice", choices=("letter", "mail", "phone", "counter")),
    _LANGUAGE,
    Field("name", "line", required=False),
    Field("reach", "line", required=False),
    Field("text", "text", required=False),
)
MESSAGE_FIELDS = (_TYPE, _LANGUAGE, Field("text", "text"))
# Whose message it is, where to answer in private and when it was written: ids, never words.
_ORIGIN = ("author", "author_tenant", "author_place", "written_at")


class Intake:
    """Draws the two forms and opens what they say."""

    def __init__(self, desk: Desk, post: Post, cards: Cards) -> None:
        """Take the desk, the post and the words of staff."""
        self.desk = desk
        self.post = post
        self.cards = cards

    def open(
        self, transaction: Transaction, values: Mapping[str, str], actor: Actor, now: datetime
    ) -> Ticket:
        """Open what came by letter, mail, phone or at the counter, with its own day of receipt."""
        given = checked_values(Rule(_STAFF, fields=OPEN_FIELDS), values)
        received = day_of(given["received_on"], "received_on")
        if received > local_day(now):
            raise DeskRefusal("impossible_day", "received_on")
        kind, request_type = _kind_of(given["type"])
        opening = Opening(
            kind=kind,
            type=request_type,
            requester=Person(given["channel"], "", uuid.uuid4().hex),
            language=_language_of(given["language"]),
            received_at=min(datetime.combine(received, _NOON, AMSTERDAM), now),
            at=now,
            actor=actor,
            name=given.get("name", ""),
            reach=given.get("reach", ""),
            words=given.get("text", ""),
            test=values.get("test") == "yes",
        )
        return self._opened(transaction, opening).ticket

    def take_over(
        self, transaction: Transaction, values: Mapping[str, str], actor: Actor, now: datetime
    ) -> Ticket:
        """Open what somebody wrote in a chat, on their behalf, since when it was written.

        The author is told and may withdraw. Raises DeskRefusal for a message of one's own, of
        nobody, or that was taken over before.
        """
        given = checked_values(Rule(_STAFF, fields=MESSAGE_FIELDS), values)
        author = self._author(values, actor)
        written = _moment(values.get("written_at", ""), now)
        kind, request_type = _kind_of(given["type"])
        for known in self.desk.own_tickets(transaction, author):
            if (known.received_at, known.kind, known.type) == (written, kind, request_type):
                raise DeskRefusal("taken_before")
        opening = Opening(
            kind=kind,
            type=request_type,
            requester=author,
            language=_language_of(given["language"]),
            received_at=written,
            at=now,
            actor=actor,
            conversation=ConversationRef(
                author.channel, author.tenant_id, values.get("author_place", "")
            ),
            words=given["text"],
            unconfirmed=kind is TicketKind.REQUEST,
        )
        ticket = self._opened(transaction, opening).ticket
        self.post.announce(transaction, tell(ticket, "taken_over", "requester"), ticket, now)
        return ticket

    def open_form(
        self, values: Mapping[str, str] | None = None, problem: tuple[str, str] = ("", "")
    ) -> Form:
        """Return the form for a ticket that came in another way."""
        fields = self.cards.fields(OPEN_FIELDS, values or {}, problem)
        return Form(OPEN, "", self.cards.text("action_open"), fields, opened=bool(values))

    def message_form(
        self, values: Mapping[str, str], actor: Actor, problem: tuple[str, str] = ("", "")
    ) -> Form:
        """Return the form for a message, with its words masked and cut, to be read and trimmed."""
        self._author(values, actor)
        words = guard(values.get("text", "").strip()).text[:LONGEST_TEXT]
        shown = {"language": self.cards.language, **values, "text": words}
        hidden = [
            FormField(name, "", "hidden", required=True, value=values.get(name, ""))
            for name in _ORIGIN
        ]
        fields = self.cards.fields(MESSAGE_FIELDS, shown, problem, TAKE_OVER)
        label = self.cards.text("action_take_over")
        return Form(TAKE_OVER, "", label, (*fields, *hidden), opened=True)

    def _opened(self, transaction: Transaction, opening: Opening) -> Outcome:
        (outcome,) = self.desk.open(transaction, opening)
        self.post.send(transaction, outcome, opening.at)
        return outcome

    @staticmethod
    def _author(values: Mapping[str, str], actor: Actor) -> Person:
        """Return whose message it is: of the channel in which staff work, and never their own."""
        if not (values.get("author") and values.get("author_place")):
            raise DeskRefusal("no_author")
        author = Person(actor.person.channel, values.get("author_tenant", ""), values["author"])
        if author == actor.person:
            raise DeskRefusal("own_ticket")
        return author


def _kind_of(name: str) -> tuple[TicketKind, RequestType | None]:
    if name in set(TicketKind):
        return TicketKind(name), None
    return TicketKind.REQUEST, RequestType(name)


def _language_of(name: str) -> Language:
    return "en" if name == "en" else "nl"


def _moment(text: str, now: datetime) -> datetime:
    """Return when it was written; raises DeskRefusal for what is no moment of the past."""
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        raise DeskRefusal("impossible_day") from None
    if written.tzinfo is None or written > now:
        raise DeskRefusal("impossible_day")
    return written
