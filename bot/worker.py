"""The loops over inbox, outbox and time; every touch of the database runs in one thread."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog

from bot.assistant import Assistant
from bot.database import Database, Transaction
from bot.delivery import Delivery
from bot.errors import DeskRefusal, StoreError
from bot.messages import (
    Action,
    Message,
    Reply,
    Scope,
    Visibility,
)
from bot.post import Post
from bot.queues import Inbox, Incoming, Outbox
from bot.reply_document import reply_document
from bot.tickets.model import Announcement, Audience
from bot.timekeeping import Timekeeper
from bot.writer import Writer

TICK_SECONDS = 30.0
POLL_SECONDS = 1.0
MOST_AT_ONCE = 100
_DEAD_LETTER_TO: tuple[Audience, ...] = ("staff", "mailbox")
_log = structlog.get_logger(__name__)


class Worker:
    """Handles what came in, delivers what goes out, and keeps the time."""

    def __init__(  # noqa: PLR0913 - the composition root names each
        self,
        *,
        database: Database,
        assistant: Assistant,
        triage: Callable[[Action], Reply],
        post: Post,
        inbox: Inbox,
        outbox: Outbox,
        timekeeper: Timekeeper,
        delivery: Delivery,
        clock: Callable[[], datetime],
        writer: Writer,
    ) -> None:
        """Take everything it works with."""
        self.database = database
        self.assistant = assistant
        self.triage = triage
        self.post = post
        self.inbox = inbox
        self.outbox = outbox
        self.timekeeper = timekeeper
        self.delivery = delivery
        self.clock = clock
        self.writer = writer
        self._wakes: list[asyncio.Event] = []

    def wake(self) -> None:
        """Look at once for something to do."""
        for event in self._wakes:
            event.set()

    async def run(self) -> None:
        """Work until cancelled; what is on its way to somebody then is given a moment."""
        await self.writer.run(self._release)
        self.delivery.on_room = self.wake
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep(self.handle_inbox, POLL_SECONDS))
                group.create_task(self._keep(self._tick, TICK_SECONDS))
                for channel in self.delivery.deliverers:
                    begin = partial(self.delivery.begin, channel)
                    group.create_task(self._keep(begin, POLL_SECONDS))
        finally:
            await self.delivery.stop()

    def _release(self) -> None:
        """Take back what a former process had leased: one process works on one database."""
        with self.database.transaction() as handle:
            for table in ("inbox", "outbox"):
                handle.execute(f"UPDATE {table} SET leased_until = 0 WHERE leased_until > 0")  # noqa: S608

    async def _keep(self, step: Callable[[], Awaitable[None]], seconds: float) -> None:
        wake = asyncio.Event()
        self._wakes.append(wake)
        while True:
            wake.clear()
            try:
                await step()
            except (StoreError, DeskRefusal) as error:
                _log.warning("step failed", reason=str(error))
            # `wait_for` may swallow a cancellation that comes together with a wake.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await wake.wait()

    async def _tick(self) -> None:
        await self.writer.run(lambda: self.timekeeper.tick(self.clock()))

    async def handle_inbox(self) -> None:
        """Handle every row that is due; its effects and its end are one transaction."""
        while True:
            now = self.clock().timestamp()

            def take(at: float = now) -> Sequence[Incoming]:
                with self.database.transaction() as handle:
                    return self.inbox.take(handle, at, MOST_AT_ONCE)

            taken = await self.writer.run(take)
            # Asked for together, so that they are kept together; they are handled in order.
            await asyncio.gather(*(self.writer.run(partial(self._handle, row)) for row in taken))
            if not taken:
                return
            self.wake()

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
        deliverer = self.delivery.deliverers.get(message.channel)
        private = deliverer and deliverer.private_place(message.conversation, message.sender)
        if private and message.conversation.scope is not Scope.PERSONAL:
            self.inbox.put(
                handle,
                replace(message, conversation=private),
                event_key=f"{incoming.event_key}\nprivate",
                now=self.clock().timestamp(),
            )
