"""Settings from the environment, each checked once at start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, SecretStr, ValidationError
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
    return settings


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
