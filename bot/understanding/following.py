"""What a text means by what went before it: a detail of a draft, a follow-up, a correction."""

from __future__ import annotations

from collections.abc import Sequence

from bot.understanding.meaning import (
    ABOUT_ACTIVITY,
    FACETS,
    SPECIFIC,
    Context,
    Decision,
    Meaning,
    Thresholds,
    family_of,
)
from bot.understanding.reading import Reading
from bot.understanding.subjects import subjects_of
from bot.understanding.together import neighbours_of

_ENDS_A_DRAFT = frozenset({"cancel", "withdraw_request"})
_IN_A_DRAFT = frozenset({"yes", "no", "resume"})
_WAYS_TO_REACH = frozenset({"address_word", "mail_word", "phone_word"})
A_DETAIL = Decision((Meaning("request_detail"),), reason="a detail of the request")
_A_NOTE = Decision((Meaning("request_note"),), reason="told beside the request")


def in_draft(reading: Reading, context: Context, limits: Thresholds) -> Decision | None:
    """Return what a message means while a request is being prepared, None for a question."""
    if not context.draft:
        return None
    goal, score = reading.best_goals()[0]
    if _tells(goal, score, reading, limits):
        return _A_NOTE
    if len(reading.words) > limits.follow_up_words:
        return None
    if goal in _ENDS_A_DRAFT or reading.goals.get("cancel", 0) >= limits.cancel:
        return Decision((Meaning("cancel", (), score),), reason="the request is cancelled")
    if goal in _IN_A_DRAFT and score >= limits.question_in_draft:
        return Decision((Meaning(goal, (), score),), reason="on with the request")
    certain = any(found.confidence == 1 for found in reading.spots)
    talks = goal == "smalltalk_other" and score >= limits.sure
    likely = talks or (certain and score >= limits.question_in_draft)
    return None if likely or asks(reading, context) else A_DETAIL


def asks(reading: Reading, context: Context) -> bool:
    """Tell whether a text in a draft is a question of its own, not a story that was asked for."""
    return "?" in reading.text and not context.writes


def _tells(goal: str, score: float, reading: Reading, limits: Thresholds) -> bool:
    """Tell whether a text says where a person can be reached: `ok. my address is Elm Road 1`."""
    if "?" in reading.text or reading.asks_anew:
        return False
    digits = any(letter.isdigit() for letter in reading.text)
    other = score < limits.sure or family_of(goal) in {"silence", "foreign"}
    return digits and other and bool(reading.concepts & _WAYS_TO_REACH)


def follow_up(reading: Reading, context: Context, limits: Thresholds) -> Decision | None:
    """Return the last question for other data (`en voor cookies?`), or another for the same."""
    last = SPECIFIC.get(context.goal, context.goal)
    if last not in ABOUT_ACTIVITY:
        return _beside(reading, context, limits)
    if len(reading.words) > limits.other_data_words:
        return None
    goal, score = reading.best_goals()[0]
    bare = len(reading.words) <= limits.bare_words
    corrects = reading.corrects and (goal == "unclear" or not reading.asks_anew)
    only_names = bare and reading.names_only and bool(reading.named)
    least = limits.understood if reading.asks_anew else limits.question_of_its_own
    vague = goal == "unclear" or score < least or reading.only_other_data
    found = subjects_of(reading, limits)
    if corrects and not found:
        found = _one_of(context.activities, reading, limits)
    if (vague or corrects or only_names) and found:
        return Decision((Meaning(last, found[:2]),), reason="the last question, other data")
    asked, sure = next(pair for pair in reading.best_goals() if pair[0] in FACETS)
    plain = bare and reading.stated_of_known >= limits.not_stated
    least = limits.bare_facet if plain else limits.sure
    if goal == "unclear" and context.activities and sure >= least:
        meant = Meaning(asked, context.activities, sure)
        return Decision((meant,), reason="another question, the same data")
    return None


def _one_of(activities: Sequence[str], reading: Reading, limits: Thresholds) -> tuple[str, ...]:
    """Return the one of the last activities that a correction seems to mean."""
    if len(activities) < 2:  # noqa: PLR2004 - there is nothing to choose
        return ()
    likely = {name: reading.activities.get(name, 0.0) for name in activities}
    best = max(activities, key=likely.__getitem__)
    return (best,) if likely[best] >= limits.named_activity else ()


def _beside(reading: Reading, context: Context, limits: Thresholds) -> Decision | None:
    """Return the neighbour of the last topic that a short text asks: `en per mail?`."""
    neighbours = neighbours_of(context.goal)
    if not neighbours or len(reading.words) > limits.beside_words:
        return None
    goal, score = reading.best_goals()[0]
    if goal in neighbours or (goal != "unclear" and score >= limits.sure):
        return None
    best = max(neighbours, key=lambda name: reading.goals.get(name, 0.0))
    likely = reading.goals.get(best, 0.0) >= limits.neighbour
    if not likely or "follow_up" not in reading.concepts:
        return None
    return Decision((Meaning(best, (), score),), reason="a neighbour of the last topic")
