"""When a ticket is due, by law and for ourselves; pure, and each date explains itself.

Sources: GDPR art. 12(3) and 12(6); Regulation (EEC, Euratom) 1182/71 art. 3; CJEU C-171/03
(the day of receipt does not count); the public holidays of law.yaml. Days are those of
Europe/Amsterdam, whatever the time zone of the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from bot.messages import RequestType, TicketKind
from bot.tickets.model import ExtensionState, Suspension, Ticket
from knowledge import Law

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WITHOUT_A_MONTH = frozenset({RequestType.WITHDRAW_CONSENT, RequestType.COMPLAINT})
PROMPT_WORKING_DAYS = 3
INCIDENT_HOURS = 72
_MONTHS, _MONTHS_EXTENDED = 1, 3
_COMPLAINT_WORKING_DAYS = 10
_SATURDAY = 6
_ONE_DAY = timedelta(days=1)


def local_day(moment: datetime) -> date:
    """Return the day in Amsterdam at a moment, which must know its time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(AMSTERDAM).date()


@dataclass(frozen=True, slots=True)
class Reason:
    """One step in how a date came about: a text in `_deadlines` and its values."""

    name: str
    values: tuple[tuple[str, str | int | date], ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """When an answer is due: by law, for ourselves, and where no pause is relied on."""

    legal: date | None
    internal: date
    without_pause: date | None = None
    reasons: tuple[Reason, ...] = field(default=())


class Calendar:
    """Working days by the law file, and working hours by the stated opening hours."""

    def __init__(self, law: Law, opens: time, closes: time) -> None:
        """Take the holidays of the law and the stated hours (Monday to Friday)."""
        self._law = law
        self._opens = opens
        self._closes = closes
        self._days_off = lru_cache(maxsize=128)(self._holidays)

    @cached_property
    def hours_a_day(self) -> timedelta:
        """Return how long the desk is open on a working day."""
        any_day = date(2000, 1, 3)
        return datetime.combine(any_day, self._closes) - datetime.combine(any_day, self._opens)

    def is_day_off(self, day: date) -> bool:
        """Tell whether a day is a Saturday, a Sunday or a public holiday (1182/71 art. 2)."""
        return day.isoweekday() >= _SATURDAY or day in self._days_off(day.year)[0]

    def roll_forward(self, day: date) -> date:
        """Return the first working day on or after a day (1182/71 art. 3(4))."""
        while self.is_day_off(day):
            day += _ONE_DAY
        return day

    def working_day_before(self, day: date) -> date:
        """Return the last day on or before one that nobody here counts as off, Good Friday too."""
        while self.is_day_off(day) or day in self._days_off(day.year)[1]:
            day -= _ONE_DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """Return the working day that comes `count` working days after a day."""
        for _ in range(count):
            day = self.roll_forward(day + _ONE_DAY)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Return how many working days lie after `start`, up to and including `end`."""
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(not self.is_day_off(day) for day in days)

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Return how long the desk was open between two moments."""
        return sum(
            (
                max(timedelta(0), min(end, closes) - max(start, opens))
                for opens, closes in self._openings(start, end)
            ),
            timedelta(0),
        )

    def _openings(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        day, last = local_day(start), local_day(end)
        while day <= last:
            if not self.is_day_off(day):
                yield (
                    datetime.combine(day, self._opens, AMSTERDAM),
                    datetime.combine(day, self._closes, AMSTERDAM),
                )
            day += _ONE_DAY

    def _holidays(self, year: int) -> tuple[frozenset[date], frozenset[date]]:
        own = frozenset(day.on(year) for day in self._law.internal_days_off)
        return frozenset(self._law.holidays_in(year)), own

    def holiday_name(self, day: date) -> str:
        """Return the id of the public holiday on a day, or an empty text."""
        holiday = self._law.holidays_in(day.year).get(day)
        return holiday.id if holiday else ""


def due_of(ticket: Ticket, calendar: Calendar, now: datetime) -> Due:
    """Return when an answer to a ticket is due, seen at this moment."""
    received = local_day(ticket.received_at)
    if ticket.kind is TicketKind.CONTACT:
        return Due(None, calendar.add_working_days(received, 1), reasons=(Reason("contact"),))
    if ticket.kind is TicketKind.INCIDENT:
        day = local_day(ticket.received_at + timedelta(hours=INCIDENT_HOURS))
        return Due(None, day, reasons=(Reason("incident"),))
    if ticket.type is RequestType.WITHDRAW_CONSENT:
        return Due(None, calendar.add_working_days(received, 1), reasons=(Reason("consent"),))
    if ticket.type is RequestType.COMPLAINT:
        day = calendar.add_working_days(received, _COMPLAINT_WORKING_DAYS)
        return Due(None, day, reasons=(Reason("complaint"),))
    extended = ticket.extension is not None and ticket.extension.state is ExtensionState.GRANTED
    months = _MONTHS_EXTENDED if extended else _MONTHS
    return month_due(received, calendar, months, suspended_days(ticket.suspensions, now))


def first_due(ticket: Ticket, calendar: Calendar, now: datetime) -> date:
    """Return the last day of the first month, before which an extension must be told."""
    days = suspended_days(ticket.suspensions, now)
    legal = month_due(local_day(ticket.received_at), calendar, _MONTHS, days).legal
    assert legal is not None
    return legal


def month_due(received: date, calendar: Calendar, months: int = 1, paused_days: int = 0) -> Due:
    """Return the due dates of a request received on a day.

    The period ends on the same day number `months` later, or on the last day of a shorter
    month; days of a pause are added; an end on a day off moves to the next working day.
    """
    plain = received + relativedelta(months=months)
    nominal = plain + timedelta(days=paused_days)
    legal = calendar.roll_forward(nominal)
    return Due(
        legal=legal,
        internal=calendar.working_day_before(nominal),
        without_pause=calendar.roll_forward(plain) if paused_days else None,
        reasons=tuple(_reasons(calendar, received, months, paused_days, (plain, nominal, legal))),
    )


def _reasons(
    calendar: Calendar,
    received: date,
    months: int,
    paused_days: int,
    ends: tuple[date, date, date],
) -> Iterator[Reason]:
    plain, nominal, legal = ends
    name = "month" if months == _MONTHS else "extended"
    yield Reason(name, (("received", received), ("nominal", plain)))
    if plain.day != received.day:
        yield Reason("short_month", (("number", received.day),))
    if paused_days:
        yield Reason("paused", (("days", paused_days), ("nominal", nominal)))
    if legal != nominal:
        holiday = calendar.holiday_name(nominal)
        yield Reason(
            f"rolled_{'holiday' if holiday else 'weekend'}",
            (("holiday", holiday), ("nominal", nominal), ("legal", legal)),
        )


def suspended_days(suspensions: tuple[Suspension, ...], now: datetime) -> int:
    """Return for how many days questions that were asked promptly have stopped the clock."""
    return sum(
        max(0, (local_day(s.answered_at or now) - local_day(s.asked_at)).days)
        for s in suspensions
        if s.counts
    )


def asked_promptly(received_at: datetime, asked_at: datetime, calendar: Calendar) -> bool:
    """Tell whether a question came soon enough to stop the clock: within three working days."""
    last = calendar.add_working_days(local_day(received_at), PROMPT_WORKING_DAYS)
    return local_day(asked_at) <= last
