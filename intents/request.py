"""The person wants a right exercised: say back what is understood, and what the statement says."""

from __future__ import annotations

from bot.intent import Answer, Intent, Line, Option, Question, StartRequest
from bot.messages import Kind, RequestType

_RIGHT_OF = {
    RequestType.ACCESS: "right_access",
    RequestType.RECTIFICATION: "right_rectification",
    RequestType.ERASURE: "right_erasure_objection",
    RequestType.OBJECTION: "right_erasure_objection",
    RequestType.RESTRICTION: "right_restriction",
    RequestType.PORTABILITY: "right_portability",
    RequestType.COMPLAINT: "right_complaint",
    RequestType.WITHDRAW_CONSENT: "right_withdraw_consent",
}
_SAID_IN_FULL = {
    RequestType.COMPLAINT: (Line("request.as_stated", "right_complaint"),),
    RequestType.WITHDRAW_CONSENT: (
        Line("request.as_stated", "right_withdraw_consent"),
        Line("request.consent_here"),
    ),
}


def answer(question: Question) -> Answer:
    """Say back which right is meant; the steps that follow belong to the request itself."""
    if question.goal in {"cancel", "resume", "request_detail"}:
        return _without_a_draft(question)
    wanted = RequestType(question.goal.removeprefix("request_"))
    right = _RIGHT_OF[wanted]
    own_text = _SAID_IN_FULL.get(wanted, (Line("request.identification"),))
    return Answer(
        Kind.REQUEST,
        (Line(f"request.understood_{wanted}"), *own_text),
        (right,),
        effect=StartRequest(wanted),
        request_type=wanted,
    )


def _without_a_draft(question: Question) -> Answer:
    if question.goal == "cancel":
        return Answer(Kind.SMALLTALK, (Line("request.nothing_to_cancel"),))
    return Answer(Kind.CLARIFY, (Line("request.which"),), options=_common_types())


def _common_types() -> tuple[Option, ...]:
    return tuple(
        Option(f"rights.start_{name}", goal=f"request_{name}")
        for name in ("access", "rectification", "erasure")
    )


INTENT = Intent(
    "request",
    (*(f"request_{name}" for name in RequestType), "cancel", "resume", "request_detail"),
    answer,
)
