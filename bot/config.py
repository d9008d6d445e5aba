"""Settings from the environment, each checked once at start."""

from __future__ import annotations

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError


class Settings(BaseSettings):
    """What can be set; names in the environment start with PRIVACY_DESK_."""

    model_config = SettingsConfigDict(env_prefix="PRIVACY_DESK_", extra="ignore", frozen=True)

    local_port: int = Field(8080, ge=1, le=65_535, description="port of the page on 127.0.0.1")


def read_settings() -> Settings:
    """Return the settings; raises SettingsError with one line for each that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{'PRIVACY_DESK_' + '_'.join(map(str, e['loc'])).upper()}: {e['msg']}"
            for e in error.errors()
        ]
        raise SettingsError("\n".join(lines)) from error
