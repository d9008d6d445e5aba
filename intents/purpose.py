"""Why data are processed: the purpose in the table, or the general purposes of section 4."""

from __future__ import annotations

from bot.intent import Answer, Intent, Line, Question
from bot.messages import Kind

_TOPICS = (
    "why_processing",
    "purpose_delivery",
    "purpose_troubleshooting",
    "purpose_security",
    "purpose_improvement",
)


def answer(question: Question) -> Answer:
    """Return the purpose; a row without one gets its legal basis and the general purpose."""
    if question.goal in _TOPICS:
        return Answer(Kind.ANSWER, (Line("purpose.topic", question.goal),), (question.goal,))
    lines: list[Line] = []
    facts: list[str] = []
    for name in question.activities:
        if question.statement.activity(name).purposes:
            lines.append(Line("purpose.stated", f"{name}.purpose"))
            facts.append(f"{name}.purpose")
        else:
            lines.append(Line("purpose.not_stated", f"{name}.legal_basis"))
            facts.append(f"{name}.legal_basis")
    if not all(question.statement.activity(name).purposes for name in question.activities):
        lines.append(Line("purpose.in_general", "purpose_delivery"))
        facts.append("purpose_delivery")
    return Answer(Kind.ANSWER, tuple(lines), tuple(facts))


INTENT = Intent("purpose", ("purpose", *_TOPICS), answer)
