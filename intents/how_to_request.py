"""How to make a request, and what the statement asks for to know who you are."""

from __future__ import annotations

from bot.intent import Answer, Intent, Line, Question
from bot.messages import Kind


def answer(question: Question) -> Answer:
    """Return how requests are made, or how the statement wants people identified."""
    if question.goal == "request_how":
        return Answer(
            Kind.ANSWER,
            (Line("how_to_request.how", "request_how"),),
            ("request_how",),
            law=("any_form",),
        )
    return Answer(
        Kind.ANSWER,
        (
            Line("how_to_request.identification", "request_identification"),
            Line("how_to_request.never_here"),
        ),
        ("request_identification",),
    )


INTENT = Intent("how_to_request", ("request_how", "request_identification"), answer)
