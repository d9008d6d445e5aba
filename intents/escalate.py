"""The person wants a human, or reports a possible breach."""

from __future__ import annotations

from bot.intent import Answer, Intent, Line, Question
from bot.messages import Kind


def answer(question: Question) -> Answer:
    """Say how to reach people; a reported breach comes first and goes by phone too."""
    template = "escalate.incident" if question.goal == "incident" else "escalate.human"
    return Answer(Kind.ESCALATE, (Line(template), Line("escalate.hours", "contact_hours")))


INTENT = Intent("escalate", ("escalate", "incident"), answer)
