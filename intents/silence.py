"""Understood, about privacy, and the statement does not say: admit it, never guess."""

from __future__ import annotations

from bot.intent import Answer, Intent, Line, OfferHuman, Option, Question
from bot.messages import Kind

_MOST_OWN = 3
_MOST_NEAR = 2
_UNKNOWN = "other"
_SILENCES = (
    "response_deadline",
    "costs",
    "refusal",
    "dpo",
    "processor_names",
    "data_location",
    "security_measures",
    "breaches",
    "children",
    "automated_decisions",
    "selling_marketing",
    "other_cookies",
    "bank_details",
    "cctv",
    "staff_hr",
    "email_content",
    "call_content_others",
    "browsing_location",
    "cloud_workplace_data",
    "special_categories",
    "company_registration",
    "employer_agreement",
    "period_start",
    "statutes_authorities",
    "authority_contact",
    "other",
)


def answer(question: Question) -> Answer:
    """Say that the statement is silent, where to ask, what the law says and what is near."""
    silence = question.statement.silence(question.goal.removeprefix("silence_"))
    options = tuple(
        Option("_common.option_topic", fact, goal=fact) for fact in silence.near if "." not in fact
    )
    own = [ticket for ticket in question.own_tickets if ticket.is_open]
    told = tuple(
        Line("status.own_due", values={**ticket.values, "due": ticket.due_lines[0]})
        for ticket in own[:_MOST_OWN]
    )
    near = (*question.near, *options)[:_MOST_NEAR]
    vague = bool(question.near) and silence.id == _UNKNOWN
    ask = "silence.ask_more" if told else "silence.ask_near" if question.near else "silence.ask"
    return Answer(
        Kind.NOT_COVERED,
        (
            Line("silence.not_found" if vague else "silence.not_stated", f"silence_{silence.id}"),
            *told,
            Line(ask),
        ),
        law=(silence.law,) if silence.law else (),
        options=(*near, Option("escalate.ask_team", goal="ask_team")),
        effect=OfferHuman(),
    )


INTENT = Intent("silence", tuple(f"silence_{name}" for name in _SILENCES), answer)
