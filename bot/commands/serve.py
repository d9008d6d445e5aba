"""`serve`: the local page on 127.0.0.1."""

from __future__ import annotations

import secrets

import click
from aiohttp import web

from bot.app import build_assistant, system_clock
from bot.channels.web import create_local_app
from bot.config import read_settings
from bot.errors import SettingsError
from bot.messages import Message, Reply


@click.command()
def serve() -> None:
    """Serve the page for this machine; the address with its one-time token is printed."""
    try:
        settings = read_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    assistant = build_assistant()

    async def answer(message: Message) -> Reply:
        return assistant.answer(message)

    token = secrets.token_urlsafe(24)
    port = settings.local_port
    app = create_local_app(answer, token, port, system_clock)
    click.echo(f"Open http://127.0.0.1:{port}/?token={token}")
    try:
        web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)
    except OSError as error:
        raise click.ClickException(f"port {port} cannot be used: {error.strerror}") from error
