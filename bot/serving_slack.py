"""Slack as part of the running service: its client, its core and its ways in."""

from __future__ import annotations

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from bot.app import system_clock
from bot.channels.base import Core
from bot.channels.slack_app import SlackApp
from bot.channels.slack_client import SlackClient, SlackSettings
from bot.channels.slack_http import create_slack_app
from bot.config import Settings, listed


def slack_client(settings: Settings) -> SlackClient:
    """Return the client of the workspace."""
    token = settings.slack_bot_token.get_secret_value()
    officers = frozenset(listed(settings.slack_officers))
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

    name = "Slack"

    def __init__(self, settings: Settings, core: Core) -> None:
        """Take the settings and what may be asked; nothing is called before `start`."""
        self.settings = settings
        self.client = slack_client(settings)
        self.role_of = self.client.role_of
        self.app = SlackApp(self.client, core)
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
        secrets = listed(self.settings.slack_signing_secrets.get_secret_value())
        return create_slack_app(self.app.handle, secrets, system_clock) if secrets else None
