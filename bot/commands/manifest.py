"""`manifest`: what a vendor needs to know to install the app."""

from __future__ import annotations

import click

from bot.channels.slack_manifest import manifest_yaml


@click.group()
def manifest() -> None:
    """Print the manifest of an app."""


@manifest.command()
def slack() -> None:
    """Print the manifest of the Slack app."""
    click.echo(manifest_yaml(), nl=False)
