"""The person wants a human, or reports a possible breach."""

from __future__ import annotations

from bot.intent import Answer, AskHuman, Intent, Line, OfferHuman, Option, Question, ReportIncident
from bot.messages import Kind


def answer(question: Question) -> Answer:
    """Say how to reach people and offer to pass it on; a reported breach is passed on at once."""
    if question.goal == "incident":
        return Answer(Kind.ESCALATE, (), effect=ReportIncident())
    if question.goal == "ask_team":
        return Answer(Kind.ESCALATE, (Line("escalate.team"),), effect=AskHuman())
    return Answer(
        Kind.ESCALATE,
        (Line("escalate.human"), Line("escalate.hours", "contact_hours"), Line("escalate.offer")),
        options=(Option("escalate.ask_team", goal="ask_team"),),
        effect=OfferHuman(),
    )


INTENT = Intent("escalate", ("escalate", "incident", "ask_team"), answer)
