"""The house as the settings say: its database, its key, its channels and its staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.app import LOCAL_STAFF, House, build_house, local_roles, system_clock
from bot.config import Settings, chain_key, organisations_of
from bot.database import Database
from bot.messages import ConversationRef, Scope
from bot.post import EMAIL, Routes
from bot.tickets.model import Person, Role
from bot.triage import Roles


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
    # What waits for the page is delivered once somebody opens it.
    channels = {"web"} if served else set()
    staff = [ConversationRef("desk", "local", "staff")] if served else []
    with_cards = []
    if settings.smtp_host:
        channels.add(EMAIL)
    if served and settings.teams_app_id:
        channels.add("teams")
        tenant, channel = settings.teams_app_tenant.strip().lower(), settings.teams_triage_channel
        with_cards.append(ConversationRef("teams", tenant, channel, scope=Scope.CHANNEL))
    if served and settings.slack_bot_token.get_secret_value():
        channels.add("slack")
        with_cards.append(ConversationRef("slack", "", settings.slack_triage_channel))
    routes = Routes(
        channels=frozenset(channels),
        staff=(*staff, *with_cards),
        mailbox=settings.mailbox,
        with_cards=tuple(with_cards),
    )
    key_file = settings.chain_key_file if served else path.with_suffix(".key")
    return build_house(
        clock,
        database=Database(path),
        roles=partial(_role_of, roles),
        chain_key=chain_key(key_file),
        routes=routes,
        staff_language=settings.staff_language,
        organisations=organisations_of(settings),
        retention_years=settings.request_retention_years,
    )


def _role_of(elsewhere: Roles | None, person: Person) -> Role | None:
    """Return the role of somebody at this machine, or in a channel that knows its staff."""
    if person.channel in LOCAL_STAFF or elsewhere is None:
        return local_roles(person)
    return elsewhere(person)
