"""What every knowledge file is made of: strict models and texts in two languages."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Words = Annotated[str, Field(min_length=1)]


class Model(BaseModel):
    """A frozen record whose unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class LocalText(Model):
    """A text in Dutch (the original) and English (our translation)."""

    nl: Words
    en: Words

    def in_language(self, language: str) -> str:
        """Return the text in `nl` or `en`."""
        return self.nl if language == "nl" else self.en


class LocalList(Model):
    """A list of short texts in Dutch and English."""

    nl: tuple[Words, ...] = Field(min_length=1)
    en: tuple[Words, ...] = Field(min_length=1)

    def in_language(self, language: str) -> tuple[str, ...]:
        """Return the texts in `nl` or `en`."""
        return self.nl if language == "nl" else self.en
