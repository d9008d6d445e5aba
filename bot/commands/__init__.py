"""The command line, one file a group of commands."""

from __future__ import annotations

import click

from bot import __version__
from bot.commands.ask import ask
from bot.commands.chat import chat
from bot.commands.knowledge import knowledge
from bot.commands.serve import serve
from bot.commands.words import words


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Run the privacy desk: grounded answers to privacy questions, in Dutch and English."""


for command in (ask, chat, knowledge, serve, words):
    main.add_command(command)
