"""The intents: one module each, with its words and replies in the YAML beside it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import WordsError
from bot.intent import Intent
from bot.messages import Language
from bot.phrases import read_intent_file

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Intents:
    """Everything found in this package."""

    by_goal: Mapping[str, Intent]
    templates: Mapping[str, Mapping[Language, str]]
    words: Mapping[str, Mapping[Language, list[str]]]


def load_intents() -> Intents:
    """Return the intents of this package with their words and replies.

    Raises WordsError when two modules answer one goal or two files name one concept.
    """
    by_goal: dict[str, Intent] = {}
    for module_info in pkgutil.iter_modules([str(HERE)]):
        intent = importlib.import_module(f"intents.{module_info.name}").INTENT
        for goal in intent.goals:
            if goal in by_goal:
                raise WordsError(f"two intents answer {goal!r}")
            by_goal[goal] = intent
    templates: dict[str, dict[Language, str]] = {}
    words: dict[str, Any] = {}
    for path in sorted(HERE.glob("*.yaml")):
        replies, own_words = read_intent_file(path)
        templates |= replies
        if twice := set(words) & set(own_words):
            raise WordsError(f"{path.name}: concept {min(twice)!r} stands in two files")
        words |= own_words
    return Intents(by_goal, templates, words)
