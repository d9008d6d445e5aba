"""The desk as commands see it: the house, and who sits at this terminal."""

from __future__ import annotations

import functools
import getpass
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bot.app import House, system_clock
from bot.commands.opening import opened_house
from bot.config import read_settings
from bot.errors import StoreError
from bot.messages import Action, ConversationRef, Form, Kind, Reply, Sender, plain_text
from bot.tickets.reporting import ticket_json

_PLACE = ConversationRef("cli", "local", "terminal")


class TerminalDesk:
    """The house, and who sits at this terminal."""

    def __init__(self, database: Path | None, as_json: bool) -> None:
        """Open the house over the file that was named, or that of the settings."""
        self.house: House = opened_house(database)
        self.as_json = as_json
        self.path = database or read_settings().database

    def act(self, name: str, ticket: str = "", values: dict[str, str] | None = None) -> None:
        """Do one action, and print the ticket as it is now; exits 1 when it is refused."""
        action = Action(
            id="cli",
            name=name,
            actor=Sender("local", getpass.getuser()),
            conversation=_PLACE,
            sent_at=system_clock(),
            ticket=ticket,
            values=values or {},
        )
        reply = self.house.triage.handle(action)
        if reply.kind is Kind.ERROR:
            self._fail(reply)
        if self.as_json and reply.ticket and name != "purge":
            self.print_ticket(reply.ticket)
        else:
            click.echo(_without_buttons(reply))

    def print_ticket(self, reference: str) -> None:
        """Print one ticket in the stable form."""
        with self.house.database.reading() as handle:
            store = self.house.desk.store_of(handle)
            ticket = store.get(reference)
            if ticket is None:
                raise click.ClickException(f"no such ticket: {reference}")
            events = store.events(reference)
        print_json(ticket_json(ticket, events, self.house.desk.calendar, system_clock()))

    def _fail(self, reply: Reply) -> None:
        problems = [
            f"--{field.name.replace('_', '-')}: {field.problem}"
            for block in reply.blocks
            for field in getattr(block, "fields", ())
            if field.problem
        ]
        raise click.ClickException("\n".join(problems) or plain_text(reply))


def with_desk(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command its desk, and the options --database and --json, here or on the group."""

    @click.option("--database", type=click.Path(path_type=Path), help="The file with the tickets.")
    @click.option("--json", "as_json", is_flag=True, help="Print stable JSON.")
    @functools.wraps(function)
    def run(*, database: Path | None, as_json: bool, **given: Any) -> None:
        on_group, json_on_group = click.get_current_context().obj or (None, False)
        try:
            function(TerminalDesk(database or on_group, as_json or json_on_group), **given)
        except StoreError as error:
            raise click.ClickException(f"the database cannot be used: {error}") from error

    return run


def print_json(value: Any) -> None:
    """Print a value as JSON that a person can read too."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _without_buttons(reply: Reply) -> str:
    kept = tuple(b for b in reply.blocks if not isinstance(b, Form) or b.opened)
    return plain_text(Reply(reply.kind, reply.language, kept))
