"""The loops over inbox, outbox and time; every touch of the database runs in one thread."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

import structlog

from bot.adapters import adapter
from bot.assistant import Assistant
from bot.database import Database, Transaction
from bot.errors import ChannelError, DeskRefusal, StoreError
from bot.messages import (
    Action,
    ConversationRef,
    Message,
    Reply,
    Scope,
    Sender,
    Visibility,
)
from bot.notices import Notices
from bot.post import Post
from bot.queues import Inbox, Incoming, Outbox, Outgoing, wait_after
from bot.reply_document import reply_document, reply_of
from bot.tickets.desk import Desk
from bot.tickets.model import SYSTEM, Announcement, Audience, Command
from bot.timekeeping import Timekeeper
from bot.writer import Writer

TICK_SECONDS = 30.0
POLL_SECONDS = 1.0
MOST_AT_ONCE = 100
GIVE_UP_AFTER_SECONDS = 24 * 3600.0
_DEAD_LETTER_TO: tuple[Audience, ...] = ("staff", "mailbox")
T = TypeVar("T")
_log = structlog.get_logger(__name__)


class Deliverer(Protocol):
    """Sends a reply to a place; raises ChannelError when that fails."""

    async def deliver(self, address: ConversationRef, reply: Reply, notice_id: str, /) -> None:
        """Send a reply; the same id comes again only where the outcome was unknown."""

    def private_place(self, address: ConversationRef, sender: Sender, /) -> ConversationRef | None:
        """Return where to go on in private with somebody who asked in public, if that is known."""


class Worker:
    """Handles what came in, delivers what goes out, and keeps the time."""

    def __init__(  # noqa: PLR0913 - the composition root names each
        self,
        *,
        database: Database,
        assistant: Assistant,
        triage: Callable[[Action], Reply],
        desk: Desk,
        post: Post,
        inbox: Inbox,
        outbox: Outbox,
        notices: Notices,
        timekeeper: Timekeeper,
        deliverers: Mapping[str, Deliverer],
        clock: Callable[[], datetime],
        writer: Writer,
    ) -> None:
        """Take everything it works with."""
        self.database = database
        self.assistant = assistant
        self.triage = triage
        self.desk = desk
        self.post = post
        self.inbox = inbox
        self.outbox = outbox
        self.notices = notices
        self.timekeeper = timekeeper
        self.deliverers = deliverers
        self.clock = clock
        self.writer = writer
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look at once for something to do."""
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled."""
        await self.writer.run(self._release)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep(self.handle_inbox, POLL_SECONDS))
            group.create_task(self._keep(self._tick, TICK_SECONDS))
            for channel in self.deliverers:
                group.create_task(self._keep(partial(self.deliver_due, channel), POLL_SECONDS))

    def _release(self) -> None:
        """Take back what a former process had leased: one process works on one database."""
        with self.database.transaction() as handle:
            for table in ("inbox", "outbox"):
                handle.execute(f"UPDATE {table} SET leased_until = 0 WHERE leased_until > 0")  # noqa: S608

    async def _keep(self, step: Callable[[], Awaitable[None]], seconds: float) -> None:
        while True:
            try:
                await step()
            except (StoreError, DeskRefusal) as error:
                _log.warning("step failed", reason=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), seconds)
            self._wake.clear()

    async def _tick(self) -> None:
        await self.writer.run(lambda: self.timekeeper.tick(self.clock()))

    async def handle_inbox(self) -> None:
        """Handle every row that is due; its effects and its end are one transaction."""
        while True:
            now = self.clock().timestamp()

            def take(at: float = now) -> Sequence[Incoming]:
                with self.database.transaction() as handle:
                    return self.inbox.take(handle, at)

            taken = await self.writer.run(take)
            for incoming in taken:
                await self.writer.run(partial(self._handle, incoming))
            if not taken:
                return

    def _handle(self, incoming: Incoming) -> None:
        now = self.clock()
        try:
            with self.database.transaction() as handle:
                item = incoming.item
                reply = (
                    self.assistant.answer(item) if isinstance(item, Message) else self.triage(item)
                )
                document = reply_document(reply)
                place = item.conversation
                self.outbox.put(
                    handle, place, document, reference=reply.ticket or "", now=now.timestamp()
                )
                if reply.visibility is Visibility.PRIVATE_CHAT and isinstance(item, Message):
                    self._go_on_in_private(handle, incoming, item)
                self.inbox.handled(handle, incoming.id, now.timestamp())
        except Exception as error:  # noqa: BLE001 - one bad row must not stop the others
            _log.error("row not handled", row=incoming.id, error=type(error).__name__)
            with self.database.transaction() as handle:
                if self.inbox.failed(handle, incoming, now.timestamp()):
                    for audience in _DEAD_LETTER_TO:
                        notice = Announcement("dead_letter", audience)
                        self.post.announce(handle, notice, None, now)

    def _go_on_in_private(self, handle: Transaction, incoming: Incoming, message: Message) -> None:
        """Hear the same message once more where nobody reads along, so that its draft waits."""
        deliverer = self.deliverers.get(message.channel)
        private = deliverer and deliverer.private_place(message.conversation, message.sender)
        if private and message.conversation.scope is not Scope.PERSONAL:
            self.inbox.put(
                handle,
                replace(message, conversation=private),
                event_key=f"{incoming.event_key}\nprivate",
                now=self.clock().timestamp(),
            )

    async def deliver_due(self, channel: str) -> None:
        """Deliver every notice of a channel that is due, the oldest first."""
        while True:
            now = self.clock().timestamp()

            def take(at: float = now) -> Sequence[tuple[Outgoing, Reply | None]]:
                with self.database.transaction() as handle:
                    rows = self.outbox.take(handle, channel, at, MOST_AT_ONCE)
                    return [(row, self._rendered(handle, row)) for row in rows]

            taken = await self.writer.run(take)
            if not taken:
                return
            # Side by side for different people, in order for each of them.
            queues: dict[str, list[tuple[Outgoing, Reply | None]]] = defaultdict(list)
            for row, reply in taken:
                place = f"{row.address.conversation_id} {row.address.thread_id}"
                queues[place].append((row, reply))
            await asyncio.gather(*map(self._deliver_in_order, queues.values()))

    async def _deliver_in_order(self, rows: Sequence[tuple[Outgoing, Reply | None]]) -> None:
        for place, (row, reply) in enumerate(rows):
            wait = await self._deliver(row, reply)
            if wait:
                after = ChannelError("in order", retry_after=wait)
                for later, _ in rows[place + 1 :]:
                    await self.writer.run(partial(self._failed, later, after))
                return

    async def _deliver(self, row: Outgoing, reply: Reply | None) -> float:
        """Return for how many seconds it must wait: nothing once it is delivered or given up."""
        if reply is None:  # the ticket was purged meanwhile
            await self.writer.run(lambda: self._ended(row, "purged"))
            return 0.0
        try:
            await self.deliverers[row.channel].deliver(row.address, reply, row.id)
        except ChannelError as error:
            return await self.writer.run(partial(self._failed, row, error))
        except Exception as error:  # noqa: BLE001 - an unknown outcome: the same id again, later
            unknown = ChannelError(type(error).__name__)
            return await self.writer.run(lambda: self._failed(row, unknown))
        await self.writer.run(lambda: self._delivered(row))
        return 0.0

    def _rendered(self, handle: Transaction, row: Outgoing) -> Reply | None:
        stored = json.loads(row.document)
        if "reply" in stored:
            return reply_of(row.document)
        notice = adapter(Announcement).validate_python(stored)
        store = self.desk.store_of(handle)
        listed = notice.values.get("references", "") if notice.kind == "digest" else ""
        wanted = listed.split(",") if listed else [notice.reference]
        tickets = [ticket for reference in wanted if (ticket := store.get(reference))]
        if notice.reference and not tickets:
            return None
        return self.notices.render(notice, tickets, row.channel)

    def _delivered(self, row: Outgoing) -> None:
        with self.database.transaction() as handle:
            self.outbox.delivered(handle, row.id)
            notice = _announcement(row)
            if notice and notice.kind == "extended" and notice.audience == "requester":
                command = Command("grant_extension", SYSTEM, self.clock(), notice.reference)
                with contextlib.suppress(DeskRefusal):
                    self.post.send(handle, self.desk.perform(handle, command), self.clock())

    def _ended(self, row: Outgoing, problem: str) -> None:
        with self.database.transaction() as handle:
            self.outbox.undeliverable(handle, row.id, problem)

    def _failed(self, row: Outgoing, error: ChannelError) -> float:
        """Try again later; after a day, or where it cannot help, another way or staff.

        Returns the seconds until the next try, or nothing where it is given up.
        """
        now = self.clock()
        with self.database.transaction() as handle:
            too_old = now.timestamp() - row.created > GIVE_UP_AFTER_SECONDS
            if not error.permanent and not too_old:
                wait = error.retry_after or wait_after(row.attempts)
                self.outbox.later(handle, row.id, error.reason, now.timestamp() + wait)
                return wait
            self.outbox.undeliverable(handle, row.id, error.reason)
            notice = _announcement(row)
            if notice is None or notice.audience != "requester":
                return 0.0
            ticket = self.desk.store_of(handle).get(notice.reference)
            if ticket is None:
                return 0.0
            if other := self.post.fallback(ticket, row.address):
                self.outbox.put(
                    handle,
                    other,
                    row.document,
                    reference=row.reference,
                    now=now.timestamp(),
                )
            else:
                self.post.missed(handle, notice, now)
        return 0.0


def _announcement(row: Outgoing) -> Announcement | None:
    stored = json.loads(row.document)
    return None if "reply" in stored else adapter(Announcement).validate_python(stored)
