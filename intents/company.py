"""Who MixedBytes is, and for whom it works."""

from __future__ import annotations

from bot.intent import Answer, Intent, Line, Question
from bot.messages import Kind


def answer(question: Question) -> Answer:
    """Return what the statement says about the company."""
    return Answer(Kind.ANSWER, (Line("company.topic", question.goal),), (question.goal,))


INTENT = Intent("company", ("company",), answer)
