"""Who takes part in the stories of Teams, and what they wait for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from bot.database import rows
from bot.queues import Inbox
from bot.serving import Service
from bot.tickets.model import Person as Somebody
from bot.tickets.model import Ticket
from tests.channels.fake_teams import OTHER, TENANT, TRIAGE, FakeTeams, Person
from tests.channels.slack_story import until
from tests.channels.teams_people import Client

ANNA, SAM, OLGA, GUS, JAN, NEMO = "anna", "sam", "olga", "gus", "jan", "nemo"


def people() -> dict[str, Person]:
    """Return a customer, support, an officer, a guest, somebody of a customer, and a stranger."""
    listed = [
        Person(ANNA),
        Person(SAM),
        Person(OLGA),
        Person(GUS, role="guest"),
        Person(JAN, OTHER, locale="en-GB"),
        Person(NEMO, known=False),
    ]
    return {person.name: person for person in listed}


async def said(teams: FakeTeams, conversation: str, words: str) -> str:
    return str(
        await until(lambda: next((t for t in teams.texts(conversation) if words in t), None))
    )


def own(service: Service, user: str = ANNA, tenant: str = TENANT) -> tuple[Ticket, ...]:
    with service.house.database.reading() as handle:
        return service.house.desk.own_tickets(handle, Somebody("teams", tenant, user))


async def file_request(client: Client, teams: FakeTeams, service: Service) -> Ticket:
    await client.say(ANNA, "gooi alles van mij weg")
    await said(teams, "a:anna", "Dit dien ik voor u in")
    await client.say(ANNA, "ja")
    await said(teams, "a:anna", "is ingediend")
    await until(lambda: teams.texts(TRIAGE))
    return own(service)[0]


async def form_of(client: Client, who: str, label: str) -> dict[str, object]:
    """Press a button of the card in the staff channel, and return the task that it opens."""
    status, opened = await client.press(who, TRIAGE, label)
    assert status == 200
    assert isinstance(opened, dict)
    return opened


def kept(service: Service) -> list[dict[str, Any]]:
    """Return the rows of the inbox, the oldest first."""
    with service.house.database.reading() as handle:
        return rows(handle, "SELECT * FROM inbox WHERE kind <> 'direct' ORDER BY id")


@contextmanager
def held_back(service: Service) -> Iterator[None]:
    """Keep the worker from taking up what comes in, until the end of the block."""
    with patch.object(Inbox, "take", lambda *_: []):
        yield
