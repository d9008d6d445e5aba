"""Who this is and what it can do."""

from __future__ import annotations

from bot.intent import Answer, Intent, Line, Question
from bot.messages import Kind


def answer(_question: Question) -> Answer:
    """Return what people can ask here."""
    return Answer(Kind.SMALLTALK, (Line("help.who"), Line("help.what"), Line("help.how")))


INTENT = Intent("help", ("help",), answer)
