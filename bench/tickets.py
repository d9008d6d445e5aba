"""How the desk holds up with many tickets, beside bare SQLite of the same durability.

`python -m bench.tickets` prints a table; it is no test, since times differ between machines.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from bot.app import House, build_house
from bot.database import Database
from bot.messages import ConversationRef, RequestType, TicketKind
from bot.tickets.desk import Opening
from bot.tickets.model import SYSTEM, Actor, Command, Person, Result, Role, State, Ticket

TICKETS = 100_000
OPEN_SHARE = 20
VIEWS = 300
CONFIRMED = 300
NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        house = build_house(lambda: NOW, database=Database(Path(folder) / "desk.sqlite"))
        count = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
        fill(house, count)
        report(house, count, Path(folder))


def report(house: House, count: int, folder: Path) -> None:
    store_of = house.desk.store_of
    with house.database.reading() as handle:
        store = store_of(handle)
        someone = Person("web", "local", "user-77")
        views: dict[str, Callable[[], object]] = {
            "queue": lambda: store.queue(25),
            "tickets of a person": lambda: store.of_person(someone),
            "due soon": lambda: store.due_between(NOW.date(), NOW.date() + timedelta(14), 50),
        }
        print(f"| {count:,} tickets | p50 ms | p99 ms |\n|---|---:|---:|")
        for name, view in views.items():
            times = timed(view, VIEWS)
            print(f"| {name} | {median(times):.2f} | {percentile(times, 99):.2f} |")
    held = purge_steps(house)
    print(f"\na purge step holds a writer for {max(held):.1f} ms at most ({len(held)} steps)")
    desk = per_second(lambda number: confirm(house, number))
    bare = bare_sqlite(folder / "bare.sqlite")
    print(f"confirmed a second: desk {desk:.0f}, bare SQLite {bare:.0f} ({desk / bare:.2f} x)")


def timed(function: Callable[[], object], count: int) -> list[float]:
    times = []
    for _ in range(count):
        started = time.perf_counter()
        function()
        times.append((time.perf_counter() - started) * 1000)
    return times


def percentile(values: list[float], share: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * share // 100)]


def opening(number: int, received: datetime) -> Opening:
    person = Person("web", "local", f"user-{number % 5_000}")
    return Opening(
        kind=TicketKind.REQUEST,
        type=list(RequestType)[number % 6],
        requester=person,
        language="nl",
        received_at=received,
        at=received,
        actor=Actor(person, Role.REQUESTER),
        conversation=ConversationRef("web", "local", person.user_id),
        name="Anna de Wit",
        words="Ik wil graag weten welke gegevens u van mij hebt.",
    )


def fill(house: House, count: int) -> None:
    """Keep many tickets, one in twenty of them open, as years of use would leave them."""
    template = opened(house, opening(0, NOW))
    with house.database.transaction() as handle:
        store = house.desk.store_of(handle)
        for number in range(1, count):
            at = NOW - timedelta(hours=number % 20_000)
            is_open = number % OPEN_SHARE == 0
            store.insert(
                replace(
                    template,
                    reference=f"PR-{number:08d}",
                    requester=Person("web", "local", f"user-{number % 5_000}"),
                    received_at=at,
                    opened_at=at,
                    due_on=(at + timedelta(days=30)).date(),
                    state=State.RECEIVED if is_open else State.CLOSED,
                    result=None if is_open else Result.NO_DATA,
                    closed_at=None if is_open else at,
                )
            )


def opened(house: House, one: Opening) -> Ticket:
    with house.database.transaction() as handle:
        (outcome,) = house.desk.open(handle, one)
    return outcome.ticket


def confirm(house: House, number: int) -> None:
    opened(house, opening(100_000_000 + number, NOW))


def per_second(function: Callable[[int], object]) -> float:
    started = time.perf_counter()
    for number in range(CONFIRMED):
        function(number)
    return CONFIRMED / (time.perf_counter() - started)


def bare_sqlite(path: Path) -> float:
    """Insert the same number of bytes in transactions of the same durability."""
    connection = sqlite3.connect(path, isolation_level=None)
    for setting in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {setting}").fetchall()
    connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, document TEXT)")
    document = json.dumps({"words": "x" * 1_500})

    def insert(number: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO rows VALUES (?, ?)", [number, document])
        connection.execute("COMMIT")

    return per_second(insert)


def purge_steps(house: House) -> list[float]:
    """Purge old tickets in the steps of the timekeeper, each in a transaction of its own."""
    later = NOW + timedelta(days=366)
    held: list[float] = []
    with house.database.reading() as handle:
        found = house.desk.store_of(handle).closed_unpurged(later.date() + timedelta(900), 100)
    for start in range(0, len(found), 5):
        began = time.perf_counter()
        with house.database.transaction() as handle:
            for ticket in found[start : start + 5]:
                house.desk.perform(handle, Command("purge", SYSTEM, later, ticket.reference))
        held.append((time.perf_counter() - began) * 1000)
    return held


if __name__ == "__main__":
    main()
