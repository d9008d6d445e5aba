"""An announcement as a reply, rendered when it is delivered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards import Cards
from bot.describing import Describer
from bot.messages import (
    Block,
    Choice,
    Choices,
    Kind,
    Language,
    Notice,
    Reply,
    SourceLine,
    Text,
    Visibility,
)
from bot.tickets.deadlines import first_due, local_day
from bot.tickets.model import Announcement, ExtensionState, State, Ticket
from bot.tickets.rules import HANDED_OVER

_HOUR = timedelta(hours=1)
_WITH_REMEDIES = frozenset({"closed_refused", "closed_partly_granted"})
_COMPLAINT = "right_complaint"
# The head and what the team wrote say it all.
_SAYS_IT_ALL = frozenset({"sent"})
# Why a date is what it is belongs to the news only where it is new.
_ABOUT_THE_DATE = frozenset(
    {"extended", "received_corrected", "type_corrected", "reopened", "unconfirmed", "taken_over"}
)


class Notices:
    """Renders what requesters and staff are told."""

    def __init__(
        self,
        describer: Describer,
        cards: Cards,
        clock: Callable[[], datetime],
    ) -> None:
        """Take the words about tickets, the cards of staff and the clock."""
        self.describer = describer
        self.cards = cards
        self.replies = describer.replies
        self.clock = clock

    def render(self, notice: Announcement, tickets: Sequence[Ticket], channel: str = "") -> Reply:
        """Return the reply that says a notice; `tickets` are those it is about, as they are now.

        `channel` is where staff read it.
        """
        if notice.audience == "requester":
            return self._for_requester(notice, tickets[0])
        return self._for_staff(notice, tickets, channel)

    def _for_requester(self, notice: Announcement, ticket: Ticket) -> Reply:
        language = notice.language
        what = self.describer.type_name(ticket.kind, ticket.type, language)
        head = self._text("head", language, what=what, reference=ticket.reference)
        known = {"what": what, "to": notice.values.get("to", "")}
        blocks: list[Block] = [Text(head)]
        if notice.kind not in _SAYS_IT_ALL:
            blocks.append(Text(self._text(notice.kind, language, **known)))
        given = (notice.values.get(name) for name in ("text", "reason"))
        blocks += [Notice(said, "team") for said in given if said]
        if notice.values.get("handed_over") in HANDED_OVER:
            way = f"handed_over_{notice.values['handed_over']}"
            blocks.append(Text(self._text(way, language)))
        if notice.kind in _WITH_REMEDIES:
            blocks += self._remedies(language)
        if ticket.is_open and ticket.state is not State.FORWARDING:
            due = self.describer.due_lines(self._once_told(notice, ticket), language)
            explained = due if notice.kind in _ABOUT_THE_DATE else due[:1]
            blocks += [Text(line) for line in explained]
        if buttons := self._buttons(notice, ticket, language):
            blocks.append(Choices(buttons))
        return Reply(
            Kind.NOTICE,
            language,
            tuple(blocks),
            ticket=ticket.reference,
            visibility=Visibility.PRIVATE_CHAT,
            request_type=ticket.type,
        )

    def _once_told(self, notice: Announcement, ticket: Ticket) -> Ticket:
        """Return the ticket as it is once a notice arrived: by then its extension counts."""
        extension, now = ticket.extension, self.clock()
        if (
            notice.kind != "extended"
            or extension is None
            or extension.state is not ExtensionState.PENDING
        ):
            return ticket
        if local_day(now) > first_due(ticket, self.describer.calendar, now):
            return ticket
        return replace(ticket, extension=replace(extension, state=ExtensionState.GRANTED))

    def _remedies(self, language: Language) -> list[Block]:
        """Return what a refusal must tell (GDPR art. 12(4))."""
        complaint = self.replies.statement.right(_COMPLAINT).text.in_language(language)
        return [
            self.replies.rule_of_law("refusal", language),
            Text(complaint),
            SourceLine(self.replies.source(_COMPLAINT, language)),
        ]

    def _buttons(
        self, notice: Announcement, ticket: Ticket, language: Language
    ) -> tuple[Choice, ...]:
        wanted = {
            "ask_clarification": (("answer_one", "add"),),
            "taken_over": (("confirm_one", "confirm"), ("withdraw_one", "withdraw_request")),
            "unconfirmed": (("confirm_one", "confirm"), ("withdraw_one", "withdraw_request")),
        }.get(notice.kind, ())
        return tuple(
            Choice(
                self._text(label, language, reference=ticket.reference),
                f"/{goal} {ticket.reference}",
            )
            for label, goal in wanted
        )

    def _for_staff(self, notice: Announcement, tickets: Sequence[Ticket], channel: str) -> Reply:
        language = self.cards.language
        cards = tuple(self.cards.card(ticket, channel) for ticket in tickets)
        if notice.kind == "card":
            return Reply(Kind.CARD, language, cards, ticket=notice.reference)
        values = dict(notice.values)
        if notice.kind == "incident" and tickets:
            values["hours"] = str((self.clock() - tickets[0].received_at) // _HOUR)
        if values.get("reason") in {"unclaimed", "idle"}:
            why = f"_notices.{values['reason']}_reason"
            values["reason"] = self.describer.text(why, language)
        urgent = notice.kind in {"incident", "extension_void", "undeliverable", "dead_letter"}
        head = self._text(f"staff_{notice.kind}", language, **values)
        blocks: list[Block] = [Notice(head, "warning") if urgent else Text(head), *cards]
        if notice.values.get("head"):
            head_line = self._text("staff_digest_head", language, head=notice.values["head"])
            blocks.append(Text(head_line))
        return Reply(Kind.CARD, language, tuple(blocks), ticket=notice.reference or None)

    def _text(self, name: str, language: Language, **values: str) -> str:
        return self.replies.text(f"_notices.{name}", language, **values)
