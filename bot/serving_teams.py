"""Teams as part of the running service: its client, its proof of who sends, and its route."""

from __future__ import annotations

import time

from aiohttp import ClientSession, web

from bot.channels.teams_activities import CHANNEL, Json
from bot.channels.teams_anonymous import AnonymousValidator
from bot.channels.teams_app import TeamsApp
from bot.channels.teams_auth import METADATA_URL, TokenSettings, TokenValidator
from bot.channels.teams_client import LOGIN, SERVICE, TeamsClient, TeamsSettings
from bot.channels.teams_http import create_teams_app
from bot.config import Settings, listed
from bot.database import Database
from bot.places import PlaceKey, Places
from bot.serving_core import CoreOfHouse
from bot.writer import Writer

_MOST_KNOWN = 10_000


def teams_client(settings: Settings) -> TeamsClient:
    """Return the client of the connector."""
    return TeamsClient(
        TeamsSettings(
            app_id=settings.teams_app_id.strip().lower(),
            password=settings.teams_app_password.get_secret_value(),
            tenant=settings.teams_app_tenant.strip().lower(),
            triage_channel=settings.teams_triage_channel,
            officers=frozenset(each.lower() for each in listed(settings.teams_officers)),
            language=settings.staff_language,
            login=settings.teams_development or LOGIN,
            service_url=f"{settings.teams_development}/" if settings.teams_development else SERVICE,
            loopback=bool(settings.teams_development),
            anonymous=settings.teams_anonymous,
        )
    )


class TeamsService:
    """Teams over its own route of the vendors' listener."""

    name = "Teams"

    def __init__(self, settings: Settings, core: CoreOfHouse) -> None:
        """Take the settings and what may be asked; nothing is called before `start`."""
        self.client = client = teams_client(settings)
        self.role_of = client.role_of
        places = KeptPlaces(core.house.database, core.writer)
        self.app = TeamsApp(client, core.core(CHANNEL), places)
        development = settings.teams_development
        allowed = listed(settings.teams_allowed_tenants) or (settings.teams_app_tenant,)
        keys = f"{development}/openid" if development else METADATA_URL
        tokens = TokenSettings(
            app_id=client.settings.app_id,
            tenants=frozenset((*allowed, settings.teams_app_tenant)),
            metadata_url=keys,
            loopback=bool(development),
        )
        self.validator = (
            AnonymousValidator(tokens)
            if settings.teams_anonymous
            else TokenValidator(tokens, self._session, time.time)
        )

    async def start(self) -> None:
        """Open the connections and begin to fetch the issuer's keys."""
        await self.client.start()
        self.validator.start()

    async def stop(self) -> None:
        """Let go of every connection."""
        await self.app.errands.stop()
        await self.validator.stop()
        await self.client.stop()

    def routes(self) -> web.Application:
        """Return the route for activities."""
        return create_teams_app(self.app.handle, self.validator)

    def _session(self) -> ClientSession:
        assert self.client.session is not None
        return self.client.session


class KeptPlaces:
    """Where we may write, kept in the database by its thread."""

    def __init__(self, database: Database, writer: Writer) -> None:
        """Take the database and its thread."""
        self.database = database
        self.writer = writer
        self.places = Places()
        self._known: dict[PlaceKey, Json] = {}

    async def find(self, key: PlaceKey) -> Json | None:
        """Return the reference of a conversation."""
        if known := self._known.get(key):
            return known

        def find() -> Json | None:
            with self.database.reading() as handle:
                return self.places.find(handle, key)

        return await self.writer.run(find)

    async def keep(self, key: PlaceKey, reference: Json) -> None:
        """Keep the newest reference of a conversation, where it is new."""
        if self._known.get(key) == reference:
            return

        def keep() -> None:
            with self.database.transaction() as handle:
                self.places.keep(handle, key, reference)

        await self.writer.run(keep)
        if len(self._known) >= _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self._known[key] = reference

    async def drop(self, key: PlaceKey) -> None:
        """Forget a conversation."""
        self._known.pop(key, None)

        def drop() -> None:
            with self.database.transaction() as handle:
                self.places.drop(handle, key)

        await self.writer.run(drop)
        # What was being kept when the dropping began has become known meanwhile.
        self._known.pop(key, None)

    async def greet(self, key: PlaceKey) -> bool:
        """Note a greeting; True when it is the first one there."""

        def greet() -> bool:
            with self.database.transaction() as handle:
                return self.places.greet(handle, key)

        return await self.writer.run(greet)
