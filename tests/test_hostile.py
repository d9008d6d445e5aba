"""Whatever is typed gets an answer or a clear error, and never a crash."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.assistant import Assistant
from bot.messages import plain_text
from tests.conftest import message
from tests.questions import read_set

TRICKS = (
    "\u202e", "\u200b", "\x00", "\x1b[31m", "\ud800", "<script>alert(1)</script>", "{label}", "%s",
    "\u0301" * 50, "🙂" * 30, "<!channel>", "&lt;", "'; DROP TABLE tickets;--", "\\", "\n" * 40,
    "123456782", "NL91ABNA0417164300", "١٢٣", "//", "/retention", "/retention nothing", "0", "?",
)  # fmt: skip


def hostile_texts(count: int) -> list[str]:
    """Return real questions with tricks cut, mixed and repeated into them; the same every run."""
    chance = random.Random(7)
    questions = [item["text"] for item in read_set("round1")]
    texts = []
    for _ in range(count):
        text = chance.choice(questions)
        for _ in range(chance.randint(1, 4)):
            place = chance.randint(0, len(text))
            text = text[:place] + chance.choice(TRICKS) + text[chance.randint(place, len(text)) :]
        texts.append(text * chance.choice((1, 1, 1, 2, 60)))
    return texts


def test_ten_thousand_hostile_texts_each_get_a_reply_that_echoes_nothing(
    assistant: Assistant,
) -> None:
    for number, text in enumerate(hostile_texts(10_000)):
        shown = plain_text(assistant.answer(message(text, conversation=f"hostile {number % 50}")))

        assert shown
        assert "<script" not in shown
        # Inside a longer number it is no citizen service number.
        assert not re.search(r"(?<!\d)123456782(?!\d)", shown)
        assert "<!channel" not in shown


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_a_reply(assistant: Assistant, text: str) -> None:
    assert plain_text(assistant.answer(message(text, conversation="any")))


@pytest.mark.parametrize("text", ["a" * 4_000, "hoe lang " * 440, "?" * 4_000, "1" * 4_000])
def test_the_longest_text_that_is_read_gets_a_reply(assistant: Assistant, text: str) -> None:
    assert plain_text(assistant.answer(message(text, conversation="long")))
