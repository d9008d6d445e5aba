"""What a conversation keeps after a turn, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation import Conversation
from bot.front_desk import Handled
from bot.intent import Answer, OfferHuman, OfferRequest, OfferWithdrawal
from bot.messages import Kind, Reply
from bot.pending import choices_of
from bot.understanding.meaning import Meaning
from bot.visit import Visit

_NO_TOPIC = ("foreign_", "request_", "silence_")
_TALK = frozenset(
    {"greeting", "thanks", "goodbye", "acknowledge", "smalltalk_other", "yes", "no", "help"}
)
_LONGEST_QUESTION = 500


def after_step(handled: Handled, reply: Reply, state: Conversation, visit: Visit) -> Conversation:
    """Return what to remember after a step of a request."""
    origin = (visit.conversation, visit.sender) if handled.draft else None
    return replace(
        state,
        choices=choices_of(reply),
        offered="",
        question="",
        draft=handled.draft,
        origin=origin,
        misunderstood=0,
    )


def after_answers(
    meanings: Sequence[Meaning],
    answers: Sequence[Answer],
    reply: Reply,
    state: Conversation,
    text: str,
) -> Conversation:
    """Return what to remember after an answer."""
    offered = ""
    for answer in answers:
        match answer.effect:
            case OfferRequest(request_type):
                offered = f"request_{request_type}"
            case OfferWithdrawal(reference):
                offered = f"withdraw {reference}"
            case OfferHuman():
                offered = "ask_team"
    topics = [m for m in meanings if m.goal not in _TALK and not m.goal.startswith(_NO_TOPIC)]
    goal, activities = state.goal, state.activities
    if topics:
        goal = topics[0].goal
        named = (topic.activities for topic in topics if topic.activities)
        activities = next(named, state.activities)
    unanswered = reply.kind is Kind.NOT_COVERED
    return replace(
        state,
        goal=goal,
        activities=activities,
        choices=choices_of(reply),
        offered=offered,
        question=text[:_LONGEST_QUESTION] if unanswered else state.question,
        misunderstood=0,
    )
