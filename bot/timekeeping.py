"""What happens by itself as time passes: reminders, escalation, drafts, purge; in short steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from bot.cards import SOON_DAYS
from bot.conversation import Conversations
from bot.database import Database, Transaction
from bot.errors import DeskRefusal
from bot.front_desk import FrontDesk
from bot.messages import TicketKind
from bot.post import Post
from bot.queues import Inbox, Outbox
from bot.tickets.deadlines import AMSTERDAM, first_due, local_day
from bot.tickets.desk import Desk
from bot.tickets.model import (
    SYSTEM,
    Announcement,
    Command,
    ExtensionState,
    Outcome,
    Ticket,
)

UNCONFIRMED_AFTER = timedelta(hours=24)
CLAIM_WITHIN = timedelta(hours=8)
IDLE_WORKING_DAYS = 3
REMIND_DAYS = (14, 7, 3, 1, 0)
DIGEST_AT = time(9)
_PAGE = 100
_PURGED_A_STEP = 5
_OTHERS = "-"


class Timekeeper:
    """Does what is due at a moment; calling it again changes nothing more."""

    def __init__(  # noqa: PLR0913 - the composition root names each
        self,
        *,
        database: Database,
        desk: Desk,
        front_desk: FrontDesk,
        post: Post,
        inbox: Inbox,
        outbox: Outbox,
    ) -> None:
        """Take the desk and everything it is surrounded by."""
        self.database = database
        self.desk = desk
        self.front_desk = front_desk
        self.post = post
        self.inbox = inbox
        self.outbox = outbox
        self.conversations = Conversations()

    def tick(self, now: datetime) -> None:
        """Do everything that is due, each step in its own short transaction."""
        self._file_abandoned_drafts(now)
        for page in self._open_tickets():
            with self.database.transaction() as handle:
                for ticket in page:
                    self._look_after(handle, ticket, now)
        self._send_digest(now)
        self._purge(now)
        with self.database.transaction() as handle:
            self.conversations.forget(handle, now)
            self.inbox.forget(handle, now.timestamp())
            self.outbox.forget(handle, now.timestamp())

    def _open_tickets(self) -> Iterator[list[Ticket]]:
        last = ""
        while True:
            with self.database.reading() as handle:
                page = list(self.desk.store_of(handle).open_after(last, _PAGE))
            if not page:
                return
            yield page
            last = page[-1].reference

    def _file_abandoned_drafts(self, now: datetime) -> None:
        """Open what was demanded a day ago and never confirmed."""
        with self.database.transaction() as handle:
            for key, state in self.conversations.abandoned(handle, now - UNCONFIRMED_AFTER):
                self.front_desk.file_abandoned(handle, state, now)
                self.conversations.drop(handle, key)

    def _look_after(self, handle: Transaction, ticket: Ticket, now: datetime) -> None:
        calendar = self.desk.calendar
        pending = ticket.extension and ticket.extension.state is ExtensionState.PENDING
        if pending and local_day(now) > first_due(ticket, calendar, now):
            self._perform(handle, ticket, "void_extension", now)
        if ticket.kind is TicketKind.INCIDENT:
            self._remind_of_incident(handle, ticket, now)
        elif ticket.escalation_level == 0 and (why := self._neglected(ticket, now)):
            self._perform(handle, ticket, "escalate", now, reason=why)

    def _neglected(self, ticket: Ticket, now: datetime) -> str:
        """Return why a ticket goes to the officer by itself, or an empty text."""
        calendar = self.desk.calendar
        if ticket.claimed_by is None:
            waited = calendar.working_time_between(ticket.opened_at, now)
            return "unclaimed" if waited >= CLAIM_WITHIN else ""
        since = local_day(ticket.staff_acted_at or ticket.opened_at)
        idle = calendar.working_days_between(since, local_day(now))
        return "idle" if idle >= IDLE_WORKING_DAYS else ""

    def _remind_of_incident(self, handle: Transaction, ticket: Ticket, now: datetime) -> None:
        """Tell the officers every hour, day and night, until somebody takes it up."""
        hours = int((now - ticket.opened_at).total_seconds() // 3600)
        if ticket.claimed_by is not None or hours < 1:
            return
        if self.desk.store_of(handle).mark(ticket.reference, f"incident_{hours}", now):
            notice = Announcement("incident", "officers", ticket.reference)
            self.post.announce(handle, notice, ticket, now)

    def _send_digest(self, now: datetime) -> None:
        """Remind each claimer once of each ticket at each mark, from nine in the morning."""
        local = now.astimezone(AMSTERDAM)
        today = local.date()
        if local.time() < DIGEST_AT or self.desk.calendar.is_day_off(today):
            return
        with self.database.transaction() as handle:
            store = self.desk.store_of(handle)
            if not store.mark("", f"digest_{today}", now):
                return
            found = store.due_between(today.replace(year=today.year - 5), today + timedelta(14))
            lists: dict[str, list[str]] = defaultdict(list)
            for ticket in found:
                day = ticket.due_on or ticket.internal_on
                assert day is not None
                left = (day - today).days
                reminded = store.mark(ticket.reference, _mark_at(left), now)
                if reminded or 0 <= left <= SOON_DAYS:
                    # What stands on its card, such as two days left, is another text today.
                    self.post.send(handle, Outcome(ticket), now)
                if reminded:
                    claimer = ticket.claimed_by.user_id if ticket.claimed_by else _OTHERS
                    lists[claimer].append(ticket.reference)
                if left == 1 and store.mark(ticket.reference, f"tomorrow_{day}", now):
                    notice = Announcement("due_tomorrow", "mailbox", ticket.reference)
                    self.post.announce(handle, notice, ticket, now)
            head = store.last_event()
            for claimer, references in lists.items():
                values = {
                    "references": ",".join(references),
                    "claimer": claimer,
                    "head": head.link[:16] if head else "",
                }
                self.post.announce(
                    handle, Announcement("digest", "staff", values=values), None, now
                )

    def _purge(self, now: datetime) -> None:
        """Purge a few tickets at a time, so that no writer waits long."""
        while True:
            with self.database.transaction() as handle:
                store = self.desk.store_of(handle)
                found = store.closed_unpurged(local_day(now), _PURGED_A_STEP)
                for ticket in found:
                    self._perform(handle, ticket, "purge", now)
            if len(found) < _PURGED_A_STEP:
                return

    def _perform(
        self, handle: Transaction, ticket: Ticket, action: str, now: datetime, **values: str
    ) -> None:
        try:
            command = Command(action, SYSTEM, now, ticket.reference, values)
            outcome = self.desk.perform(handle, command)
        except DeskRefusal:
            return
        self.post.send(handle, outcome, now)


def _mark_at(days_left: int) -> str:
    """Return the name of the reminder that is due with so many days left."""
    if days_left < 0:
        return f"late_{-days_left}"
    return f"due_{min(days for days in REMIND_DAYS if days >= days_left)}"
