"""What a decision is made of: meanings, the context of a conversation, and the thresholds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

FACETS = ("retention", "controller", "legal_basis", "purpose", "data")
ABOUT_ACTIVITY = frozenset({*FACETS, "rights_apply"})
GENERAL = {
    "controller": "controller_general",
    "data": "service_overview",
    "purpose": "why_processing",
}
SPECIFIC = {general: facet for facet, general in GENERAL.items()}
Family = Literal["answer", "request", "silence", "foreign", "talk"]
Kind = Literal["said", "unsaid", "talk"]
KINDS: tuple[Kind, ...] = ("said", "unsaid", "talk")
_STATED_ABOUT_REQUESTS = frozenset({"request_how", "request_identification"})
_TALK = frozenset(
    {
        "acknowledge",
        "ask_team",
        "cancel",
        "escalate",
        "goodbye",
        "greeting",
        "help",
        "incident",
        "no",
        "resume",
        "smalltalk_other",
        "status",
        "thanks",
        "unclear",
        "withdraw_request",
        "yes",
    }
)


@cache
def family_of(goal: str) -> Family:
    """Return what kind of goal it is; `answer` is everything that the statement states."""
    if goal.startswith("silence_"):
        return "silence"
    if goal.startswith("foreign_"):
        return "foreign"
    if goal.startswith("request_") and goal not in _STATED_ABOUT_REQUESTS:
        return "request"
    return "talk" if goal in _TALK else "answer"


def kind_of(goals: Iterable[str]) -> Kind:
    """Return whether the statement says what is asked, wholly, or whether it is mere talk."""
    families = {family_of(goal) for goal in goals}
    if families == {"talk"}:
        return "talk"
    return "unsaid" if families & {"silence", "foreign"} else "said"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the lines lie, as probabilities unless the name says otherwise.

    Chosen on the rounds of questions in the tests: the fewest false answers first, then the most
    right ones; around each value the figures hardly change.
    """

    understood: float = 0.20
    second_goal: float = 0.20
    clause_goal: float = 0.75
    clause_goal_in_whole: float = 0.15
    activity: float = 0.50
    named_activity: float = 0.10
    weak_activity: float = 0.20
    likely_activity: float = 0.20
    stands_out: float = 0.75
    sure: float = 0.80
    rival_share: float = 0.35
    general_share: float = 0.40
    rival_of_unnamed: float = 0.20
    named_right: float = 0.20
    new_activity: float = 0.85
    silence_beside_facet: float = 0.10
    unnamed_silence: float = 0.30
    stated: float = 0.83
    stated_follow_up: float = 0.50
    stated_contact: float = 0.72
    stated_request: float = 0.10
    near: float = 0.30
    vague: float = 0.50
    not_stated: float = 0.60
    known_refusal: float = 0.20
    refusal_beside: float = 0.40
    follow_up_words: int = 9
    bare_words: int = 3
    bare_facet: float = 0.30
    question_of_its_own: float = 0.50
    beside_words: int = 6
    neighbour: float = 0.03
    other_data_words: int = 16
    cancel: float = 0.30
    question_in_draft: float = 0.50
    unknown_share: float = 0.5


THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing the person wants: a goal, and the activities it is about."""

    goal: str
    activities: tuple[str, ...] = ()
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Context:
    """What the conversation was about: the last goal and activities, and a request on its way.

    `writes` tells that the person was asked for something in their own words.
    """

    goal: str = ""
    activities: tuple[str, ...] = ()
    draft: str = ""
    writes: bool = False
    offered: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to answer, or what to ask back; `reason` is for `--explain`.

    `near` is what the statement does say and the question may have meant, where it is refused;
    `wanted` is a question about data of which it did not say which.
    """

    meanings: tuple[Meaning, ...] = ()
    near: tuple[Meaning, ...] = ()
    choices: tuple[Meaning, ...] = ()
    wanted: str = ""
    reason: str = ""
    on_behalf: bool = False
