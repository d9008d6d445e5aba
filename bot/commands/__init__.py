"""The command line, one file a group of commands."""

from __future__ import annotations

from importlib import import_module

import click

from bot import __version__

_COMMANDS = ("ask", "chat", "doctor", "knowledge", "manifest", "serve", "tickets", "words")


class _Lazy(click.Group):
    """A group that imports a command when it is called, so that `ask` pays for no web server."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        command = getattr(import_module(f"bot.commands.{name}"), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Lazy)
@click.version_option(__version__)
def main() -> None:
    """Run the privacy desk: grounded answers to privacy questions, in Dutch and English."""
