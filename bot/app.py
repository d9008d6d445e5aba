"""How everything is put together; the only importer of the intents."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.assistant import Assistant
from bot.conversation import Conversations
from bot.replies import Replies
from bot.understanding.decision import Decider
from bot.understanding.lexicon import Lexicon
from bot.understanding.opinion import Opinion
from bot.understanding.reading import Reader
from intents import HERE, Intents, load_intents
from knowledge import Statement, load_law, load_statement

INTENTS = HERE
EXAMPLES = INTENTS / "examples"
OPINION = INTENTS / "opinion.json"
_OPTIONAL = "_optional"
_NEVER_REPAIRED_INTO = "silence_"


def system_clock() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def build_lexicon(
    statement: Statement,
    intents: Intents,
    common_words: list[str],
    language_odds: Mapping[str, float],
) -> Lexicon:
    """Return the words of the statement's aliases and of the intents as one lexicon."""
    forms: dict[str, Mapping[Any, Any]] = {
        activity.id: {"nl": activity.aliases.nl, "en": activity.aliases.en}
        for activity in statement.activities
    }
    optional: set[str] = set()
    for concept, own in intents.words.items():
        if concept == _OPTIONAL:
            optional.update(word for words in own.values() for word in words)
        else:
            forms[concept] = own
    silences = [concept for concept in forms if concept.startswith(_NEVER_REPAIRED_INTO)]
    return Lexicon(
        forms, common_words, optional, unrepairable=silences, language_odds=language_odds
    )


def build_reader(statement: Statement, intents: Intents, opinion: Path = OPINION) -> Reader:
    """Return the reader with the fitted second opinion."""
    fitted = json.loads(opinion.read_text(encoding="utf-8"))
    odds = fitted["language_odds"]
    lexicon = build_lexicon(statement, intents, fitted["words"], odds)
    activities = frozenset(activity.id for activity in statement.activities)
    return Reader(lexicon, Opinion.of(fitted), activities, odds)


def build_assistant(
    clock: Callable[[], datetime] = system_clock, statement: Statement | None = None
) -> Assistant:
    """Return the assistant over the statement, the law and the intents of this project."""
    law = load_law()
    statement = statement or load_statement(law=law)
    intents = load_intents()
    return Assistant(
        reader=build_reader(statement, intents),
        decider=Decider(),
        intents=intents.by_goal,
        replies=Replies(statement, law, intents.templates),
        conversations=Conversations(),
        clock=clock,
    )
