"""What `knowledge check` looks at beyond the schema: texts, words and examples that disagree."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.messages import LANGUAGES, Language
from bot.phrases import read_yaml
from bot.text import normalise
from knowledge import Law, Statement

_NUMBER = re.compile(r"\d+(?:[.:\-/]\d+)*")
_FACETS = ("data", "retention", "controller", "legal_basis")

Templates = Mapping[str, Mapping[Language, str]]


def knowledge_defects(
    statement: Statement, law: Law, templates: Templates, goals: frozenset[str], examples: Path
) -> list[str]:
    """Return every defect at once, each a line that names what is wrong and where."""
    return [
        *_shared_aliases(statement),
        *_foreign_numbers(statement, law, templates),
        *_unreached(statement, goals, examples),
    ]


def _shared_aliases(statement: Statement) -> Iterator[str]:
    """Yield an alias that two activities share: it could only be answered by a guess."""
    for language in LANGUAGES:
        owners: dict[str, set[str]] = defaultdict(set)
        for activity in statement.activities:
            for alias in activity.aliases.in_language(language):
                owners[normalise(alias)].add(activity.id)
        for alias, names in sorted(owners.items()):
            if len(names) > 1:
                yield f"statement.yaml: alias {alias!r} ({language}) names {sorted(names)}"


def _foreign_numbers(statement: Statement, law: Law, templates: Templates) -> Iterator[str]:
    """Yield a number in a reply text that neither the statement nor the law holds."""
    known = set(_NUMBER.findall(statement.model_dump_json())) | set(
        _NUMBER.findall(law.model_dump_json())
    )
    for key, texts in sorted(templates.items()):
        if key.startswith("_"):
            continue  # about this chat and its desk, not about the statement
        for language, text in texts.items():
            for number in sorted(set(_NUMBER.findall(text)) - known):
                yield f"{key} ({language}): {number} stands in no fact and no rule of law"


def _unreached(statement: Statement, goals: frozenset[str], folder: Path) -> Iterator[str]:
    """Yield a goal or fact that no example question reaches, and examples of unknown goals."""
    reached: set[str] = set()
    for path in sorted(folder.glob("*.yaml")):
        for number, entry in enumerate(read_yaml(path), 1):
            own = entry["goal"].split()
            about: Sequence[str] = entry.get("about", "").split()
            reached.update(own)
            reached.update(f"{name}.{goal}" for name in about for goal in own)
            for goal in set(own) - goals - {"unclear"}:
                yield f"{path.name}:{number}: unknown goal {goal!r}"
    facts = {f"{a.id}.{facet}" for a in statement.activities for facet in _FACETS}
    reachable = (goals - {"request_detail"}) | facts
    for name in sorted(reachable - reached):
        yield f"examples: no question reaches {name}"
