"""`manifest`: what a vendor needs to know to install the app."""

from __future__ import annotations

from pathlib import Path

import click

from bot.channels.slack_manifest import EXAMPLE, manifest_yaml
from bot.channels.teams_manifest import NO_APP, NO_WEBSITE, files, package
from bot.errors import SettingsError


@click.group()
def manifest() -> None:
    """Print the manifest of an app."""


@manifest.command()
@click.option("--socket-mode", is_flag=True, help="For Socket Mode: without any address.")
@click.option("--address", default=EXAMPLE, help="Where Slack reaches us, by HTTP.")
def slack(*, socket_mode: bool, address: str) -> None:
    """Print the manifest of the Slack app."""
    click.echo(manifest_yaml(address, socket_mode=socket_mode), nl=False)


@manifest.command()
@click.option(
    "--app-id",
    envvar=["PRIVACY_DESK_TEAMS_APP_ID", "TEAMS_APP_ID"],
    default=NO_APP,
    help="Id of the app, from the environment.",
)
@click.option(
    "--website",
    envvar="PRIVACY_DESK_TEAMS_WEBSITE",
    default=NO_WEBSITE,
    help="Where the organisation and its privacy statement are found.",
)
@click.option(
    "--package",
    "zip_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the package for Teams, a zip with the manifest and its icons.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the files of the package into a folder.",
)
def teams(app_id: str, website: str, zip_file: Path | None, folder: Path | None) -> None:
    """Print the manifest of the Teams app, or write its package."""
    try:
        made = files(app_id, website)
        packed = package(app_id, website) if zip_file else b""
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    if zip_file:
        zip_file.parent.mkdir(parents=True, exist_ok=True)
        zip_file.write_bytes(packed)
        click.echo(f"{zip_file}: {', '.join(made)}")
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            (folder / name).write_bytes(content)
    if not zip_file and not folder:
        click.echo(made["manifest.json"].decode(), nl=False)
    if (zip_file or folder) and website == NO_WEBSITE:
        click.echo("PRIVACY_DESK_TEAMS_WEBSITE is not set: the addresses are examples", err=True)
