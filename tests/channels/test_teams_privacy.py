"""What may not be read, kept or said: mentions, markup, numbers, channels, roles and the log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog

from bot.database import rows
from bot.serving import Service
from tests.channels.conftest import desk_at_work, with_teams
from tests.channels.fake_teams import BOT, HALL, TRIAGE, FakeTeams, said_in
from tests.channels.slack_story import until
from tests.channels.teams_people import Client
from tests.channels.teams_story import (
    ANNA,
    GUS,
    OLGA,
    SAM,
    file_request,
    form_of,
    held_back,
    kept,
    own,
    said,
)

BSN = "111222333"
MINE = "<at>Privacy desk</at>"


@pytest.fixture
async def service(tmp_path: Path, teams: FakeTeams) -> AsyncIterator[Service]:
    async with desk_at_work(tmp_path, **with_teams(teams)) as running:
        yield running


class TestTyped:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            (f"{MINE} waar is de Privacy desk voor?", "waar is de Privacy desk voor?"),
            (f"{MINE} vraag het <at>Jan</at>", "vraag het Jan"),
            (f"hoi {MINE}, cookies?", "hoi  , cookies?"),
            (f'{MINE}<at id="1">Privacy desk</at> hoi', "Privacy desk hoi"),
            (f"{MINE}&nbsp;1 &lt; 2 &amp; 3 &gt; 2", "1 < 2 & 3 > 2"),
            (f"<div><p>{MINE} een</p><p>twee</p></div>", "een\ntwee"),
            (f"{MINE}<script>alert(1)</script>", "alert(1)"),
        ],
    )
    async def test_only_the_apps_own_mention_goes(
        self, client: Client, service: Service, text: str, wanted: str
    ) -> None:
        assert await self.words(client, service, text) == wanted

    @pytest.mark.parametrize(
        "entity",
        [
            {"type": "mention", "text": MINE},
            {"type": "mention", "text": MINE, "mentioned": None},
            {"type": "mention", "text": MINE, "mentioned": "28:x"},
            {"type": "mention", "mentioned": {"id": BOT}},
        ],
    )
    async def test_a_mention_of_which_something_is_missing_is_read_as_its_name(
        self, client: Client, service: Service, entity: dict[str, object]
    ) -> None:
        found = await self.words(client, service, f"{MINE} cookies?", [entity])

        assert found == "Privacy desk cookies?"

    @staticmethod
    async def words(
        client: Client, service: Service, text: str, entities: list[dict[str, object]] | None = None
    ) -> str:
        mention = {"type": "mention", "text": MINE, "mentioned": {"id": BOT}}
        given = [mention] if entities is None else entities
        with held_back(service):
            await client.send(client.activity(ANNA, HALL, text=text, entities=given))
            (row,) = kept(service)
        return str(json.loads(row["body"])["text"])


class TestNumbers:
    async def test_a_citizen_service_number_is_masked_before_it_is_kept(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        with held_back(service):
            await client.say(ANNA, f"hoe lang bewaren jullie cookies? Mijn BSN is {BSN}")
            (row,) = kept(service)
        service.wake()

        assert BSN not in row["body"]
        assert "•••" in row["body"]
        text = await said(teams, "a:anna", "één jaar")
        assert "nummer" in text
        assert BSN not in everything(service)

    async def test_a_citizen_service_number_in_a_form_is_masked(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        await file_request(client, teams, service)
        opened = await form_of(client, SAM, "Notitie")
        await client.submit(SAM, opened, {"text": f"Belde; BSN {BSN}."})
        await client.say(ANNA, "help")
        await said(teams, "a:anna", "Een verzoek doen")
        _, opened = await client.press(ANNA, "a:anna", "Een verzoek doen")
        await client.submit(ANNA, opened, {"types": "access", "words": f"Mijn BSN is {BSN}"})

        assert len(own(service)) == 2
        assert BSN not in everything(service)
        assert BSN not in json.dumps(teams.messages)


class TestChannel:
    @pytest.mark.parametrize(
        "said_there",
        [
            "gooi al mijn gegevens weg",
            "hoe staat het met mijn verzoek?",
            "hoe staat het met {reference}?",
            "trek {reference} in",
            "help",
        ],
    )
    @pytest.mark.parametrize("place", [HALL, "19:group"])
    async def test_nothing_personal_is_said_where_others_read_along(
        self, client: Client, teams: FakeTeams, service: Service, said_there: str, place: str
    ) -> None:
        ticket = await file_request(client, teams, service)
        await client.mention(ANNA, said_there.format(reference=ticket.reference), place)

        await until(lambda: teams.texts(place))
        await asyncio.sleep(0.3)
        raw = json.dumps(list(teams.messages[place].values()), ensure_ascii=False)
        assert ticket.reference not in raw
        for word in ("ontvangen", "verwijdering", "ANNA", "anna", "uiterlijk"):
            assert word not in raw
        assert own(service)[0].is_open

    async def test_a_conversation_of_an_unknown_kind_is_no_private_one(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        await file_request(client, teams, service)
        activity = client.activity(ANNA, HALL, text="hoe staat het met mijn verzoek?")
        del activity["conversation"]["conversationType"]
        await client.send(activity)

        (answer,) = await until(lambda: teams.texts(HALL))
        assert own(service)[0].reference not in answer
        await client.say(ANNA, "hoe staat het met mijn verzoek?")
        await said(teams, "a:anna", "Uw verzoek")
        assert len(teams.texts(HALL)) == 1


class TestStaff:
    async def test_a_guest_asks_and_files_and_is_never_staff(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        await client.say(GUS, "gooi alles van mij weg")
        await said(teams, "a:gus", "Dit dien ik voor u in")
        await client.say(GUS, "ja")
        await said(teams, "a:gus", "is ingediend")
        await until(lambda: teams.texts(TRIAGE))
        (ticket,) = own(service, GUS)
        for label in ("Details", "Notitie", "Sluiten"):
            _, opened = await client.press(GUS, TRIAGE, label)
            assert "privacyteam" in opened["task"]["value"]
        assert own(service, GUS) == (ticket,)

    async def test_nobody_handles_a_ticket_of_their_own(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        await client.say(SAM, "gooi alles van mij weg")
        await said(teams, "a:sam", "Dit dien ik voor u in")
        await client.say(SAM, "ja")
        await until(lambda: teams.texts(TRIAGE))

        _, opened = await client.press(SAM, TRIAGE, "Details")

        assert "een collega moet het doen" in opened["task"]["value"]

    async def test_a_form_on_a_card_that_changed_meanwhile_is_told_kindly(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        await file_request(client, teams, service)
        opened = await form_of(client, SAM, "Iets navragen")
        await client.press(OLGA, TRIAGE, "Oppakken")
        await until(lambda: own(service)[0].claimed_by)

        status, told = await client.submit(SAM, opened, {"text": "Welke dienst?"})

        assert status == 200
        assert "Iemand was u voor" in told["task"]["value"]
        assert not any("Welke dienst?" in text for text in teams.texts("a:anna"))

    async def test_a_form_of_staff_shows_what_is_wrong_and_keeps_what_was_filled_in(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        await file_request(client, teams, service)
        opened = await form_of(client, OLGA, "Sluiten")

        filled = {"outcome": "granted", "handed_over_on": "morgen", "reason": "Alles gewist."}
        _, wrong = await client.submit(OLGA, opened, filled)

        shown = wrong["task"]["value"]["card"]
        assert "Schrijf een dag als" in said_in({"attachments": [shown]})
        assert "Alles gewist." in said_in({"attachments": [shown]})
        assert own(service)[0].is_open


async def test_no_word_of_anybody_reaches_the_log(
    client: Client,
    teams: FakeTeams,
    service: Service,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    canary = "kanarie-zin-die-nergens-hoort"
    caplog.set_level("DEBUG")
    with structlog.testing.capture_logs() as ours:
        await client.send(client.activity(ANNA, text=canary), "Bearer x.y.z")
        await client.send(client.activity(ANNA, text=canary, channelId="other"))
        await client.send(client.activity(ANNA, text=canary, type={"a": canary}))
        await client.invoke(ANNA, canary, {"data": {"action": canary, "text": canary}})
        await file_request(client, teams, service)
        for label in ("Notitie", "Bericht sturen"):
            opened = await form_of(client, SAM, label)
            await client.submit(SAM, opened, {"text": canary})
        teams.blocked.add(ANNA)
        await client.say(ANNA, canary)
        await client.mention(ANNA, canary)
        await until(lambda: teams.texts(HALL))

    captured = capfd.readouterr()
    theirs = [r.getMessage() for r in caplog.records if not r.name.startswith("asyncio")]
    assert ours
    said_there = captured.out + captured.err + "\n".join(theirs) + repr(ours)
    for secret in (canary, ANNA, "token-of-the-app", "secret-of-the-app"):
        assert secret not in said_there


def everything(service: Service) -> str:
    """Return all that is kept in the database, as one text."""
    with service.house.database.reading() as handle:
        tables = rows(handle, "SELECT name FROM sqlite_master WHERE type = 'table'")
        return str([rows(handle, f"SELECT * FROM {table['name']}") for table in tables])
