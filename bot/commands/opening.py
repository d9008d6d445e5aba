"""How a command opens the house: by the settings, or over a file that was named."""

from __future__ import annotations

from pathlib import Path

import click

from bot.app import House
from bot.config import read_settings
from bot.configured import house_of
from bot.errors import SettingsError, StoreError


def opened_house(database: Path | None = None) -> House:
    """Return the house; ends the command with one clear line when that is not possible."""
    try:
        return house_of(read_settings(), database=database)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    except StoreError as error:
        raise click.ClickException(f"the database cannot be used: {error}") from error
