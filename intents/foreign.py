"""Not about privacy: say so, and where to go."""

from __future__ import annotations

from bot.intent import Answer, Intent, Line, Question
from bot.messages import Kind

_GOALS = ("foreign_fault", "foreign_howto", "foreign_sales", "foreign_other", "foreign_injection")
_TO_SUPPORT = {"foreign_fault", "foreign_howto", "foreign_sales"}


def answer(question: Question) -> Answer:
    """Refuse kindly; questions for the company's support get its number."""
    template = "foreign.support" if question.goal in _TO_SUPPORT else "foreign.elsewhere"
    return Answer(Kind.OUT_OF_SCOPE, (Line(template), Line("foreign.what_i_do")))


INTENT = Intent("foreign", _GOALS, answer)
