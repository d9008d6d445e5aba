"""What the channels may ask of the house, run in the thread of the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from bot.app import House
from bot.card_places import CardPlaces
from bot.channels.base import Core
from bot.guard import guard
from bot.messages import ConversationRef, Message, Reply
from bot.reply_document import reply_document
from bot.writer import Writer

T = TypeVar("T")


class CoreOfHouse:
    """Makes the core of a house for any channel; the worker looks right after each call."""

    def __init__(
        self,
        house: House,
        writer: Writer,
        wake: Callable[[], None],
        clock: Callable[[], datetime],
    ) -> None:
        """Take the house, the thread of its database, how the worker is woken, and the clock."""
        self.house = house
        self.writer = writer
        self.wake = wake
        self.clock = clock
        self.cards = CardPlaces()

    def core(self, channel: str) -> Core:
        """Return what a channel may ask."""
        house = self.house
        return Core(
            keep=self._keep,
            forget=self._forget,
            answer=self.in_writer(house.assistant.answer),
            requester=self.in_writer(house.assistant.act),
            tell=self._tell,
            staff=self.in_writer(house.triage.handle),
            channel_card=self.in_writer(partial(house.triage.channel_card, channel=channel)),
            find_card=self._find_card,
            keep_card=self._keep_card,
        )

    def in_writer(self, handle: Callable[[T], Reply]) -> Callable[[T], Awaitable[Reply]]:
        """Return the handler, run in the thread of the database; the worker looks right after."""

        async def handled(item: T) -> Reply:
            reply = await self.writer.run(partial(handle, item))
            self.wake()
            return reply

        return handled

    async def _keep(self, message: Message, event_key: str, utterance_key: str | None) -> bool:
        # Masked before it is kept; the person is told by the assistant.
        found = guard(message.text)
        guarded = replace(message, text=found.text, masked=found.masked)

        def keep() -> bool:
            with self.house.database.transaction() as handle:
                return self.house.inbox.put(
                    handle,
                    guarded,
                    event_key=event_key,
                    utterance_key=utterance_key,
                    now=self.clock().timestamp(),
                )

        new = await self.writer.run(keep)
        self.wake()
        return new

    async def _forget(self, utterance_key: str) -> None:
        def forget() -> None:
            with self.house.database.transaction() as handle:
                self.house.inbox.withdraw(handle, utterance_key, self.clock().timestamp())

        await self.writer.run(forget)

    async def _tell(self, place: ConversationRef, reply: Reply) -> None:
        """Deliver a reply somewhere else than where it was asked for."""

        def put() -> None:
            with self.house.database.transaction() as handle:
                self.house.outbox.put(
                    handle,
                    place,
                    reply_document(reply),
                    reference=reply.ticket or "",
                    now=self.clock().timestamp(),
                )

        await self.writer.run(put)
        self.wake()

    async def _find_card(self, reference: str, address: ConversationRef) -> str:
        def find() -> str:
            with self.house.database.reading() as handle:
                return self.cards.find(handle, reference, address)

        return await self.writer.run(find)

    async def _keep_card(self, reference: str, address: ConversationRef, message_id: str) -> None:
        def keep() -> None:
            with self.house.database.transaction() as handle:
                self.cards.keep(handle, reference, address, message_id)

        await self.writer.run(keep)
