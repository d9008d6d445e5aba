"""The words of the Slack app itself, read from slack.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bot.errors import WordsError
from bot.messages import LANGUAGES, Language
from bot.phrases import read_yaml

_FILE = Path(__file__).with_name("slack.yaml")


def said(name: str, language: Language) -> str:
    """Return one text of the app."""
    texts: Mapping[Language, str] = _words()["texts"][name]
    return texts[language]


def common_questions(language: Language) -> Sequence[str]:
    """Return the questions that the Home offers."""
    return [question[language] for question in _words()["questions"]]


@cache
def _words() -> Any:
    """Return the file; raises WordsError where a language is missing."""
    raw = read_yaml(_FILE)
    for name, texts in (*raw["texts"].items(), *enumerate(raw["questions"], 1)):
        if set(texts) != set(LANGUAGES):
            raise WordsError(f"{_FILE.name}: {name}: needs exactly {', '.join(LANGUAGES)}")
    return raw
