"""The rights of a data subject as the statement words them, and which apply to a row by law."""

from __future__ import annotations

from bot.intent import Answer, Intent, Line, OfferRequest, Option, Question
from bot.messages import Kind, RequestType

_RIGHTS = (
    "right_access",
    "right_rectification",
    "right_erasure_objection",
    "right_restriction",
    "right_portability",
    "right_complaint",
    "right_withdraw_consent",
)


def answer(question: Question) -> Answer:
    """Return one right with the offer to use it, the overview, or what applies to a row."""
    if question.goal == "rights_overview":
        return _overview()
    if question.goal == "rights_apply":
        return _by_row(question) if question.activities else _overview()
    right = question.statement.right(question.goal)
    lines = [Line("rights.right", right.id)]
    if right.expects:
        lines.append(Line("rights.expects", right.id))
    lines.append(Line("rights.offer", right.id))
    first = RequestType(right.request_types[0])
    options = tuple(
        Option(f"rights.start_{name}", goal=f"request_{name}") for name in right.request_types
    )
    return Answer(
        Kind.ANSWER, tuple(lines), (right.id,), options=options, effect=OfferRequest(first)
    )


def _overview() -> Answer:
    return Answer(Kind.ANSWER, (Line("rights.overview", "rights_overview"),), ("rights_overview",))


def _by_row(question: Question) -> Answer:
    """Return which rights can apply by law; advice that never blocks a request."""
    name = question.activities[0]
    activity = question.statement.activity(name)
    by_law = question.law.rights_of(name, activity.legal_basis)
    words = question.statement.topic("rights_overview").values
    lines = [Line("rights.row", f"{name}.legal_basis")]
    for state in ("yes", "conditional", "no"):
        names = [words[f"{r.right}_{question.language}"] for r in by_law if r.applies == state]
        if names:
            lines.append(Line(f"rights.row_{state}", None, {"rights": ", ".join(names)}))
    lines.append(Line("rights.row_advice"))
    return Answer(Kind.ANSWER, tuple(lines), (f"{name}.legal_basis", "rights_overview"))


INTENT = Intent("rights", (*_RIGHTS, "rights_overview", "rights_apply"), answer)
