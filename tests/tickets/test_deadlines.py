"""When a request is due: worked dates, and what holds for every day of receipt."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import RequestType, TicketKind
from bot.tickets.deadlines import (
    AMSTERDAM,
    Calendar,
    asked_promptly,
    due_of,
    first_due,
    local_day,
    month_due,
)
from bot.tickets.model import Extension, ExtensionState, Person, Suspension, Ticket
from knowledge import load_law

CALENDAR = Calendar(load_law(), time(8, 30), time(18, 0))
EXAMPLES = 10_000 if os.environ.get("SOAK") else 1_000
RECEIPT_DAYS = st.dates(date(2026, 1, 1), date(2059, 12, 31))
every_receipt_day = settings(max_examples=EXAMPLES, deadline=None)

# received, one month later, due by law, internal target, due after an extension
WORKED = (
    "2026-01-31 2026-02-28 2026-03-02 2026-02-27 2026-04-30",
    "2026-03-06 2026-04-06 2026-04-07 2026-04-02 2026-06-08",
    "2026-11-30 2026-12-30 2026-12-30 2026-12-30 2027-03-01",
    "2026-11-25 2026-12-25 2026-12-28 2026-12-24 2027-02-25",
    "2026-11-26 2026-12-26 2026-12-28 2026-12-24 2027-02-26",
    "2026-12-01 2027-01-01 2027-01-04 2026-12-31 2027-03-01",
    "2027-01-31 2027-02-28 2027-03-01 2027-02-26 2027-04-30",
    "2027-02-01 2027-03-01 2027-03-01 2027-03-01 2027-05-03",
    "2027-02-26 2027-03-26 2027-03-26 2027-03-25 2027-05-26",
    "2027-02-28 2027-03-28 2027-03-30 2027-03-25 2027-05-28",
    "2027-03-27 2027-04-27 2027-04-28 2027-04-26 2027-06-28",
    "2027-04-05 2027-05-05 2027-05-07 2027-05-04 2027-07-05",
    "2027-04-16 2027-05-16 2027-05-18 2027-05-14 2027-07-16",
    "2027-11-25 2027-12-25 2027-12-27 2027-12-24 2028-02-25",
    "2028-01-31 2028-02-29 2028-02-29 2028-02-29 2028-05-01",
    "2031-03-26 2031-04-26 2031-04-28 2031-04-25 2031-06-26",
)


def ticket(received: datetime, **more: object) -> Ticket:
    fields: dict[str, object] = {
        "reference": "PR-0000-0000",
        "kind": TicketKind.REQUEST,
        "type": RequestType.ACCESS,
        "requester": Person("test", "tenant", "user"),
        "language": "nl",
        "received_at": received,
        "opened_at": received,
        **more,
    }
    return Ticket(**fields)  # type: ignore[arg-type]


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), AMSTERDAM)


@pytest.mark.parametrize("line", WORKED)
def test_a_worked_date_comes_out(line: str) -> None:
    received, nominal, legal, internal, extended = map(date.fromisoformat, line.split())

    due = month_due(received, CALENDAR)

    assert (due.legal, due.internal) == (legal, internal)
    assert ("nominal", nominal) in due.reasons[0].values
    assert month_due(received, CALENDAR, months=3).legal == extended


def test_a_late_evening_in_utc_is_the_next_day_in_amsterdam() -> None:
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)

    assert local_day(late) == date(2026, 12, 1)
    assert due_of(ticket(late), CALENDAR, late).legal == date(2027, 1, 4)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_day(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the case


def test_days_of_a_prompt_question_are_added_and_both_dates_are_shown() -> None:
    asked = Suspension(
        "identification", noon(date(2026, 11, 4)), counts=True, answered_at=noon(date(2026, 11, 11))
    )
    request = ticket(noon(date(2026, 11, 2)), suspensions=(asked,))

    due = due_of(request, CALENDAR, noon(date(2026, 11, 20)))

    assert due.legal == date(2026, 12, 9)
    assert due.without_pause == date(2026, 12, 2)


def test_the_clock_stands_while_a_prompt_question_is_open() -> None:
    asked = Suspension("clarification", noon(date(2026, 11, 4)), counts=True)
    request = ticket(noon(date(2026, 11, 2)), suspensions=(asked,))

    assert due_of(request, CALENDAR, noon(date(2026, 11, 6))).legal == date(2026, 12, 4)
    assert due_of(request, CALENDAR, noon(date(2026, 11, 9))).legal == date(2026, 12, 7)


def test_a_late_question_stops_nothing() -> None:
    late = Suspension("clarification", noon(date(2026, 11, 20)), counts=False)
    request = ticket(noon(date(2026, 11, 2)), suspensions=(late,))

    assert due_of(request, CALENDAR, noon(date(2026, 11, 30))).legal == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("asked", "prompt"),
    [("2026-11-02", True), ("2026-11-05", True), ("2026-11-06", False)],
)
def test_a_question_is_prompt_within_three_working_days(asked: str, *, prompt: bool) -> None:
    received = noon(date(2026, 11, 2))

    assert asked_promptly(received, noon(date.fromisoformat(asked)), CALENDAR) is prompt


@pytest.mark.parametrize(
    ("state", "legal"),
    [
        (ExtensionState.PENDING, "2026-12-30"),
        (ExtensionState.GRANTED, "2027-03-01"),
        (ExtensionState.VOID, "2026-12-30"),
    ],
)
def test_an_extension_counts_once_the_person_was_told(state: ExtensionState, legal: str) -> None:
    received = noon(date(2026, 11, 30))
    request = ticket(received, extension=Extension("many requests", received, state))

    assert due_of(request, CALENDAR, received).legal == date.fromisoformat(legal)
    assert first_due(request, CALENDAR, received) == date(2026, 12, 30)


@pytest.mark.parametrize(
    ("more", "internal"),
    [
        ({"kind": TicketKind.CONTACT, "type": None}, "2026-12-28"),
        ({"kind": TicketKind.INCIDENT, "type": None}, "2026-12-27"),
        ({"type": RequestType.WITHDRAW_CONSENT}, "2026-12-28"),
        ({"type": RequestType.COMPLAINT}, "2027-01-11"),
    ],
)
def test_what_has_no_month_of_its_own_has_an_internal_date(
    more: dict[str, object], internal: str
) -> None:
    received = noon(date(2026, 12, 24))

    due = due_of(ticket(received, **more), CALENDAR, received)

    assert due.legal is None
    assert due.internal == date.fromisoformat(internal)


def test_working_time_leaves_out_nights_weekends_and_holidays() -> None:
    start = datetime(2026, 12, 24, 17, 0, tzinfo=AMSTERDAM)
    end = datetime(2026, 12, 28, 9, 30, tzinfo=AMSTERDAM)

    assert CALENDAR.working_time_between(start, end) == timedelta(hours=2)


@every_receipt_day
@given(RECEIPT_DAYS)
def test_due_is_a_working_day_at_most_four_days_after_the_month(received: date) -> None:
    due = month_due(received, CALENDAR)
    nominal = dict(due.reasons[0].values)["nominal"]

    assert due.legal is not None
    assert isinstance(nominal, date)
    assert not CALENDAR.is_day_off(due.legal)
    assert timedelta(0) <= due.legal - nominal <= timedelta(days=4)
    assert due.internal <= nominal


@every_receipt_day
@given(RECEIPT_DAYS)
def test_due_never_moves_back_when_receipt_moves_on(received: date) -> None:
    today, tomorrow = (month_due(received + timedelta(days=n), CALENDAR).legal for n in (0, 1))

    assert today is not None
    assert tomorrow is not None
    assert today <= tomorrow


@every_receipt_day
@given(RECEIPT_DAYS, st.integers(0, 30))
def test_an_extension_and_a_pause_never_bring_the_date_forward(received: date, days: int) -> None:
    first, paused, extended = (
        month_due(received, CALENDAR, months, pause).legal
        for months, pause in ((1, 0), (1, days), (3, 0))
    )

    assert first is not None
    assert paused is not None
    assert extended is not None
    assert first <= paused
    assert first < extended


@every_receipt_day
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2059, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["America/Los_Angeles", "Asia/Tokyo", "Pacific/Kiritimati", "UTC"]),
)
def test_due_does_not_depend_on_the_time_zone_of_the_machine(moment: datetime, zone: str) -> None:
    elsewhere = moment.astimezone(ZoneInfo(zone))

    assert due_of(ticket(elsewhere), CALENDAR, elsewhere) == due_of(
        ticket(moment), CALENDAR, moment
    )
