"""The house as the settings say: its database, its key, its channels and its staff."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.app import LOCAL_STAFF, House, build_house, local_roles, system_clock
from bot.config import Settings, chain_key, listed, organisations_of
from bot.database import Database
from bot.messages import ConversationRef, Scope
from bot.post import EMAIL, Routes
from bot.tickets.model import Person, Role
from bot.triage import Roles

# How the two channels begin the name of somebody's private conversation.
_PRIVATE = {"slack": "im:", "teams": "chat:"}


def house_of(
    settings: Settings,
    *,
    database: Path | None = None,
    clock: Callable[[], datetime] = system_clock,
    roles: Roles | None = None,
) -> House:
    """Return the house over the database of the settings, or over another file.

    Raises StoreError or SettingsError when the database or the key cannot be used.
    """
    path = database or settings.database
    served = path.resolve() == settings.database.resolve()
    key_file = settings.chain_key_file if served else path.with_suffix(".key")
    return build_house(
        clock,
        database=Database(path),
        roles=partial(_role_of, roles),
        chain_key=chain_key(key_file),
        routes=_routes(settings) if served else Routes(channels=_mail(settings)),
        staff_language=settings.staff_language,
        organisations=organisations_of(settings),
        retention_years=settings.request_retention_years,
    )


def _routes(settings: Settings) -> Routes:
    """Return where notices go: what waits for the page is delivered once somebody opens it."""
    vendors = [*_slack(settings), *_teams(settings)]
    cards = tuple(place for place in vendors if not _is_private(place))
    return Routes(
        channels=_mail(settings) | {"web"} | {place.channel for place in vendors},
        staff=(ConversationRef("desk", "local", "staff"), *cards),
        mailbox=settings.mailbox,
        with_cards=cards,
        officers=tuple(place for place in vendors if _is_private(place)),
        private=_PRIVATE,
    )


def _mail(settings: Settings) -> frozenset[str]:
    return frozenset({EMAIL} if settings.smtp_host else ())


def _slack(settings: Settings) -> Iterator[ConversationRef]:
    """Yield the channel of staff, and the direct message of each officer."""
    if settings.slack_bot_token.get_secret_value():
        yield ConversationRef("slack", "", settings.slack_triage_channel)
        for officer in listed(settings.slack_officers):
            yield ConversationRef("slack", "", f"{_PRIVATE['slack']}{officer}")


def _teams(settings: Settings) -> Iterator[ConversationRef]:
    """Yield the channel of staff, and the chat of each officer."""
    if settings.teams_app_id:
        tenant, channel = settings.teams_app_tenant.strip().lower(), settings.teams_triage_channel
        yield ConversationRef("teams", tenant, channel, scope=Scope.CHANNEL)
        for officer in listed(settings.teams_officers.lower()):
            yield ConversationRef("teams", tenant, f"{_PRIVATE['teams']}{officer}")


def _is_private(place: ConversationRef) -> bool:
    return place.conversation_id.startswith(_PRIVATE[place.channel])


def _role_of(elsewhere: Roles | None, person: Person) -> Role | None:
    """Return the role of somebody at this machine, or in a channel that knows its staff."""
    if person.channel in LOCAL_STAFF or elsewhere is None:
        return local_roles(person)
    return elsewhere(person)
