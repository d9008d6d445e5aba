"""Slack as part of the running service: its client, its core and its ways in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from bot.app import House, system_clock
from bot.card_places import CardPlaces
from bot.channels.slack_app import SlackApp
from bot.channels.slack_client import SlackClient, SlackSettings
from bot.channels.slack_http import create_slack_app
from bot.channels.slack_staff import Core
from bot.config import Settings
from bot.guard import guard
from bot.messages import ConversationRef, Message, Reply
from bot.writer import Writer

T = TypeVar("T")


def slack_client(settings: Settings) -> SlackClient | None:
    """Return the client of the workspace, or None where Slack is not set up."""
    token = settings.slack_bot_token.get_secret_value()
    if not token:
        return None
    listed = (each.strip() for each in settings.slack_officers.split(","))
    officers = frozenset(each for each in listed if each)
    return SlackClient(
        SlackSettings(
            token,
            settings.slack_triage_channel,
            officers,
            settings.slack_api,
            settings.staff_language,
        )
    )


class SlackService:
    """Slack, by HTTP or by Socket Mode."""

    def __init__(
        self,
        settings: Settings,
        client: SlackClient,
        house: House,
        writer: Writer,
        wake: Callable[[], None],
    ) -> None:
        """Take what it is made of; nothing is called before `start`."""
        self.settings = settings
        self.client = client
        self.house = house
        self.writer = writer
        self.wake = wake
        self.cards = CardPlaces()
        self.app = SlackApp(client, self._core())
        self.socket: AsyncSocketModeHandler | None = None

    async def start(self) -> None:
        """Learn who we are; by Socket Mode also begin to listen."""
        await self.client.start()
        if token := self.settings.slack_app_token.get_secret_value():
            self.socket = AsyncSocketModeHandler(self.app.bolt, token, web_client=self.client.web)
            await self.socket.connect_async()  # type: ignore[no-untyped-call]

    async def stop(self) -> None:
        """Let go of every connection."""
        if self.socket is not None:
            await self.socket.close_async()  # type: ignore[no-untyped-call]
        await self.app.errands.stop()
        await self.client.stop()

    def routes(self) -> web.Application | None:
        """Return the route for events by HTTP, or None without a signing secret."""
        listed = self.settings.slack_signing_secrets.get_secret_value().split(",")
        secrets = [secret.strip() for secret in listed if secret.strip()]
        return create_slack_app(self.app.handle, secrets, system_clock) if secrets else None

    def _core(self) -> Core:
        house = self.house
        return Core(
            keep=self._keep,
            forget=self._forget,
            answer=self._run(house.assistant.answer),
            requester=self._run(house.assistant.act),
            staff=self._run(house.triage.handle),
            channel_card=self._run(house.triage.channel_card),
            find_card=self._find_card,
            keep_card=self._keep_card,
        )

    def _run(self, handle: Callable[[T], Reply]) -> Callable[[T], Awaitable[Reply]]:
        async def run(item: T) -> Reply:
            reply = await self.writer.run(partial(handle, item))
            self.wake()
            return reply

        return run

    async def _keep(self, message: Message, event_key: str, utterance_key: str | None) -> bool:
        # Masked before it is kept; the person is told by the assistant, which sees the mask.
        guarded = replace(message, text=guard(message.text).text)

        def keep() -> bool:
            with self.house.database.transaction() as handle:
                return self.house.inbox.put(
                    handle,
                    guarded,
                    event_key=event_key,
                    utterance_key=utterance_key,
                    now=system_clock().timestamp(),
                )

        new = await self.writer.run(keep)
        self.wake()
        return new

    async def _forget(self, utterance_key: str) -> None:
        def forget() -> None:
            with self.house.database.transaction() as handle:
                self.house.inbox.withdraw(handle, utterance_key, system_clock().timestamp())

        await self.writer.run(forget)

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
