"""The privacy statement as records: activities, topics, rights, silences and who is who."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Literal, Self, TypeVar

from pydantic import Field, field_validator, model_validator

from bot.errors import GroundingError
from bot.messages import RequestType
from knowledge.texts import LocalList, LocalText, Model, Words

_WORDED_RETENTIONS = ("end_of_service", "depends_on_user")
FACETS = ("data", "retention", "controller", "legal_basis")
T = TypeVar("T")


class Retention(Model):
    """How long data are kept: exactly one of a period, an event or somebody's choice."""

    period: str | None = Field(None, pattern=r"^P[1-9]\d*[DMY]$")
    until: Literal["end_of_service"] | None = None
    depends_on: Literal["user"] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(v is not None for v in (self.period, self.until, self.depends_on)) != 1:
            raise ValueError("give exactly one of period, until, depends_on")
        return self


class Section(Model):
    """A heading of the statement; the code is ours, the heading is the statement's."""

    id: str = Field(pattern=r"^S[0-9](\.[1-9])?$")
    heading: Words
    heading_en: Words


class Service(Model):
    """A group of activities, as in the table's first column."""

    id: Words
    label: LocalText


class Party(Model):
    """A controller that the table names."""

    id: Words
    name: LocalText
    explanation: LocalText | None = None


class LegalBasis(Model):
    """A ground for processing, with the rule of law it stands on (GDPR art. 6(1))."""

    id: Words
    label: LocalText
    law: Words


class Activity(Model):
    """A row of the table: one processing activity (GDPR art. 30)."""

    id: Words
    service: Words
    section: Words
    row: Words
    label: LocalText
    data: LocalList
    data_note: LocalText | None = None
    retention: Retention
    controller: Words
    legal_basis: Words
    purposes: LocalList | None = None
    aliases: LocalList

    @model_validator(mode="after")
    def _same_number_in_both_languages(self) -> Self:
        for name, items in (("data", self.data), ("purposes", self.purposes)):
            if items is not None and len(items.nl) != len(items.en):
                raise ValueError(f"{name}: {len(items.nl)} items in nl, {len(items.en)} in en")
        return self


class Topic(Model):
    """Something the statement says outside the table; `values` are literal, such as a number."""

    id: Words
    section: Words
    label: LocalText
    text: LocalText
    values: dict[str, str] = Field(default_factory=dict)


class Right(Model):
    """A right of the data subject, as the statement words it."""

    id: Words
    section: Words
    request_types: tuple[RequestType, ...] = Field(min_length=1)
    label: LocalText
    text: LocalText
    expects: LocalText | None = None
    law: Words


class Silence(Model):
    """What people ask and the statement does not say; the law may answer, and facts be near."""

    id: Words
    label: LocalText
    law: str | None = None
    near: tuple[str, ...] = ()


class Source(Model):
    """Where a fact stands."""

    section: Section
    row: str | None = None


class Statement(Model):
    """Everything the statement says, once."""

    organisation: Words
    version: Words
    version_label: LocalText
    updated: date
    language_of_original: Literal["nl"]
    sections: tuple[Section, ...]
    services: tuple[Service, ...]
    parties: tuple[Party, ...]
    legal_bases: tuple[LegalBasis, ...]
    retention_words: dict[str, LocalText]
    activities: tuple[Activity, ...]
    topics: tuple[Topic, ...]
    rights: tuple[Right, ...]
    silences: tuple[Silence, ...]

    @field_validator("retention_words")
    @classmethod
    def _words_for_each(cls, words: dict[str, LocalText]) -> dict[str, LocalText]:
        if set(words) != set(_WORDED_RETENTIONS):
            raise ValueError(f"needs exactly {', '.join(_WORDED_RETENTIONS)}")
        return words

    def section(self, section_id: str) -> Section:
        """Return a section; raises GroundingError for an unknown id."""
        return _look_up(self._sections, section_id)

    def service(self, service_id: str) -> Service:
        """Return a service; raises GroundingError for an unknown id."""
        return _look_up(self._services, service_id)

    def party(self, party_id: str) -> Party:
        """Return a controller; raises GroundingError for an unknown id."""
        return _look_up(self._parties, party_id)

    def legal_basis(self, basis_id: str) -> LegalBasis:
        """Return a ground for processing; raises GroundingError for an unknown id."""
        return _look_up(self._legal_bases, basis_id)

    def activity(self, activity_id: str) -> Activity:
        """Return a processing activity; raises GroundingError for an unknown id."""
        return _look_up(self._activities, activity_id)

    def topic(self, topic_id: str) -> Topic:
        """Return a topic; raises GroundingError for an unknown id."""
        return _look_up(self._topics, topic_id)

    def right(self, right_id: str) -> Right:
        """Return a right; raises GroundingError for an unknown id."""
        return _look_up(self._rights, right_id)

    def silence(self, silence_id: str) -> Silence:
        """Return a silence; raises GroundingError for an unknown id."""
        return _look_up(self._silences, silence_id)

    def fact_ids(self) -> frozenset[str]:
        """Return every fact that an answer may cite."""
        return self._fact_ids

    def source(self, fact_id: str) -> Source:
        """Return where a fact stands; raises GroundingError for an unknown fact."""
        try:
            return self._sources[fact_id]
        except KeyError:
            raise GroundingError(f"not a fact of the statement: {fact_id}") from None

    @cached_property
    def _sections(self) -> dict[str, Section]:
        return {section.id: section for section in self.sections}

    @cached_property
    def _services(self) -> dict[str, Service]:
        return {service.id: service for service in self.services}

    @cached_property
    def _parties(self) -> dict[str, Party]:
        return {party.id: party for party in self.parties}

    @cached_property
    def _legal_bases(self) -> dict[str, LegalBasis]:
        return {basis.id: basis for basis in self.legal_bases}

    @cached_property
    def _activities(self) -> dict[str, Activity]:
        return {activity.id: activity for activity in self.activities}

    @cached_property
    def _topics(self) -> dict[str, Topic]:
        return {topic.id: topic for topic in self.topics}

    @cached_property
    def _rights(self) -> dict[str, Right]:
        return {right.id: right for right in self.rights}

    @cached_property
    def _silences(self) -> dict[str, Silence]:
        return {silence.id: silence for silence in self.silences}

    @cached_property
    def _fact_ids(self) -> frozenset[str]:
        facets = {f"{activity.id}.{facet}" for activity in self.activities for facet in FACETS}
        purposes = {f"{activity.id}.purpose" for activity in self.activities if activity.purposes}
        return frozenset(facets | purposes | set(self._topics) | set(self._rights))

    @cached_property
    def _sources(self) -> dict[str, Source]:
        told: tuple[Topic | Right, ...] = (*self.topics, *self.rights)
        sources = {record.id: Source(section=self.section(record.section)) for record in told}
        for activity in self.activities:
            place = Source(section=self.section(activity.section), row=activity.row)
            sources |= {f"{activity.id}.{facet}": place for facet in (*FACETS, "purpose")}
        return {fact: source for fact, source in sources.items() if fact in self._fact_ids}


def _look_up(records: dict[str, T], record_id: str) -> T:
    try:
        return records[record_id]
    except KeyError:
        raise GroundingError(f"unknown id {record_id!r}") from None
