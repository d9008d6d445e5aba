"""Which things asked in one message are answered together."""

from __future__ import annotations

from collections.abc import Sequence

from bot.understanding.meaning import FACETS, Meaning

NO_ANSWER = ("silence_", "foreign_")
TALK = frozenset(
    {"greeting", "thanks", "goodbye", "acknowledge", "smalltalk_other", "yes", "no", "help"}
)
ALONE = ("status", "escalate", "incident", "cancel", "resume", "withdraw_request", "yes", "no")
_FAMILIES = (
    frozenset({*FACETS}),
    frozenset(
        {
            "contact_address",
            "contact_phone",
            "contact_hours",
            "contact_privacy_email",
            "contact_general_email",
        }
    ),
    frozenset({"statement_version", "statement_changes"}),
    frozenset({"request_how", "request_identification"}),
    frozenset({"request_how", "rights_overview"}),
    frozenset({"sharing_112", "sharing_withheld_number"}),
    frozenset({"sharing_processors", "sharing_outside_eea"}),
)
_PURPOSES = ("delivery", "troubleshooting", "security", "improvement")
_NEIGHBOURS = (
    _FAMILIES[1],
    frozenset({"why_processing", *(f"purpose_{name}" for name in _PURPOSES)}),
    frozenset({"sharing_processors", "sharing_outside_eea", "sharing_authorities"}),
)


def same_family(first: str, second: str) -> bool:
    """Tell whether two goals are often asked in one breath."""
    return any(first in family and second in family for family in _FAMILIES)


def neighbours_of(goal: str) -> frozenset[str]:
    """Return the topics of which a short text may ask another after this one; maybe none."""
    return next((around for around in _NEIGHBOURS if goal in around), frozenset())


def go_together(first: str, second: str) -> bool:
    """Tell whether what another clause asks may be answered beside the main question."""
    if same_family(first, second):
        return True
    if "unclear" in (first, second) or second in TALK or second.startswith(NO_ANSWER):
        return False
    if first.startswith(ALONE) or second.startswith(ALONE):
        return False
    about_right = first.startswith("right") or second.startswith("right")
    return not (about_right and (first.startswith("request_") or second.startswith("request_")))


def merged(meanings: Sequence[Meaning]) -> tuple[Meaning, ...]:
    """Return the meanings once each, requests last, so that an answer precedes its offer."""
    distinct = {(m.goal, m.activities): m for m in meanings}
    return tuple(sorted(distinct.values(), key=lambda m: m.goal.startswith("request_")))
