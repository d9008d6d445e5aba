"""With whom data are shared: third parties, outside the EEA, authorities, 112, providers."""

from __future__ import annotations

from bot.intent import Answer, Intent, Line, Question
from bot.messages import Kind

_TOPICS = (
    "sharing_processors",
    "sharing_outside_eea",
    "sharing_authorities",
    "sharing_112",
    "sharing_withheld_number",
)


def answer(question: Question) -> Answer:
    """Return what section 5 says; it names recipients in general, never for one row."""
    lines = [Line("sharing.topic", question.goal)]
    if question.activities:
        label = question.statement.activity(question.activities[0]).label
        lines.append(
            Line("sharing.not_per_row", None, {"row": label.in_language(question.language)})
        )
    return Answer(Kind.ANSWER, tuple(lines), (question.goal,))


INTENT = Intent("sharing", _TOPICS, answer)
