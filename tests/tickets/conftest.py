"""A desk over a real SQLite file, and short ways to open and act on tickets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import House
from bot.database import Database
from bot.messages import ConversationRef, RequestType, TicketKind
from bot.tickets.desk import Opening
from bot.tickets.model import Actor, Command, Outcome, Person, Role, Ticket
from tests.conftest import NOON, Clock, a_house

ANNA = Person("web", "local", "anna")
SUPPORT = Actor(Person("slack", "staff", "sam"), Role.SUPPORT)
OFFICER = Actor(Person("slack", "staff", "olga"), Role.OFFICER)
REQUESTER = Actor(ANNA, Role.REQUESTER)
KEY = b"k" * 32


class DeskAtWork:
    """The house with its own clock, for tests that follow one ticket."""

    def __init__(self, house: House, clock: Clock) -> None:
        self.house = house
        self.clock = clock

    def open(self, **more: object) -> Ticket:
        opening = Opening(
            kind=TicketKind.REQUEST,
            type=RequestType.ACCESS,
            requester=ANNA,
            language="nl",
            received_at=self.clock(),
            at=self.clock(),
            actor=REQUESTER,
            conversation=ConversationRef("web", "local", "anna"),
            words="Ik wil mijn gegevens zien.",
        )
        opening = replace(opening, **more)  # type: ignore[arg-type]
        with self.house.database.transaction() as handle:
            (outcome,) = self.house.desk.open(handle, opening)
            self.house.post.send(handle, outcome, self.clock())
        return outcome.ticket

    def perform(
        self, ticket: Ticket, action: str, actor: Actor = OFFICER, **values: str
    ) -> Outcome:
        command = Command(action, actor, self.clock(), ticket.reference, values)
        with self.house.database.transaction() as handle:
            outcome = self.house.desk.perform(handle, command)
            self.house.post.send(handle, outcome, self.clock())
        return outcome

    def get(self, ticket: Ticket) -> Ticket | None:
        with self.house.database.reading() as handle:
            return self.house.desk.store_of(handle).get(ticket.reference)


@pytest.fixture
def own_clock() -> Clock:
    clock = Clock()
    clock.now = NOON
    return clock


@pytest.fixture
def at_work(tmp_path: Path, own_clock: Clock) -> Iterator[DeskAtWork]:
    database = Database(tmp_path / "private" / "desk.sqlite")
    yield DeskAtWork(a_house(own_clock, database=database, chain_key=KEY), own_clock)
    database.close()
