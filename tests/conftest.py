"""What most tests need: the real assistant over the real statement, with a clock that stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any

import pytest

from bot.app import House, build_house, build_reader
from bot.assistant import Assistant
from bot.messages import ConversationRef, Message, Reply, Sender
from bot.understanding.reading import Reader
from intents import load_intents
from knowledge import load_statement

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # a Tuesday, 12:00 in Amsterdam

Say = Callable[[str], Reply]


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="session")
def clock() -> Clock:
    return Clock()


@cache
def shared_reader() -> Reader:
    """Return one reader for all houses: it never changes, and takes long to build."""
    return build_reader(load_statement(), load_intents())


def a_house(clock: Clock, **more: Any) -> House:
    """Return a house of its own, in memory unless a database is given."""
    return build_house(clock, reader=shared_reader(), **more)


@pytest.fixture(scope="session")
def assistant(clock: Clock) -> Assistant:
    return a_house(clock).assistant


_numbers = count()


def message(text: str, conversation: str = "one", user: str = "user", **more: object) -> Message:
    fields: dict[str, object] = {
        "id": str(next(_numbers)),
        "channel": "test",
        "conversation": ConversationRef("test", "local", conversation),
        "sender": Sender("local", user),
        "text": text,
        "sent_at": NOON,
        **more,
    }
    return Message(**fields)  # type: ignore[arg-type]


@pytest.fixture
def say(assistant: Assistant, clock: Clock, request: pytest.FixtureRequest) -> Say:
    """Return a conversation of its own: each call is a turn."""
    clock.now = NOON

    def turn(text: str) -> Reply:
        person = request.node.nodeid
        return assistant.answer(message(text, conversation=person, user=person))

    return turn
