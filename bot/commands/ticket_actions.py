"""A command for each action of the desk, drawn from the table of its rules."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import click

from bot.app import system_clock
from bot.commands.terminal_desk import TerminalDesk, print_json, with_desk
from bot.intake import OPEN_FIELDS
from bot.tickets.reporting import export_ticket
from bot.tickets.rules import ACTIONS, STAFF_ACTIONS, Field

_READ_FROM_INPUT = frozenset({"name", "reach", "text"})


def action_commands() -> Iterator[click.Command]:
    """Yield the command of every staff action, and the one that opens a ticket."""
    for name in STAFF_ACTIONS:
        yield _action_command(name)
    yield _open_command()


def _action_command(name: str) -> click.Command:
    @with_desk
    def run(desk: TerminalDesk, reference: str, **given: Any) -> None:
        values = {field: str(value or "") for field, value in given.items()}
        # The preview of a message is for buttons: here the text stands on the line above.
        desk.act(name, reference, values | ({"seen": "yes"} if name == "send" else {}))
        if name == "export":
            _print_export(desk, reference)

    return _command(
        run,
        name.replace("_", "-"),
        [click.Argument(["reference"]), *map(_option, ACTIONS[name].fields)],
        f"{name.replace('_', ' ').capitalize()}; the desk says who may, and when.",
    )


def _open_command() -> click.Command:
    asked = [field for field in OPEN_FIELDS if field.name not in _READ_FROM_INPUT]

    @with_desk
    def run(desk: TerminalDesk, received: str, *, test: bool, **given: Any) -> None:
        values = {field: str(value or "") for field, value in given.items()}
        values["received_on"] = received or f"{system_clock():%Y-%m-%d}"
        values["language"] = values["language"] or "nl"
        values["name"] = _line("Name")
        desk.act("open", "", values | ({"test": "yes"} if test else {}))

    options: list[click.Parameter] = [_option(f) for f in asked if f.name != "received_on"]
    options += [
        click.Option(["--received"], default="", help="Day of receipt, as 2026-01-31."),
        click.Option(["--test"], is_flag=True, help="A test: kept out of the register."),
    ]
    return _command(
        run, "open", options, "Record what came by letter, mail or phone; the name is asked."
    )


def _command(
    run: Any, name: str, parameters: list[click.Parameter], explanation: str
) -> click.Command:
    command = click.command(name, help=explanation)(run)
    command.params = [*parameters, *command.params]
    return command


def _option(field: Field) -> click.Option:
    kind = (
        click.Choice([f"{choice}" for choice in field.choices])
        if field.kind == "choice"
        else click.STRING
    )
    return click.Option([f"--{field.name.replace('_', '-')}"], type=kind, default=None)


def _print_export(desk: TerminalDesk, reference: str) -> None:
    with desk.house.database.reading() as handle:
        store = desk.house.desk.store_of(handle)
        ticket = store.get(reference)
        assert ticket is not None
        print_json(export_ticket(ticket, store.events(reference)))


def _line(prompt: str) -> str:
    """Return a line of standard input: a name never stands among the arguments."""
    if sys.stdin.isatty():
        return str(click.prompt(prompt, default="", show_default=False))
    return sys.stdin.readline().strip()
