"""What happens when the statement or the words grow: both are generated, the same every time."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, islice

from bench.desk import core_over
from bench.timing import Times, measure
from bot.messages import LANGUAGES, Language
from intents import Intents, load_intents
from knowledge import Activity, Statement, load_statement

SIZES = (14, 100, 1_000)
FACTORS = (1, 4, 16)
_ASKED = 170
_QUESTIONS = ("hoe lang bewaren jullie {}?", "who is responsible for {}?")
_SYLLABLES = [c + v + e for c in "bdfgklmnprstvz" for v in "aeiou" for e in ("", "l", "n", "r")]


@dataclass(frozen=True, slots=True)
class Step:
    """One size, how many forms that makes, and what it costs."""

    size: int
    forms: int
    times: Times


def by_statement(texts: Sequence[str]) -> list[Step]:
    """Return the times of the whole core over statements of each size.

    Half of the questions are the given ones, half name a row of the statement at hand.
    """
    steps = []
    intents = load_intents()
    for size in SIZES:
        statement = enlarged(load_statement(), size)
        asked = [*islice(_spread(texts, _ASKED), _ASKED), *_about_rows(statement, _ASKED)]
        times = measure(partial(core_over, statement, intents), asked)
        steps.append(Step(size, _forms(statement, intents), times))
    return steps


def by_forms(texts: Sequence[str]) -> list[Step]:
    """Return the times of the whole core with so many times the forms of the lexicon."""
    steps = []
    for factor in FACTORS:
        statement, intents = with_more_forms(load_statement(), load_intents(), factor)
        times = measure(partial(core_over, statement, intents), texts)
        steps.append(Step(factor, _forms(statement, intents), times))
    return steps


def enlarged(statement: Statement, size: int) -> Statement:
    """Return a statement of so many activities; the new ones get aliases of their own."""
    words = _invented()
    activities = list(statement.activities)
    for number in range(len(activities), size):
        model = statement.activities[number % len(statement.activities)]
        aliases = model.aliases.model_copy(
            update={
                language: tuple(_varied(form, words) for form in getattr(model.aliases, language))
                for language in LANGUAGES
            }
        )
        new = {"id": f"generated_{number}", "aliases": aliases}
        activities.append(model.model_copy(update=new))
    return _with_activities(statement, activities)


def with_more_forms(
    statement: Statement, intents: Intents, factor: int
) -> tuple[Statement, Intents]:
    """Return both with `factor` times the forms of every alias and concept."""
    words = _invented()
    activities = [
        activity.model_copy(
            update={
                "aliases": activity.aliases.model_copy(
                    update={
                        language: tuple(
                            _multiplied(getattr(activity.aliases, language), factor, words)
                        )
                        for language in LANGUAGES
                    }
                )
            }
        )
        for activity in statement.activities
    ]
    concepts: dict[str, Mapping[Language, list[str]]] = {
        concept: own if concept.startswith("_") else _more_of(own, factor, words)
        for concept, own in intents.words.items()
    }
    return _with_activities(statement, activities), replace(intents, words=concepts)


def _more_of(
    own: Mapping[Language, list[str]], factor: int, words: Iterator[str]
) -> dict[Language, list[str]]:
    return {language: _multiplied(forms, factor, words) for language, forms in own.items()}


def _with_activities(statement: Statement, activities: Iterable[Activity]) -> Statement:
    """Return the statement with other activities; a plain copy would keep its indexes."""
    return Statement.model_validate({**dict(statement), "activities": tuple(activities)})


def _multiplied(forms: Sequence[str], factor: int, words: Iterator[str]) -> list[str]:
    return [*forms, *(_varied(form, words) for form in forms for _ in range(factor - 1))]


def _varied(form: str, words: Iterator[str]) -> str:
    """Return the form with its last word replaced, so that it shares a beginning with others."""
    kept = form.split()[:-1]
    return " ".join([*kept, next(words)])


def _invented() -> Iterator[str]:
    """Yield words of three or four syllables that do not exist, the same in every run."""
    chance = random.Random(14)
    seen: set[str] = set()
    for _ in count():
        word = "".join(chance.choices(_SYLLABLES, k=chance.choice((3, 4))))
        if word not in seen:
            seen.add(word)
            yield word


def _spread(texts: Sequence[str], wanted: int) -> Iterator[str]:
    step = max(1, len(texts) // wanted)
    yield from texts[::step]


def _about_rows(statement: Statement, wanted: int) -> Iterator[str]:
    """Yield questions that name rows from the whole of the statement, no form twice if it can."""
    aliases = [form for a in statement.activities for form in (a.aliases.nl[-1], a.aliases.en[-1])]
    for number in range(wanted):
        place = number * len(aliases) // wanted if len(aliases) > wanted else number % len(aliases)
        yield _QUESTIONS[place % len(_QUESTIONS)].format(aliases[place])


def _forms(statement: Statement, intents: Intents) -> int:
    aliases = sum(len(a.aliases.nl) + len(a.aliases.en) for a in statement.activities)
    return aliases + sum(len(f) for own in intents.words.values() for f in own.values())
