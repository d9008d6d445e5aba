"""`serve`: the local page on 127.0.0.1, and the worker behind it."""

from __future__ import annotations

import asyncio

import click

from bot.config import read_settings
from bot.errors import SettingsError, StoreError
from bot.serving import Service


@click.command()
def serve() -> None:
    """Serve the page for this machine; the address with its one-time token is printed."""
    try:
        settings = read_settings()
        asyncio.run(Service(settings, click.echo).run())
    except (SettingsError, StoreError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        port = settings.local_port
        raise click.ClickException(f"port {port} cannot be used: {error.strerror}") from error
