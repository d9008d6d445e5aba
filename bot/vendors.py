"""The vendors that are set up; the packages of the others are not even imported."""

from __future__ import annotations

from typing import Protocol

from aiohttp import web

from bot.config import Settings
from bot.delivery import Deliverer
from bot.serving_core import CoreOfHouse
from bot.tickets.model import Person, Role

SLACK, TEAMS = "slack", "teams"


class Vendor(Protocol):
    """One vendor's part of the running service."""

    name: str

    @property
    def app(self) -> Deliverer:
        """Return what delivers to the vendor."""

    async def start(self) -> None:
        """Open the connections; raises ChannelError where the vendor refuses."""

    async def stop(self) -> None:
        """Let go of every connection."""

    def routes(self) -> web.Application | None:
        """Return what the vendor calls, or None where it need not call us."""

    def role_of(self, person: Person) -> Role | None:
        """Return the role of somebody that was looked up just now."""


def vendors_of(settings: Settings, core: CoreOfHouse) -> dict[str, Vendor]:
    """Return the vendors of the settings by their channel."""
    found: dict[str, Vendor] = {}
    if settings.slack_bot_token.get_secret_value():
        from bot.serving_slack import SlackService  # noqa: PLC0415 - only where it is set up

        found[SLACK] = SlackService(settings, core.core(SLACK))
    if settings.teams_app_id:
        from bot.serving_teams import TeamsService  # noqa: PLC0415 - only where it is set up

        found[TEAMS] = TeamsService(settings, core)
    return found
