"""`doctor`: looks at settings, database, key, clock and e-mail, and says what is wrong."""

from __future__ import annotations

import asyncio
import shutil
import socket
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.app import House
from bot.config import Settings, read_settings
from bot.configured import house_of
from bot.database import one
from bot.errors import ChannelError, DeskError

_LEAST_FREE = 200 * 1024 * 1024
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_SECONDS = 5.0


@click.command()
def doctor() -> None:
    """Check this installation; exits 1 when something is wrong."""
    try:
        settings = read_settings()
        house = house_of(settings)
    except DeskError as error:
        raise click.ClickException(str(error)) from error
    found = list(_findings(settings, house))
    for well, text in found:
        click.echo(f"{'ok  ' if well else 'WRONG'} {text}")
    if not all(well for well, _ in found):
        raise SystemExit(1)


def _findings(settings: Settings, house: House) -> Iterator[tuple[bool, str]]:
    yield True, "settings can be read"
    for path in (settings.database, settings.chain_key_file):
        private = not path.stat().st_mode & _OTHERS
        yield private, f"{path} is {'private' if private else 'readable by others: chmod 600'}"
    with house.database.reading() as handle:
        healthy = one(handle, "PRAGMA quick_check")
        yield healthy == {"quick_check": "ok"}, "the database is sound"
        chain = house.desk.verify(handle)
        whole = chain.broken_at is None
        yield whole, f"chain of {chain.events} events {'is whole' if whole else 'is BROKEN'}"
        waiting = house.inbox.counts(handle)
        yield not waiting["dead"], f"inbox: {waiting['waiting']} waiting, {waiting['dead']} dead"
        sent = house.outbox.counts(handle)
        yield True, f"outbox: {sent.get('waiting', 0)} waiting, {sent.get('undeliverable', 0)} lost"
        last = house.desk.store_of(handle).last_event()
    ahead = last is not None and last.at > datetime.now(UTC)
    yield not ahead, "the clock is " + ("behind the last event" if ahead else "not behind")
    free = shutil.disk_usage(Path(settings.database).parent).free
    yield free > _LEAST_FREE, f"{free // 1024**2} MB free beside the database"
    yield from _mail(settings)
    if settings.slack_bot_token.get_secret_value():
        yield from asyncio.run(_slack(settings))
    if settings.teams_app_id:
        yield from asyncio.run(_teams(settings))


async def _slack(settings: Settings) -> list[tuple[bool, str]]:
    """Return whether the token works, its scopes suffice and the staff channel can be read."""
    from bot.channels.slack_manifest import SCOPES  # noqa: PLC0415 - only where it is set up
    from bot.serving_slack import slack_client  # noqa: PLC0415

    client = slack_client(settings)
    try:
        await client.start()
        found = [(True, f"Slack knows the token (workspace {client.team_id})")]
        missing = set(SCOPES) - await client.scopes()
        found.append((not missing, f"Slack scopes: {missing or 'all there'}"))
        members = await client.members()
        found.append(
            (len(members) > 1, f"staff channel: {len(members) - 1} members beside the app")
        )
        absent = client.settings.officers - members
        found.append((not absent, f"officers outside the staff channel: {len(absent)}"))
    except ChannelError as error:
        found = [(False, f"Slack: {error.reason}")]
    finally:
        await client.stop()
    return found


async def _teams(settings: Settings) -> list[tuple[bool, str]]:
    """Return whether the secret works and the staff channel can be read."""
    from bot.serving_teams import teams_client  # noqa: PLC0415 - only where it is set up

    client = teams_client(settings)
    await client.start()
    try:
        if settings.teams_anonymous:
            found = [(False, "Teams believes anybody: PRIVACY_DESK_TEAMS_ANONYMOUS is for tests")]
        else:
            await client.token()
            found = [(True, "Microsoft knows the secret of the Teams app")]
        members = await client.staff(client.settings.service_url)
        found.append((bool(members), f"Teams staff channel: {len(members)} members"))
        absent = client.settings.officers - members
        found.append((not absent, f"officers outside the Teams staff channel: {len(absent)}"))
    except ChannelError as error:
        found = [(False, f"Teams: {error.reason}")]
    finally:
        await client.stop()
    return found


def _mail(settings: Settings) -> Iterator[tuple[bool, str]]:
    if not settings.smtp_host:
        yield True, "no e-mail server: notices that chat cannot deliver are shown to staff"
        return
    try:
        socket.create_connection((settings.smtp_host, settings.smtp_port), _SECONDS).close()
    except OSError as error:
        yield False, f"e-mail server {settings.smtp_host}: {error.strerror or error}"
    else:
        yield True, f"e-mail server {settings.smtp_host} answers"
    yield (
        bool(settings.mailbox),
        "a privacy mailbox for alarms is "
        + ("set" if settings.mailbox else "not set: PRIVACY_DESK_MAILBOX"),
    )
