"""The person wants a right exercised: say back what is understood, what is needed and where."""

from __future__ import annotations

from bot.intent import Answer, EndDraft, Intent, Line, Option, Question, StartRequest
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
_WITHOUT_FORM = {RequestType.COMPLAINT, RequestType.WITHDRAW_CONSENT}


def answer(question: Question) -> Answer:
    """Start, continue or end the preparation of a request."""
    if question.goal == "cancel":
        return _cancelled(question)
    if question.goal in {"resume", "request_detail"}:
        return _continued(question)
    return _started(question, RequestType(question.goal.removeprefix("request_")))


def _started(question: Question, wanted: RequestType) -> Answer:
    right = _RIGHT_OF[wanted]
    lines = [Line(f"request.understood_{wanted}")]
    others = sorted(
        {
            question.statement.activity(name).controller
            for name in question.activities
            if question.statement.party(question.statement.activity(name).controller).explanation
        }
    )
    lines.extend(
        Line("request.other_controller", f"{name}.controller")
        for name in question.activities[:1]
        if others
    )
    if wanted is RequestType.COMPLAINT or wanted is RequestType.WITHDRAW_CONSENT:
        lines.append(Line("request.as_stated", right))
    expects = question.statement.right(right).expects
    if expects and wanted is not RequestType.ERASURE:
        lines.append(Line("request.expects", right))
    lines.extend(_where(wanted))
    return Answer(
        Kind.REQUEST,
        tuple(lines),
        (right,),
        options=(Option("request.cancel", goal="cancel"),),
        effect=StartRequest(wanted),
        request_type=wanted,
    )


def _where(wanted: RequestType) -> tuple[Line, ...]:
    if wanted in _WITHOUT_FORM:
        return (Line("request.where_mail"), Line("request.not_filed"))
    return (
        Line("request.where", "contact_address"),
        Line("request.identification"),
        Line("request.not_filed"),
    )


def _continued(question: Question) -> Answer:
    if question.draft is None:
        return Answer(Kind.CLARIFY, (Line("request.which"),), options=_all_types())
    where = "where_mail" if question.draft in _WITHOUT_FORM else "where"
    lines = (Line(f"request.still_{question.draft}"), Line(f"request.{where}", "contact_address"))
    return Answer(
        Kind.REQUEST,
        lines,
        (_RIGHT_OF[question.draft],),
        options=(Option("request.cancel", goal="cancel"),),
        effect=StartRequest(question.draft),
        request_type=question.draft,
    )


def _all_types() -> tuple[Option, ...]:
    return tuple(
        Option(f"rights.start_{name}", goal=f"request_{name}")
        for name in ("access", "rectification", "erasure")
    )


def _cancelled(question: Question) -> Answer:
    if question.draft is None:
        return Answer(Kind.SMALLTALK, (Line("request.nothing_to_cancel"),))
    return Answer(
        Kind.REQUEST,
        (Line("request.cancelled"),),
        effect=EndDraft(),
        request_type=question.draft,
    )


INTENT = Intent(
    "request",
    (*(f"request_{name}" for name in RequestType), "cancel", "resume", "request_detail"),
    answer,
)
