"""The statement itself: its version, its date and whether it can change."""

from __future__ import annotations

from bot.intent import Answer, Intent, Line, Question
from bot.messages import Kind


def answer(question: Question) -> Answer:
    """Return the version and date, or what is said about changes."""
    return Answer(Kind.ANSWER, (Line("about_statement.topic", question.goal),), (question.goal,))


INTENT = Intent("about_statement", ("statement_version", "statement_changes"), answer)
