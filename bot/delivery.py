"""What goes out: side by side for different people, in order for each, until it arrived."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from bot.adapters import adapter
from bot.database import Database, Transaction
from bot.errors import ChannelError, DeskRefusal
from bot.messages import ConversationRef, Reply, Sender
from bot.notices import Notices
from bot.post import Post
from bot.queues import Outbox, Outgoing, wait_after
from bot.reply_document import reply_of
from bot.tickets.desk import Desk
from bot.tickets.model import SYSTEM, Announcement, Command
from bot.writer import Writer

MOST_AT_ONCE = 100
GIVE_UP_AFTER_SECONDS = 24 * 3600.0
_GRACE_SECONDS = 3.0

Ready = tuple[Outgoing, Reply | None]


class Deliverer(Protocol):
    """Sends a reply to a place; raises ChannelError when that fails."""

    async def deliver(self, address: ConversationRef, reply: Reply, notice_id: str, /) -> None:
        """Send a reply; the same id comes again only where the outcome was unknown."""

    def private_place(self, address: ConversationRef, sender: Sender, /) -> ConversationRef | None:
        """Return where to go on in private with somebody who asked in public, if that is known."""


class Delivery:
    """Takes notices from the outbox and sees that each arrives once, or is shown to staff."""

    def __init__(  # noqa: PLR0913 - the composition root names each
        self,
        *,
        database: Database,
        desk: Desk,
        post: Post,
        outbox: Outbox,
        notices: Notices,
        deliverers: Mapping[str, Deliverer],
        clock: Callable[[], datetime],
        writer: Writer,
    ) -> None:
        """Take everything it works with."""
        self.database = database
        self.desk = desk
        self.post = post
        self.outbox = outbox
        self.notices = notices
        self.deliverers = deliverers
        self.clock = clock
        self.writer = writer
        self.on_room: Callable[[], None] = lambda: None
        self._places: dict[str, deque[Ready]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._on_the_way: Counter[str] = Counter()

    async def begin(self, channel: str) -> None:
        """Begin to deliver what is due in a channel, as much as may be on its way at once."""
        while room := MOST_AT_ONCE - self._on_the_way[channel]:
            take = partial(self._take, channel, self.clock().timestamp(), room)
            taken = await self.writer.run(take)
            for row, reply in taken:
                self._on_the_way[channel] += 1
                self._queue(row, reply)
            if not taken:
                return

    async def deliver_due(self, channel: str) -> None:
        """Deliver every notice of a channel that is due, the oldest first, and wait for it."""
        await self.begin(channel)
        while self._running:
            await asyncio.wait(self._running)
            await self.begin(channel)

    async def stop(self) -> None:
        """Give what is on its way a moment; what is late then goes out at the next start."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=_GRACE_SECONDS)
            for task in late:
                task.cancel()

    def _take(self, channel: str, at: float, room: int) -> Sequence[Ready]:
        with self.database.transaction() as handle:
            rows = self.outbox.take(handle, channel, at, room)
            return [(row, self._rendered(handle, row)) for row in rows]

    def _queue(self, row: Outgoing, reply: Reply | None) -> None:
        place = f"{row.channel} {row.address.conversation_id} {row.address.thread_id}"
        waiting = self._places.get(place)
        if waiting is not None:
            waiting.append((row, reply))
            return
        self._places[place] = deque([(row, reply)])
        task = asyncio.create_task(self._deliver_in_order(place))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _deliver_in_order(self, place: str) -> None:
        waiting = self._places[place]
        wait = 0.0
        try:
            while waiting:
                row, reply = waiting[0]
                if wait:  # what comes after one that must wait, waits too
                    after = ChannelError("in order", retry_after=wait)
                    await self.writer.run(partial(self._failed, row, after))
                else:
                    wait = await self._deliver(row, reply)
                waiting.popleft()
                self._on_the_way[row.channel] -= 1
                self.on_room()
        finally:
            for row, _ in self._places.pop(place):
                self._on_the_way[row.channel] -= 1

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
