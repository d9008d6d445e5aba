"""The words of the local page, read from web.yaml, and which language to begin in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import WordsError
from bot.messages import LANGUAGES, Language
from bot.phrases import read_yaml


@dataclass(frozen=True, slots=True)
class WebTexts:
    """Everything that the page says by itself, by language."""

    page: Mapping[Language, Mapping[str, str]]
    examples: Mapping[Language, Sequence[str]]
    errors: Mapping[Language, Mapping[str, str]]


def read_web_texts(path: Path) -> WebTexts:
    """Return the texts of the page; raises WordsError when a language is missing."""
    raw = read_yaml(path)
    for where, texts in (*_entries(raw, "page"), *_entries(raw, "errors")):
        _check_languages(f"{path.name}: {where}", texts)
    for number, texts in enumerate(raw["examples"], 1):
        _check_languages(f"{path.name}: example {number}", texts)
    return WebTexts(
        page={language: _in_language(raw["page"], language) for language in LANGUAGES},
        examples={language: [e[language] for e in raw["examples"]] for language in LANGUAGES},
        errors={language: _in_language(raw["errors"], language) for language in LANGUAGES},
    )


def _entries(raw: Any, part: str) -> list[tuple[str, Any]]:
    return [(f"{part}.{key}", texts) for key, texts in raw[part].items()]


def _check_languages(where: str, texts: Any) -> None:
    if not isinstance(texts, dict) or set(texts) != set(LANGUAGES):
        raise WordsError(f"{where}: needs exactly {', '.join(LANGUAGES)}")


def _in_language(texts: Mapping[str, Any], language: Language) -> dict[str, str]:
    return {key: both[language].strip() for key, both in texts.items()}


def preferred_language(accepted: str) -> Language:
    """Return the first of our languages in an Accept-Language header, else Dutch."""
    for part in accepted.split(","):
        spoken = part.partition(";")[0].strip().lower().partition("-")[0]
        for language in LANGUAGES:
            if spoken == language:
                return language
    return "nl"
