"""A choice that was offered, taken by button, by number or by its words."""

from __future__ import annotations

from rapidfuzz import fuzz

from bot.conversation import PendingChoice
from bot.messages import Choices, Reply
from bot.text import normalise, tokens
from bot.tickets.reference import references_in
from bot.understanding.meaning import FACETS, Meaning
from bot.understanding.reading import Reader, Reading

_LIKE_THE_LABEL = 85
_LIKELY = 0.4
_LONGEST_ORDINAL = 4
_LONGEST_YES = 9
_FIRST_WORDS = 1
_ORDINALS = ("choice_first", "choice_second", "choice_third")


def choices_of(reply: Reply) -> tuple[PendingChoice, ...]:
    """Return the choices that a reply offers."""
    found = []
    for block in reply.blocks:
        if isinstance(block, Choices):
            for choice in block.choices:
                goal, *activities = choice.value.removeprefix("/").split()
                found.append(PendingChoice(choice.label, goal, tuple(activities)))
    return tuple(found)


def meaning_of_choice(
    text: str, pending: tuple[PendingChoice, ...], goals: frozenset[str], reader: Reader
) -> Meaning | None:
    """Return what a pressed button or a typed choice stands for, or None if it is neither."""
    if text.startswith("/"):
        goal, *activities = text[1:].split() or [""]
        known = all(
            name in reader.activities or references_in(name) == (name,) for name in activities
        )
        complete = bool(activities) or goal not in FACETS
        return Meaning(goal, tuple(activities)) if goal in goals and known and complete else None
    if not pending:
        return None
    normalised = normalise(text)
    reading = reader.read(text)
    position = _position(normalised, reading)
    if position is not None:
        return _meaning(pending[position]) if position < len(pending) else None
    named = _named(reading, pending)
    if named is not None:
        return _meaning(named)
    scored = [(fuzz.ratio(normalised, normalise(choice.label)), choice) for choice in pending]
    score, best = max(scored, key=lambda pair: pair[0])
    return _meaning(best) if score >= _LIKE_THE_LABEL else None


def agrees(reading: Reading) -> bool:
    """Tell whether a short text says yes to an offer: `ja, stuur maar door`, `ok, dat wil ik`."""
    said = {found.concept for found in reading.spots if found.first <= _FIRST_WORDS}
    wants = "acknowledge" in said and "want" in reading.concepts
    goal, score = reading.best_goals()[0]
    demands = goal.startswith("request_") and score >= _LIKELY
    asks = "?" in reading.text or len(reading.words) > _LONGEST_YES or bool(reading.named)
    asks = asks or demands
    return ("yes" in said or wants) and not asks and not reading.concepts & {"no", "negated"}


def _named(reading: Reading, pending: tuple[PendingChoice, ...]) -> PendingChoice | None:
    """Return the choice whose question a short text asks: `hoe lang`, `grondslag`."""
    if len(reading.words) > _LONGEST_ORDINAL or reading.named:
        return None
    best = max(pending, key=lambda choice: reading.goals.get(choice.goal, 0.0))
    distinct = len({choice.goal for choice in pending}) == len(pending)
    return best if distinct and reading.goals.get(best.goal, 0.0) >= _LIKELY else None


def _position(normalised: str, reading: Reading) -> int | None:
    words = [token.text for token in tokens(normalised)]
    if len(words) == 1 and words[0].isdigit():
        return int(words[0]) - 1 if words[0] != "0" else None
    if len(words) > _LONGEST_ORDINAL:
        return None
    return next((i for i, name in enumerate(_ORDINALS) if name in reading.concepts), None)


def _meaning(choice: PendingChoice) -> Meaning:
    return Meaning(choice.goal, choice.activities)
