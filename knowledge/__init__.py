"""What the desk knows: the statement and the few rules of law."""

from knowledge.law import RIGHT_NAMES, ActivityRights, AppliedRight, Holiday, Law, Rule
from knowledge.loader import load_law, load_statement
from knowledge.schema import (
    FACETS,
    Activity,
    LegalBasis,
    Party,
    Retention,
    Right,
    Section,
    Service,
    Silence,
    Source,
    Statement,
    Topic,
)
from knowledge.texts import LocalList, LocalText

__all__ = [
    "FACETS",
    "RIGHT_NAMES",
    "Activity",
    "ActivityRights",
    "AppliedRight",
    "Holiday",
    "Law",
    "LegalBasis",
    "LocalList",
    "LocalText",
    "Party",
    "Retention",
    "Right",
    "Rule",
    "Section",
    "Service",
    "Silence",
    "Source",
    "Statement",
    "Topic",
    "load_law",
    "load_statement",
]
