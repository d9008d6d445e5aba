"""Who is responsible for data: the table decides for a row, section 2 in general."""

from __future__ import annotations

from bot.intent import Answer, Intent, Line, Question
from bot.messages import Kind


def answer(question: Question) -> Answer:
    """Return the controller of each activity, or the general rule where none is named."""
    if question.goal == "controller_general":
        return Answer(
            Kind.ANSWER,
            (Line("controller.general", "controller_general"),),
            ("controller_general",),
        )
    lines = []
    for name in question.activities:
        party = question.statement.party(question.statement.activity(name).controller)
        template = "controller.other_party" if party.explanation else "controller.own"
        lines.append(Line(template, f"{name}.controller"))
    return Answer(
        Kind.ANSWER, tuple(lines), tuple(f"{name}.controller" for name in question.activities)
    )


INTENT = Intent("controller", ("controller", "controller_general"), answer)
