"""Greetings, thanks and the like."""

from __future__ import annotations

from bot.intent import Answer, Intent, Line, Question
from bot.messages import Kind

_GOALS = ("greeting", "thanks", "goodbye", "acknowledge", "smalltalk_other", "yes", "no")


def answer(question: Question) -> Answer:
    """Return a short, kind word."""
    return Answer(Kind.SMALLTALK, (Line(f"smalltalk.{question.goal}"),))


INTENT = Intent("smalltalk", _GOALS, answer)
