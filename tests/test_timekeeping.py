"""What happens by itself, over a real SQLite file and a clock that a test moves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import House
from bot.database import Database, rows
from bot.messages import ConversationRef, Kind, RequestType, TicketKind, plain_text
from bot.post import EMAIL, Routes
from bot.tickets.model import Announcement, Person, Result, State, Ticket
from tests.conftest import NOON, Clock, a_house, message
from tests.tickets.conftest import OFFICER, SUPPORT, DeskAtWork

STAFF = ConversationRef("desk", "local", "staff")
ANNA = Person("test", "", "anna")


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = NOON
    return clock


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    database = Database(tmp_path / "desk.sqlite")
    channels = frozenset({"web", "test", EMAIL})
    routes = Routes(channels=channels, staff=(STAFF,), mailbox="privacy@example.org")
    yield a_house(clock, database=database, routes=routes)
    database.close()


@pytest.fixture
def at_work(house: House, clock: Clock) -> DeskAtWork:
    return DeskAtWork(house, clock)


def sent(house: House, kind: str) -> list[dict[str, Any]]:
    """Return the notices of a kind that wait in the outbox, with their channel."""
    with house.database.reading() as handle:
        found = rows(handle, "SELECT channel, document FROM outbox ORDER BY created, id")
    notices = [json.loads(row["document"]) | {"channel": row["channel"]} for row in found]
    return [notice for notice in notices if notice["kind"] == kind]


def pass_time(house: House, clock: Clock, **time: float) -> None:
    clock.now += timedelta(**time)
    house.timekeeper.tick(clock.now)


def test_a_demand_that_is_never_confirmed_becomes_a_ticket_after_a_day(
    house: House, clock: Clock
) -> None:
    house.assistant.answer(message("gooi alles van mij weg", user="anna"))
    pass_time(house, clock, hours=23)
    assert sent(house, "new") == []

    pass_time(house, clock, hours=2)

    with house.database.reading() as handle:
        (ticket,) = house.desk.own_tickets(handle, Person("test", "local", "anna"))
    assert ticket.unconfirmed
    assert ticket.type is RequestType.ERASURE
    assert ticket.received_at == NOON
    assert len(sent(house, "unconfirmed")) == 1
    assert "nog niet bevestigd" in plain_text(
        house.assistant.answer(message("hoe staat het met mijn verzoek?", user="anna"))
    )


def test_a_cancelled_demand_becomes_nothing(house: House, clock: Clock) -> None:
    for text in ("gooi alles van mij weg", "annuleer"):
        house.assistant.answer(message(text, user="bert"))

    pass_time(house, clock, days=2)

    assert sent(house, "new") == []


def test_a_ticket_that_nobody_claims_goes_to_the_officer_after_eight_working_hours(
    house: House, clock: Clock, at_work: DeskAtWork
) -> None:
    ticket = at_work.open()
    pass_time(house, clock, hours=19)  # five working hours today, none in the evening
    assert sent(house, "escalated") == []

    pass_time(house, clock, hours=5)
    pass_time(house, clock, minutes=1)

    after = at_work.get(ticket)
    assert after is not None
    assert after.escalation_level == 1
    assert len(sent(house, "escalated")) == 1


def test_a_claimed_ticket_goes_to_the_officer_after_three_idle_working_days(
    house: House, clock: Clock, at_work: DeskAtWork
) -> None:
    ticket = at_work.open()
    at_work.perform(ticket, "claim", SUPPORT)
    pass_time(house, clock, days=2)
    assert sent(house, "escalated") == []

    pass_time(house, clock, days=1)

    assert len(sent(house, "escalated")) == 1


def test_whoever_claimed_a_ticket_in_a_channel_is_reminded_there_in_private(
    tmp_path: Path, clock: Clock
) -> None:
    routes = Routes(frozenset({"test", "slack"}), (STAFF,), private={"slack": "im:"})
    database = Database(tmp_path / "desk.sqlite")
    house = a_house(clock, database=database, routes=routes)
    with database.transaction() as handle:
        ticket = Ticket("PR-1", TicketKind.REQUEST, ANNA, "nl", clock.now, clock.now)
        claimed = replace(ticket, claimed_by=Person("slack", "T0", "U0SAM"))
        house.post.announce(handle, Announcement("reminder", "claimer", "PR-1"), claimed, clock.now)
    (notice,) = sent(house, "reminder")
    database.close()

    assert notice["channel"] == "slack"


def test_an_incident_is_told_at_once_and_every_hour_until_somebody_claims_it(
    house: House, clock: Clock, at_work: DeskAtWork
) -> None:
    ticket = at_work.open(kind=TicketKind.INCIDENT, type=None)
    assert {notice["channel"] for notice in sent(house, "incident")} == {"desk", EMAIL}

    for _ in range(6):
        pass_time(house, clock, minutes=30)
    assert len([n for n in sent(house, "incident") if n["channel"] == "desk"]) == 1 + 3

    at_work.perform(ticket, "claim")
    pass_time(house, clock, hours=5)
    assert len([n for n in sent(house, "incident") if n["channel"] == "desk"]) == 1 + 3


def test_an_extension_that_reaches_nobody_in_time_is_void_with_an_alarm(
    house: House, clock: Clock, at_work: DeskAtWork
) -> None:
    ticket = at_work.open()
    at_work.perform(ticket, "claim")
    at_work.perform(ticket, "extend", reason="veel verzoeken")

    clock.now = datetime(2026, 12, 25, 12, tzinfo=UTC)
    house.timekeeper.tick(clock.now)

    after = at_work.get(ticket)
    assert after is not None
    assert after.extension is not None
    assert after.extension.state == "void"
    assert {notice["channel"] for notice in sent(house, "extension_void")} == {"desk", EMAIL}


def test_reminders_come_once_each_in_the_digest_of_nine_o_clock(
    house: House, clock: Clock, at_work: DeskAtWork
) -> None:
    ticket = at_work.open()  # due on Thursday 24 December 2026
    at_work.perform(ticket, "claim")
    days_with_a_digest = []
    while clock.now < datetime(2026, 12, 30, 12, tzinfo=UTC):
        before = len(sent(house, "digest"))
        pass_time(house, clock, hours=6)
        at_work.perform(ticket, "note", text="nog bezig")
        if len(sent(house, "digest")) > before:
            days_with_a_digest.append(clock.now.astimezone().date().isoformat())

    assert days_with_a_digest == [
        "2026-12-10",
        "2026-12-17",
        "2026-12-21",
        "2026-12-23",
        "2026-12-24",
        "2026-12-28",
        "2026-12-29",
        "2026-12-30",
    ]
    assert len(sent(house, "due_tomorrow")) == 1


def test_a_closed_ticket_is_purged_after_its_time_and_leaves_a_line_without_a_person(
    house: House, clock: Clock, at_work: DeskAtWork
) -> None:
    kept = at_work.open()
    ticket = at_work.open(name="Anna de Wit", words="mijn gegevens")
    for each in (kept, ticket):
        at_work.perform(each, "close", outcome="no_data")
    at_work.perform(kept, "hold", until="on", reason="rechtszaak")

    pass_time(house, clock, days=3 * 366)

    assert at_work.get(ticket) is None
    assert at_work.get(kept) is not None
    with house.database.reading() as handle:
        (line,) = rows(handle, "SELECT * FROM register")
        left = str(rows(handle, "SELECT * FROM events WHERE reference = ?", ticket.reference))
        assert house.desk.verify(handle).broken_at is None
        assert house.desk.verify(handle).purged >= 2
    assert line["result"] == Result.NO_DATA
    assert "Anna" not in left
    assert "mijn gegevens" not in left


def test_looking_twice_at_the_same_moment_changes_nothing_more(
    house: House, clock: Clock, at_work: DeskAtWork
) -> None:
    at_work.open()
    at_work.open(kind=TicketKind.INCIDENT, type=None)
    pass_time(house, clock, days=3)
    with house.database.reading() as handle:
        before = rows(handle, "SELECT count(*) AS n FROM outbox")

    house.timekeeper.tick(clock.now)

    with house.database.reading() as handle:
        assert rows(handle, "SELECT count(*) AS n FROM outbox") == before


def test_a_clock_that_jumps_back_loses_nothing(
    house: House, clock: Clock, at_work: DeskAtWork
) -> None:
    ticket = at_work.open()
    clock.now -= timedelta(days=2)

    house.timekeeper.tick(clock.now)
    at_work.perform(ticket, "claim", OFFICER)

    after = at_work.get(ticket)
    assert after is not None
    assert after.state is State.IN_PROGRESS
    with house.database.reading() as handle:
        assert house.desk.verify(handle).broken_at is None
    assert house.assistant.answer(message("status", user="carla")).kind is Kind.STATUS
