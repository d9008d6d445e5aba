"""One ticket across both: who asks is in one, who handles it in the other, and nobody leaks.

After a deliberate change of wording, `UPDATE_TRANSCRIPTS=1 pytest tests/channels/test_across.py`
writes the transcripts anew; read the difference before you commit it.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from bot.serving import Service
from bot.tickets.model import Announcement, ExtensionState, Person, Result, Ticket
from tests.channels import fake_slack, fake_teams
from tests.channels.across_story import (
    ANNA,
    MILA,
    OLGA,
    SAM,
    TIM,
    VERA,
    Diary,
    Ticking,
    assert_nobody_leaks,
    people,
)
from tests.channels.conftest import desk_at_work, with_slack, with_teams
from tests.channels.fake_slack import FakeSlack
from tests.channels.fake_teams import FakeTeams
from tests.channels.slack_signer import Signer
from tests.channels.teams_people import Client

FOLDER = Path(__file__).parent.parent / "transcripts" / "across"


@pytest.fixture
async def diary(tmp_path: Path, slack: FakeSlack, slack_api: str) -> AsyncIterator[Diary]:
    teams = FakeTeams(people=people(), staff={TIM, VERA})
    clock = Ticking()
    async with TestServer(teams.app()) as cloud, ClientSession() as session:
        teams.at(cloud.port or 0)
        both = {**with_slack(slack_api), **with_teams(teams), "teams_officers": VERA}
        async with desk_at_work(tmp_path, clock, **both) as service:
            address = f"http://127.0.0.1:{service.settings.port}"
            signer = Signer(session, f"{address}/slack/", slack)
            client = Client(session, f"{address}/teams/messages", teams)
            yield Diary(service, slack, teams, signer, client, clock)


def ticket_of(service: Service, person: Person) -> Ticket:
    with service.house.database.reading() as handle:
        (ticket,) = service.house.desk.own_tickets(handle, person)
    return ticket


def compare(diary: Diary, name: str) -> None:
    path = FOLDER / f"{name}.txt"
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(diary.text(), encoding="utf-8")
    assert diary.text() == path.read_text(encoding="utf-8")


async def test_a_customer_in_teams_is_handled_from_slack(diary: Diary) -> None:
    customer = Person("teams", fake_teams.OTHER, MILA)
    diary.lines = ["# Een klant in Teams; de functionaris in Slack, een behandelaar in Teams."]

    await diary.type_in_teams("gooi alles van mij weg")
    await diary.type_in_teams("ja")
    await diary.press_in_slack(OLGA, "Oppakken")
    await diary.fill_in_slack(OLGA, "Iets navragen", text="Om welke dienst gaat het?")
    await diary.choose_in_teams("Antwoorden op")
    await diary.type_in_teams("Om mijn mobiele nummer.")
    await diary.fill_in_teams(TIM, "Notitie", text="Klant belde ook; klinkt ongerust.")
    await diary.read_in_slack(OLGA, "Details")
    before = ticket_of(diary.service, customer)
    await diary.fill_in_slack(OLGA, "Verlengen", reason="Veel systemen om na te lopen.")
    extended = ticket_of(diary.service, customer)
    await diary.type_in_teams("hoe staat het met mijn verzoek?")
    await diary.days_pass(2)
    await diary.fill_in_slack(
        OLGA,
        "Sluiten",
        outcome="granted",
        identity_method="known_contact",
        recipients="processors",
    )
    await diary.read_in_teams(TIM, "Details")

    closed = ticket_of(diary.service, customer)
    assert before.due_on is not None
    assert extended.extension is not None
    assert extended.extension.state is ExtensionState.GRANTED
    assert extended.due_on != before.due_on
    assert closed.result is Result.GRANTED
    assert_one_card_each(diary)
    assert_nobody_leaks(diary)
    compare(diary, "customer_in_teams")


async def test_an_employee_in_slack_is_handled_from_teams(diary: Diary) -> None:
    employee = Person("slack", fake_slack.TEAM, ANNA)
    diary.lines = ["# Een medewerker in Slack; de functionaris in Teams, een behandelaar in Slack."]

    await diary.type_in_slack("ik wil inzage in mijn gegevens")
    await diary.type_in_slack("ja")
    await diary.press_in_teams(VERA, "Oppakken")
    await diary.fill_in_teams(VERA, "Iets navragen", text="Gaat het om alles of om één dienst?")
    await diary.choose_in_slack("Antwoorden op")
    await diary.type_in_slack("Om alles.")
    await diary.fill_in_slack(SAM, "Notitie", text="Gegevens uit vier systemen opgevraagd.")
    await diary.read_in_teams(VERA, "Details")
    before = ticket_of(diary.service, employee)
    await diary.fill_in_teams(VERA, "Verlengen", reason="Vier systemen, veel gegevens.")
    extended = ticket_of(diary.service, employee)
    await diary.days_pass(2)
    await diary.fill_in_teams(
        VERA, "Sluiten", outcome="refused", reason="De gegevens zijn niet van u."
    )
    await diary.read_in_slack(SAM, "Details")

    assert extended.due_on != before.due_on
    assert ticket_of(diary.service, employee).result is Result.REFUSED
    assert_one_card_each(diary)
    assert_nobody_leaks(diary)
    compare(diary, "employee_in_slack")


async def test_the_digest_of_the_morning_names_nobody_of_the_other_side(diary: Diary) -> None:
    await diary.type_in_teams("gooi alles van mij weg")
    await diary.type_in_teams("ja")
    await diary.press_in_slack(OLGA, "Oppakken")
    reference = ticket_of(diary.service, Person("teams", fake_teams.OTHER, MILA)).reference
    house, values = diary.service.house, {"references": reference, "head": "abc123"}
    with house.database.transaction() as handle:
        digest = Announcement("digest", "staff", "", "nl", values)
        house.post.announce(handle, digest, None, diary.clock())
    diary.service.wake()
    await diary.happened("(overzicht van de ochtend)")

    assert any("abc123" in text for text in diary.teams.texts(fake_teams.TRIAGE))
    assert any("abc123" in text for text in diary.slack.texts(fake_slack.TRIAGE))
    assert_nobody_leaks(diary)


def assert_one_card_each(diary: Diary) -> None:
    """Assert that the card of the ticket was edited in place in both channels of staff."""
    in_slack = [m for m in diary.slack.messages[fake_slack.TRIAGE].values() if not m["thread_ts"]]
    in_teams = [m for m in diary.teams.messages[fake_teams.TRIAGE].values() if not m.get("thread")]
    assert len(in_slack) == 1
    assert in_slack[0]["edited"]
    assert len(in_teams) == 1
    assert any(method == "PUT" for method, _ in diary.teams.calls)
