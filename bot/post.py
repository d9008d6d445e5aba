"""Puts what must be told in the outbox, for each place where its audience reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.adapters import adapter
from bot.database import Transaction
from bot.messages import ConversationRef
from bot.queues import Outbox
from bot.tickets.desk import Desk
from bot.tickets.model import SYSTEM, Announcement, Command, Outcome, Ticket

EMAIL = "email"
_STAFF = frozenset({"staff", "officers", "claimer"})
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Routes:
    """Where notices can go: channels that can be written to, and where staff read."""

    channels: frozenset[str] = frozenset()
    staff: tuple[ConversationRef, ...] = ()
    mailbox: str = ""
    # Channels of staff in which the card of a ticket is edited in place.
    with_cards: tuple[ConversationRef, ...] = ()
    # Where each officer is told of what cannot wait, beside the channel of staff.
    officers: tuple[ConversationRef, ...] = ()
    # How the private conversation with somebody begins, by channel.
    private: Mapping[str, str] = field(default_factory=dict)


class Post:
    """Finds the addresses of an announcement and keeps it in the outbox."""

    def __init__(self, desk: Desk, outbox: Outbox, routes: Routes) -> None:
        """Take the desk, the outbox and the routes."""
        self.desk = desk
        self.outbox = outbox
        self.routes = routes

    def send(self, transaction: Transaction, outcome: Outcome, now: datetime) -> None:
        """Keep the notices of an outcome; one that can reach nobody is shown to staff."""
        for notice in outcome.notices:
            self.announce(transaction, notice, outcome.ticket, now)
        if not any(notice.audience in _STAFF for notice in outcome.notices):
            card = Announcement("card", "staff", outcome.ticket.reference)
            for address in self.routes.with_cards:
                self._put(transaction, address, card, now)

    def announce(
        self, transaction: Transaction, notice: Announcement, ticket: Ticket | None, now: datetime
    ) -> None:
        """Keep one notice for each of its addresses."""
        addresses = tuple(self._addresses(notice, ticket))
        for address in addresses:
            self._put(transaction, address, notice, now)
        if not addresses and notice.audience == "requester":
            self.missed(transaction, notice, now)

    def _put(
        self,
        transaction: Transaction,
        address: ConversationRef,
        notice: Announcement,
        now: datetime,
    ) -> None:
        document = adapter(Announcement).dump_json(notice).decode()
        self.outbox.put(
            transaction, address, document, reference=notice.reference, now=now.timestamp()
        )

    def missed(self, transaction: Transaction, notice: Announcement, now: datetime) -> None:
        """Record on the ticket that a notice reached nobody, and tell staff."""
        values = {"notice": notice.kind}
        command = Command("undeliverable", SYSTEM, now, notice.reference, values)
        self.send(transaction, self.desk.perform(transaction, command), now)

    def fallback(self, ticket: Ticket, failed: ConversationRef) -> ConversationRef | None:
        """Return the e-mail address of a requester whom their channel cannot reach."""
        found = _MAIL.search(ticket.reach)
        usable = found and EMAIL in self.routes.channels and failed.channel != EMAIL
        return _mail_address(found.group()) if found and usable else None

    def _addresses(self, notice: Announcement, ticket: Ticket | None) -> Iterable[ConversationRef]:
        if notice.audience == "mailbox":
            if self.routes.mailbox and EMAIL in self.routes.channels:
                yield _mail_address(self.routes.mailbox)
        elif notice.audience != "requester":
            claimer = ticket.claimed_by if ticket and notice.audience == "claimer" else None
            if claimer and (begins := self.routes.private.get(claimer.channel)):
                place = f"{begins}{claimer.user_id}"
                yield ConversationRef(claimer.channel, claimer.tenant_id, place)
                return
            yield from self.routes.staff
            if notice.audience == "officers":
                yield from self.routes.officers
        elif ticket is not None:
            own = ticket.conversation
            if own is not None and own.channel in self.routes.channels:
                yield own
            elif by_mail := self.fallback(ticket, own or ConversationRef("", "", "")):
                yield by_mail


def _mail_address(address: str) -> ConversationRef:
    return ConversationRef(EMAIL, "", address, reply_address=address)
