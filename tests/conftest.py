"""What most tests need: the real assistant over the real statement, with a clock that stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import pytest

from bot.app import build_assistant
from bot.assistant import Assistant
from bot.messages import ConversationRef, Message, Reply, Sender

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


@pytest.fixture(scope="session")
def assistant(clock: Clock) -> Assistant:
    return build_assistant(clock=clock)


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
