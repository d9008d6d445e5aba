"""How to reach MixedBytes, and whether the line is open now by the stated hours."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

from bot.intent import Answer, Intent, Line, Question
from bot.messages import Kind

_ZONE = ZoneInfo("Europe/Amsterdam")
_TOPICS = (
    "contact_address",
    "contact_phone",
    "contact_hours",
    "contact_privacy_email",
    "contact_general_email",
)


def open_now(question: Question) -> bool:
    """Tell whether the stated hours include this moment; the statement names no holidays."""
    values = question.statement.topic("contact_hours").values
    local = question.now.astimezone(_ZONE)
    if not int(values["first_day"]) <= local.isoweekday() <= int(values["last_day"]):
        return False
    return (
        time.fromisoformat(values["opens"]) <= local.time() < time.fromisoformat(values["closes"])
    )


def answer(question: Question) -> Answer:
    """Return one way to make contact."""
    lines = [Line("contact.topic", question.goal)]
    if question.goal == "contact_hours":
        lines.append(Line("contact.open" if open_now(question) else "contact.closed"))
    return Answer(Kind.ANSWER, tuple(lines), (question.goal,))


INTENT = Intent("contact", _TOPICS, answer)
