"""The few rules of law that the desk states or applies, each with its article."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Literal, Self, get_args

from dateutil.easter import easter as easter_sunday
from pydantic import BeforeValidator, Field, model_validator

from bot.errors import GroundingError
from knowledge.texts import LocalText, Model, Words

_SUNDAY = 7
RightName = Literal["access", "rectification", "erasure", "restriction", "portability", "objection"]
RIGHT_NAMES: tuple[RightName, ...] = get_args(RightName)


def _as_word(value: object) -> object:
    """YAML 1.1 reads a bare yes or no as a truth value; an editor means the word."""
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


Applies = Annotated[Literal["yes", "conditional", "no"], BeforeValidator(_as_word)]


class Rule(Model):
    """A rule of law in plain words; always told as the law's, never as the statement's."""

    id: Words
    article: LocalText
    text: LocalText
    source: Words


class Holiday(Model):
    """A Dutch public holiday: a fixed day or a distance in days from Easter Sunday."""

    id: Words
    name: LocalText
    month: int | None = None
    day: int | None = None
    when_sunday_move: int = 0
    easter: int | None = None
    source: Words

    @model_validator(mode="after")
    def _fixed_or_easter(self) -> Self:
        fixed = self.month is not None and self.day is not None
        half = (self.month is None) != (self.day is None)
        if half or fixed == (self.easter is not None):
            raise ValueError("give month and day, or easter")
        if self.when_sunday_move and not fixed:
            raise ValueError("only a fixed day can move")
        self.on(2001)
        return self

    def on(self, year: int) -> date:
        """Return the day of this holiday in a year."""
        if self.month is None or self.day is None:
            return easter_sunday(year) + timedelta(days=self.easter or 0)
        day = date(year, self.month, self.day)
        moved = self.when_sunday_move if day.isoweekday() == _SUNDAY else 0
        return day + timedelta(days=moved)


class ActivityRights(Model):
    """Which rights can apply to an activity, by its legal basis (GDPR art. 15-21). Advice only."""

    access: Applies
    rectification: Applies
    erasure: Applies
    restriction: Applies
    portability: Applies
    objection: Applies


class BasisNote(Model):
    """The rule that explains why a right is conditional on, or absent from, a legal basis."""

    basis: Words
    right: RightName
    note: Words


class ActivityException(Model):
    """Where one activity differs from its legal basis; without a right it is about all of them."""

    activity: Words
    right: RightName | None = None
    applies: Applies | None = None
    note: Words

    @model_validator(mode="after")
    def _one_right_changes(self) -> Self:
        if self.applies is not None and self.right is None:
            raise ValueError("applies needs a right")
        return self


class AppliedRight(Model):
    """Whether one right can apply to one activity, with the rules that say so."""

    right: RightName
    applies: Applies
    notes: tuple[str, ...]


class Law(Model):
    """Rules, holidays, and which rights go with which legal basis or activity."""

    rules: tuple[Rule, ...]
    holidays: tuple[Holiday, ...]
    # Apart from the holidays, so that nobody can gain time by one of these (law.yaml says why).
    internal_days_off: tuple[Holiday, ...]
    rights_by_basis: dict[str, ActivityRights] = Field(min_length=1)
    basis_notes: tuple[BasisNote, ...]
    exceptions: tuple[ActivityException, ...]

    def rule(self, rule_id: str) -> Rule:
        """Return a rule; raises GroundingError for an unknown id."""
        try:
            return self._rules[rule_id]
        except KeyError:
            raise GroundingError(f"unknown rule of law {rule_id!r}") from None

    def rights_of(self, activity_id: str, basis_id: str) -> tuple[AppliedRight, ...]:
        """Return each right of GDPR art. 15-21 with whether it can apply to an activity.

        Raises GroundingError for an unknown legal basis.
        """
        if basis_id not in self.rights_by_basis:
            raise GroundingError(f"no rights known for legal basis {basis_id!r}")
        base = self.rights_by_basis[basis_id]
        special = [e for e in self.exceptions if e.activity == activity_id]
        return tuple(self._applied(name, base, basis_id, special) for name in RIGHT_NAMES)

    def holidays_in(self, year: int) -> dict[date, Holiday]:
        """Return the public holidays of a year by day (Algemene termijnenwet art. 3(1))."""
        return {holiday.on(year): holiday for holiday in self.holidays}

    def _applied(
        self,
        name: RightName,
        base: ActivityRights,
        basis_id: str,
        special: list[ActivityException],
    ) -> AppliedRight:
        about = [e for e in special if e.right in (name, None)]
        changed = [e.applies for e in about if e.applies is not None]
        notes = [n.note for n in self.basis_notes if n.basis == basis_id and n.right == name]
        return AppliedRight(
            right=name,
            applies=changed[-1] if changed else getattr(base, name),
            notes=tuple(dict.fromkeys([*notes, *(e.note for e in about)])),
        )

    @cached_property
    def _rules(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.rules}
