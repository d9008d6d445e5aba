"""The desk as the bench asks it: one question, one conversation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

from bot.app import build_assistant, build_house, build_reader
from bot.assistant import Assistant
from bot.messages import ConversationRef, Message, Reply, Sender
from bot.understanding.reading import Reading
from intents import Intents, load_intents
from knowledge import Statement, load_statement


def reading() -> Callable[[str], Reading]:
    """Return understanding alone, with a reader of its own."""
    return build_reader(load_statement(), load_intents()).read


def whole_core() -> Callable[[str], Reply]:
    """Return the whole core as the product builds it."""
    return _asking(build_assistant())


def core_over(statement: Statement, intents: Intents) -> Callable[[str], Reply]:
    """Return the whole core over another statement or other words."""
    return _asking(build_house(statement=statement, intents=intents).assistant)


def _asking(assistant: Assistant) -> Callable[[str], Reply]:
    numbers = count()

    def ask(text: str) -> Reply:
        number = str(next(numbers))
        return assistant.answer(
            Message(
                id=number,
                channel="bench",
                conversation=ConversationRef("bench", "local", number),
                sender=Sender("local", "user"),
                text=text,
                sent_at=datetime.now(UTC),
            )
        )

    return ask
