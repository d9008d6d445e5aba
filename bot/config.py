"""Settings from the environment, each checked once at start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import yaml
from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError

_KEY_BYTES = 32


class Settings(BaseSettings):
    """What can be set; names in the environment start with PRIVACY_DESK_."""

    model_config = SettingsConfigDict(env_prefix="PRIVACY_DESK_", extra="ignore", frozen=True)

    local_port: int = Field(8080, ge=1, le=65_535, description="port of the page on 127.0.0.1")
    database: Path = Field(Path("var/desk.sqlite"), description="file with tickets and queues")
    chain_key_file: Path = Field(
        Path("var/chain.key"), description="key of the record of events, apart from the database"
    )
    staff_language: Literal["nl", "en"] = Field("nl", description="language of the staff desk")
    request_retention_years: int = Field(
        3, ge=1, le=20, description="how long a closed request is kept, our own rule"
    )
    organisations_file: Path | None = Field(
        None, description="YAML file with the organisation of each tenant"
    )
    port: int = Field(
        3000,
        ge=1,
        le=65_535,
        validation_alias=AliasChoices("PRIVACY_DESK_PORT", "PORT"),
        description="port on which Slack and Teams reach us",
    )
    local_page: bool | None = Field(
        None, description="serve the page of this machine; by default only without Slack"
    )
    slack_bot_token: SecretStr = Field(SecretStr(""), description="xoxb-… of the workspace")
    slack_signing_secrets: SecretStr = Field(
        SecretStr(""),
        description="signing secret; while it changes the new and the old one",
    )
    slack_app_token: SecretStr = Field(
        SecretStr(""), description="xapp-… for Socket Mode, where no public address is wanted"
    )
    slack_triage_channel: str = Field("", description="id of the private channel of staff")
    slack_officers: str = Field("", description="member ids of the privacy officers, by commas")
    slack_api: str = Field("https://slack.com/api/", description="for tests only")
    teams_app_id: str = Field("", description="Microsoft App ID of the bot")
    teams_app_password: SecretStr = Field(SecretStr(""), description="its client secret")
    teams_app_tenant: str = Field("", description="tenant of the bot, and of staff")
    teams_allowed_tenants: str = Field(
        "", description="tenants that may write to it, by commas; by default its own"
    )
    teams_triage_channel: str = Field("", description="conversation id of the channel of staff")
    teams_officers: str = Field("", description="object ids of the privacy officers, by commas")
    teams_development: str = Field(
        "", description="for tests only: an address on this machine in the place of Microsoft's"
    )
    teams_anonymous: bool = Field(
        default=False,
        description="for tests only: take activities without a token, from this machine alone",
    )
    smtp_host: str = Field("", description="server for notices by e-mail; empty means none")
    smtp_port: int = Field(587, ge=1, le=65_535, description="port of the e-mail server")
    smtp_user: str = Field("", description="name to sign in at the e-mail server")
    smtp_password: SecretStr = Field(SecretStr(""), description="password for the e-mail server")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="how the connection to the e-mail server is protected"
    )
    mail_from: str = Field("", description="sender of notices by e-mail")
    mailbox: str = Field("", description="privacy mailbox for incidents and alarms")


def read_settings() -> Settings:
    """Return the settings; raises SettingsError with one line for each that is wrong."""
    try:
        settings = Settings()
    except ValidationError as error:
        lines = [
            f"{'PRIVACY_DESK_' + '_'.join(map(str, e['loc'])).upper()}: {e['msg']}"
            for e in error.errors()
        ]
        raise SettingsError("\n".join(lines)) from error
    if settings.smtp_host and not settings.mail_from:
        raise SettingsError("PRIVACY_DESK_MAIL_FROM: needed once an e-mail server is set")
    if problem := _slack_problem(settings) or _teams_problem(settings):
        raise SettingsError(problem)
    return settings


def _slack_problem(settings: Settings) -> str:
    """Return what is missing or wrong in the settings for Slack, or an empty text."""
    if not settings.slack_bot_token.get_secret_value():
        return ""
    if not settings.slack_triage_channel:
        return "PRIVACY_DESK_SLACK_TRIAGE_CHANNEL: needed once a Slack token is set"
    ways_in = (settings.slack_signing_secrets, settings.slack_app_token)
    if not any(secret.get_secret_value().strip(" ,") for secret in ways_in):
        return "PRIVACY_DESK_SLACK_SIGNING_SECRETS or _SLACK_APP_TOKEN: one is needed for Slack"
    address = urlsplit(settings.slack_api)
    if address.scheme != "https" and address.hostname not in {"127.0.0.1", "localhost"}:
        return "PRIVACY_DESK_SLACK_API: must be https"
    return ""


def _teams_problem(settings: Settings) -> str:
    """Return what is missing or wrong in the settings for Teams, or an empty text."""
    development = settings.teams_development
    if settings.teams_anonymous and not development:
        return "PRIVACY_DESK_TEAMS_ANONYMOUS: only with PRIVACY_DESK_TEAMS_DEVELOPMENT"
    if not settings.teams_app_id:
        return ""
    needed = {
        "APP_PASSWORD": settings.teams_app_password.get_secret_value(),
        "APP_TENANT": settings.teams_app_tenant,
        "TRIAGE_CHANNEL": settings.teams_triage_channel,
    }
    for name, value in needed.items():
        if not value.strip():
            return f"PRIVACY_DESK_TEAMS_{name}: needed once PRIVACY_DESK_TEAMS_APP_ID is set"
    if development and urlsplit(development).hostname not in {"127.0.0.1", "localhost"}:
        return "PRIVACY_DESK_TEAMS_DEVELOPMENT: must be on this machine"
    return ""


def public_host(settings: Settings) -> str:
    """Return where vendors reach us: everywhere, unless anybody is believed without proof."""
    return "127.0.0.1" if settings.teams_anonymous else "0.0.0.0"  # noqa: S104


def listed(names: str) -> tuple[str, ...]:
    """Return the names in a setting that lists them by commas."""
    return tuple(name.strip() for name in names.split(",") if name.strip())


def organisations_of(settings: Settings) -> dict[str, str]:
    """Return the name of the organisation of each tenant, for staff.

    Raises SettingsError when the file is not a list of `tenant: name`.
    """
    if settings.organisations_file is None:
        return {}
    try:
        names = yaml.safe_load(settings.organisations_file.read_text(encoding="utf-8")) or {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise SettingsError(f"{settings.organisations_file}: cannot be read") from error
    if not isinstance(names, dict):
        raise SettingsError(f"{settings.organisations_file}: needs lines of `tenant: name`")
    return {str(tenant): str(name) for tenant, name in names.items()}


def chain_key(path: Path) -> bytes:
    """Return the key of the record of events, made on first use, readable by this user only.

    Raises SettingsError when the file cannot be used.
    """
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            key = path.read_bytes()
        else:
            key = secrets.token_bytes(_KEY_BYTES)
            with os.fdopen(descriptor, "wb") as file:
                file.write(key)
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from error
    if len(key) != _KEY_BYTES:
        raise SettingsError(f"{path}: not a key of {_KEY_BYTES} bytes")
    return key
