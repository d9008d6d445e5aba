"""`tickets`: the desk from the command line; whoever has this terminal is an officer."""

from __future__ import annotations

from pathlib import Path

import click

from bot.app import system_clock
from bot.commands.terminal_desk import TerminalDesk, print_json, with_desk
from bot.commands.ticket_actions import action_commands
from bot.database import Database
from bot.tickets.model import Person
from bot.tickets.reporting import export_person, monthly_register, register_csv, ticket_json

_LIST = 100


@click.group()
@click.option("--database", type=click.Path(path_type=Path), help="The file with the tickets.")
@click.option("--json", "as_json", is_flag=True, help="Print stable JSON.")
@click.pass_context
def tickets(context: click.Context, database: Path | None, *, as_json: bool) -> None:
    """Look at tickets and act on them."""
    context.obj = (database, as_json)


@tickets.command("list")
@with_desk
def list_tickets(desk: TerminalDesk) -> None:
    """List open tickets, those due first in front."""
    with desk.house.database.reading() as handle:
        store = desk.house.desk.store_of(handle)
        found = store.queue(_LIST)
        events = {ticket.reference: store.events(ticket.reference) for ticket in found}
    if desk.as_json:
        calendar, now = desk.house.desk.calendar, system_clock()
        print_json([ticket_json(t, events[t.reference], calendar, now) for t in found])
        return
    desk.act("queue")


@tickets.command()
@click.argument("reference")
@with_desk
def show(desk: TerminalDesk, reference: str) -> None:
    """Show one ticket with its history."""
    if desk.as_json:
        desk.print_ticket(reference)
    else:
        desk.act("details", reference)


@tickets.command("export-person")
@click.option("--channel", required=True)
@click.option("--tenant", required=True)
@click.option("--user", required=True)
@with_desk
def export_one_person(desk: TerminalDesk, channel: str, tenant: str, user: str) -> None:
    """Print everything that is kept about one person, as JSON."""
    with desk.house.database.reading() as handle:
        store = desk.house.desk.store_of(handle)
        print_json(export_person(store, Person(channel, tenant, user)))


@tickets.command()
@click.option("--month", required=True, help="As 2026-11.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the lines as CSV.")
@with_desk
def report(desk: TerminalDesk, month: str, *, as_csv: bool) -> None:
    """Print the register of a month: no personal data, the on-time rate, counts per silence."""
    with desk.house.database.reading() as handle:
        register = monthly_register(desk.house.desk.store_of(handle), month)
    if as_csv:
        click.echo(register_csv(register), nl=False)
    else:
        print_json(register)


@tickets.command()
@with_desk
def verify(desk: TerminalDesk) -> None:
    """Walk along the chain of events; exits 1 where it is broken."""
    with desk.house.database.reading() as handle:
        found = desk.house.desk.verify(handle)
    if found.broken_at is not None:
        raise click.ClickException(f"broken at event {found.broken_at}")
    click.echo(f"{found.events} events, {found.purged} purged, whole; head {found.head[:16]}")


@tickets.command()
@click.argument("target", type=click.Path(path_type=Path))
@with_desk
def backup(desk: TerminalDesk, target: Path) -> None:
    """Write a whole copy to TARGET while the desk goes on; the key of the chain stays apart."""
    desk.house.database.back_up(target)
    click.echo(f"written: {target}")


@tickets.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@with_desk
def restore(desk: TerminalDesk, source: Path) -> None:
    """Put a copy back; refused unless its chain is whole. Stop the server first."""
    desk.house.database.close()
    copy = Database(source)
    with copy.reading() as handle:
        found = desk.house.desk.verify(handle)
    if found.broken_at is not None:
        copy.close()
        raise click.ClickException(f"not restored: broken at event {found.broken_at}")
    before = desk.path.with_suffix(f".before-{system_clock():%Y%m%d%H%M%S}")
    for suffix in ("", "-wal", "-shm"):
        old = desk.path.with_name(desk.path.name + suffix)
        if old.exists():
            old.rename(before.with_name(before.name + suffix))
    copy.back_up(desk.path)
    copy.close()
    click.echo(f"restored: {found.events} events; the former file is {before}")


for _command in action_commands():
    tickets.add_command(_command)
