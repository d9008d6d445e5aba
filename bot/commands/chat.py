"""`chat`: talk to the desk in the terminal."""

from __future__ import annotations

import click

from bot.app import build_assistant, system_clock
from bot.channels.console import Console


@click.command()
def chat() -> None:
    """Talk to the desk in the terminal; an empty line or Ctrl-D ends it."""
    Console(build_assistant().answer, system_clock).run()
