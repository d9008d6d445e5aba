"""`chat`: talk to the desk in the terminal."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from bot.app import system_clock
from bot.channels.console import Console
from bot.commands.opening import opened_house


@click.command()
@click.option("--database", type=click.Path(path_type=Path), help="Keep tickets in this file.")
def chat(database: Path | None) -> None:
    """Talk to the desk in the terminal; an empty line or Ctrl-D ends it."""
    house = opened_house(database)
    Console(house.assistant.answer, system_clock, getpass.getuser()).run()
