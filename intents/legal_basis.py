"""On which ground data are processed (GDPR art. 6(1))."""

from __future__ import annotations

from bot.intent import Answer, Intent, Line, Question
from bot.messages import Kind


def answer(question: Question) -> Answer:
    """Return the legal basis of each activity, and its purpose where the table states one."""
    activities = [question.statement.activity(name) for name in question.activities]
    lines = tuple(Line("legal_basis.basis", f"{a.id}.legal_basis") for a in activities)
    return Answer(Kind.ANSWER, lines, tuple(f"{a.id}.legal_basis" for a in activities))


INTENT = Intent("legal_basis", ("legal_basis",), answer)
