"""How a request is going, or taking one back."""

from __future__ import annotations

from bot.intent import Answer, Intent, Line, Question
from bot.messages import Kind


def answer(question: Question) -> Answer:
    """Say truthfully that no request is known here, and who can tell."""
    if question.goal == "withdraw_request":
        return Answer(Kind.STATUS, (Line("status.withdraw"),))
    template = "status.draft" if question.draft else "status.unknown"
    return Answer(Kind.STATUS, (Line(template),))


INTENT = Intent("status", ("status", "withdraw_request"), answer)
