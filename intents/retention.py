"""How long data are kept, and, where a period is fixed, until which day."""

from __future__ import annotations

import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from bot.intent import Answer, Intent, Line, Question
from bot.messages import Kind
from knowledge import Activity

_PERIOD = re.compile(r"P(\d+)([DMY])")


def end_of_period(start: date, period: str) -> date:
    """Return the last day of an ISO 8601 period counted from a day."""
    match = _PERIOD.fullmatch(period)
    if match is None:
        raise ValueError(period)
    number = int(match[1])
    if match[2] == "D":
        return start + timedelta(days=number)
    return start + relativedelta(months=number if match[2] == "M" else number * 12)


def _lines(activity: Activity, question: Question) -> tuple[Line, ...]:
    fact = f"{activity.id}.retention"
    start, period = question.mentioned_date, activity.retention.period
    if activity.retention.depends_on:
        template = "retention.depends"
    elif activity.retention.until:
        template = "retention.until"
    else:
        template = "retention.period"
    lines = [Line(template, fact)]
    if start is not None and period is not None:
        until = end_of_period(start, period)
        computed = (
            "retention.computed_past" if until < question.now.date() else "retention.computed"
        )
        lines.append(Line(computed, fact, {"start": start, "end": until}))
    elif start is not None:
        lines.append(Line("retention.no_date", fact))
    return tuple(lines)


def answer(question: Question) -> Answer:
    """Return the retention period of each activity asked about."""
    activities = [question.statement.activity(name) for name in question.activities]
    return Answer(
        Kind.ANSWER,
        tuple(line for activity in activities for line in _lines(activity, question)),
        tuple(f"{activity.id}.retention" for activity in activities),
    )


INTENT = Intent("retention", ("retention",), answer)
