"""From an Answer to a Reply: values come from the statement and the law only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import TypeVar

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list

from bot.errors import GroundingError
from bot.intent import Answer, Line, Option, Value
from bot.messages import (
    Block,
    Choice,
    Choices,
    Kind,
    Language,
    Notice,
    Reply,
    SourceLine,
    Text,
)
from bot.phrases import Templates, fill
from knowledge import Activity, Law, Retention, Statement

_PERIOD = re.compile(r"P(?P<number>\d+)(?P<unit>[DMY])")
T = TypeVar("T")
_GROUNDED = {Kind.ANSWER}


class Replies:
    """Renders answers in a language, with their source line."""

    def __init__(self, statement: Statement, law: Law, templates: Templates) -> None:
        """Keep where values and wording come from."""
        self.statement = statement
        self.law = law
        self.templates = templates
        self._of_activity: dict[tuple[str, Language], dict[str, str]] = {}
        self._sources: dict[tuple[str, Language], str] = {}

    def text(self, template: str, language: Language, **values: Value) -> str:
        """Return one filled template; raises WordsError for an unknown one."""
        return self._line(Line(template, values=values), language)

    def part(self, line: Line, language: Language) -> str:
        """Return one filled template as it stands, for use inside a sentence."""
        return self._filled(line, language)

    def joined(self, items: Sequence[str], language: Language) -> str:
        """Return items as one enumeration."""
        return listed(items, language)

    def render(
        self, answers: Sequence[Answer], language: Language, intent: str, score: float
    ) -> Reply:
        """Return the reply that says all answers in order.

        Raises GroundingError when an answer states no fact, or one that is not in the statement.
        """
        for answer in answers:
            self._check(answer)
        leading = _leading(answers)
        facts = _distinct(fact for answer in answers for fact in answer.facts)
        blocks: list[Block] = []
        for answer in answers:
            said = (Text(self._line(line, language)) for line in answer.lines)
            blocks.extend(text for text in said if text not in blocks)
            blocks.extend(self.rule_of_law(rule, language) for rule in answer.law)
        options = [option for answer in answers for option in answer.options]
        if options:
            buttons = _distinct(self._choice(option, language) for option in options)
            blocks.append(Choices(buttons))
        sources = tuple(self.source(fact, language) for fact in self._source_facts(facts))
        blocks.extend(SourceLine(source) for source in _distinct(sources))
        return Reply(
            kind=leading.kind,
            language=language,
            blocks=tuple(blocks),
            facts=facts,
            sources=_distinct(sources),
            intent=intent,
            request_type=leading.request_type,
            score=score,
        )

    def rule_of_law(self, rule_id: str, language: Language) -> Notice:
        """Return a rule of law, marked as law and not as the statement's word."""
        rule = self.law.rule(rule_id)
        article = rule.article.in_language(language)
        text = rule.text.in_language(language)
        return Notice(self.text("_common.law", language, article=article, rule=text), "law")

    def source(self, fact_id: str, language: Language) -> str:
        """Return the receipt of a fact: section, row, version and date."""
        known = self._sources.get((fact_id, language))
        if known is None:
            known = self._sources[fact_id, language] = self._source(fact_id, language)
        return known

    def _source(self, fact_id: str, language: Language) -> str:
        source = self.statement.source(fact_id)
        values: dict[str, Value] = {
            "section": source.section.heading,
            "row": source.row or "",
            "version": self.statement.version,
            "updated": self.statement.updated,
        }
        template = "_common.source_row" if source.row else "_common.source"
        return self.text(template, language, **values)

    def _source_facts(self, facts: Sequence[str]) -> tuple[str, ...]:
        """Return one fact for each place in the statement."""
        places: dict[tuple[str, str | None], str] = {}
        for fact in facts:
            source = self.statement.source(fact)
            places.setdefault((source.section.id, source.row), fact)
        return tuple(places.values())

    def _check(self, answer: Answer) -> None:
        if answer.kind in _GROUNDED and not answer.facts:
            raise GroundingError("an answer must name the facts that it states")
        unknown = set(answer.facts) - self.statement.fact_ids()
        if unknown:
            raise GroundingError(f"not a fact of the statement: {min(unknown)}")

    def _line(self, line: Line, language: Language) -> str:
        return _sentence(self._filled(line, language))

    def _filled(self, line: Line, language: Language) -> str:
        try:
            template = self.templates[line.template][language]
        except KeyError:
            raise GroundingError(f"no reply text {line.template!r} in {language}") from None
        values = self._values(line.fact, language)
        values |= {name: render_value(value, language) for name, value in line.values.items()}
        return fill(template, values)

    def _choice(self, option: Option, language: Language) -> Choice:
        text = self._line(Line(option.template, option.fact, option.values), language)
        value = f"/{option.goal} {option.activity}".strip() if option.goal else text
        return Choice(label=text, value=value)

    def _values(self, fact: str | None, language: Language) -> dict[str, str]:
        values = {
            "organisation": self.statement.organisation,
            "privacy_email": self.statement.topic("contact_privacy_email").values["email"],
            "general_email": self.statement.topic("contact_general_email").values["email"],
            "phone": self.statement.topic("contact_phone").values["phone"],
        }
        if fact is None:
            return values
        subject, _, _facet = fact.partition(".")
        if _facet:
            return values | self._activity_values(self.statement.activity(subject), language)
        if subject.startswith("right_"):
            right = self.statement.right(subject)
            values["label"] = right.label.in_language(language)
            values["text"] = right.text.in_language(language)
            values["expects"] = right.expects.in_language(language) if right.expects else ""
        elif subject.startswith("silence_"):
            silence = self.statement.silence(subject.removeprefix("silence_"))
            values["label"] = silence.label.in_language(language)
        else:
            topic = self.statement.topic(subject)
            values |= topic.values
            values["label"] = topic.label.in_language(language)
            values["text"] = topic.text.in_language(language)
        return values

    def _activity_values(self, activity: Activity, language: Language) -> dict[str, str]:
        known = self._of_activity.get((activity.id, language))
        if known is None:
            known = self._of_activity[activity.id, language] = self._said_of(activity, language)
        return known

    def _said_of(self, activity: Activity, language: Language) -> dict[str, str]:
        party = self.statement.party(activity.controller)
        explanation = party.explanation.in_language(language) if party.explanation else ""
        note = activity.data_note.in_language(language) if activity.data_note else ""
        purposes = activity.purposes.in_language(language) if activity.purposes else ()
        return {
            "label": activity.label.in_language(language),
            "service": self.statement.service(activity.service).label.in_language(language),
            "items": listed(activity.data.in_language(language), language),
            "note": f" ({note})" if note else "",
            "period": self.period(activity.retention, language),
            "controller": party.name.in_language(language),
            "explanation": explanation,
            "basis": self.statement.legal_basis(activity.legal_basis).label.in_language(language),
            "purposes": listed(purposes, language),
        }

    def period(self, retention: Retention, language: Language) -> str:
        """Return a retention period in words."""
        if retention.period:
            return period_in_words(retention.period, language, self.templates)
        word = retention.until or f"depends_on_{retention.depends_on}"
        return self.statement.retention_words[word].in_language(language)


def _leading(answers: Sequence[Answer]) -> Answer:
    """Return the answer that gives the whole reply its kind: a request or a fact comes first."""
    order = (Kind.ESCALATE, Kind.REQUEST, Kind.ANSWER, Kind.NOT_COVERED)
    ranked = sorted(answers, key=lambda a: order.index(a.kind) if a.kind in order else len(order))
    return ranked[0]


def _distinct(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def _sentence(text: str) -> str:
    """Return the text with a capital and single spaces, since fields may start a sentence."""
    clean = re.sub(r" {2,}", " ", text).strip()
    return clean[:1].upper() + clean[1:]


@lru_cache
def _locale(language: Language) -> Locale:
    return Locale.parse(language)


def listed(items: Sequence[str], language: Language) -> str:
    """Return items as one enumeration: `a, b en c`."""
    return format_list(list(items), locale=_locale(language)) if items else ""


def render_date(day: date, language: Language) -> str:
    """Return a date in words: `1 september 2026`."""
    return format_date(day, "d MMMM y", locale=_locale(language))


def render_value(value: Value, language: Language) -> str:
    """Return a typed value as text."""
    if isinstance(value, date | datetime):
        return render_date(value, language)
    return str(value)


def period_in_words(period: str, language: Language, templates: Templates) -> str:
    """Return an ISO 8601 period as people say it, by the number words in `_common.yaml`."""
    match = _PERIOD.fullmatch(period)
    if match is None:
        raise GroundingError(f"not a period: {period}")
    number, unit = int(match["number"]), match["unit"]
    name = templates[f"_common.period_{unit}_{'one' if number == 1 else 'many'}"][language]
    words = templates["_common.numbers"][language].split()
    spoken = words[number - 1] if number <= len(words) and unit != "D" else str(number)
    return fill(name, {"number": spoken})
