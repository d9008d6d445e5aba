"""Which data are held: per activity, or the overview per service."""

from __future__ import annotations

from bot.intent import Answer, Intent, Line, Question
from bot.messages import Kind


def answer(question: Question) -> Answer:
    """Return the data items of each activity, or all services with their data."""
    if question.goal == "service_overview":
        return _overview(question)
    names = question.activities
    return Answer(
        Kind.ANSWER,
        tuple(_items(question, name) for name in names),
        tuple(f"{name}.data" for name in names),
    )


def _items(question: Question, name: str) -> Line:
    """Return what a row holds; one item says by itself what it is about."""
    single = len(question.statement.activity(name).data.nl) == 1
    return Line("data_held.single" if single else "data_held.items", f"{name}.data")


def _overview(question: Question) -> Answer:
    lines = [Line("data_held.overview", "service_overview")]
    for service in question.statement.services:
        rows = [a for a in question.statement.activities if a.service == service.id]
        labels = "; ".join(row.label.in_language(question.language) for row in rows)
        label = service.label.in_language(question.language)
        lines.append(Line("data_held.service", None, {"service": label, "rows": labels}))
    lines.append(Line("data_held.no_row", "service_overview"))
    return Answer(Kind.ANSWER, tuple(lines), ("service_overview",))


INTENT = Intent("data_held", ("data", "service_overview"), answer)
