"""What this chat itself keeps: the desk's own rule, not the statement's."""

from __future__ import annotations

from bot.intent import Answer, Intent, Line, Question
from bot.messages import Kind


def answer(_question: Question) -> Answer:
    """Say that the statement is silent about this chat, and what the desk itself does."""
    return Answer(
        Kind.NOT_COVERED,
        (
            Line("silence.not_stated", "silence_this_chat"),
            Line("this_chat.own_rule"),
            Line("this_chat.ask"),
        ),
    )


INTENT = Intent("this_chat", ("silence_this_chat",), answer)
