"""What comes in from Teams again, late, changed, broken or forged: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.serving import Service
from tests.channels.conftest import desk_at_work, with_teams
from tests.channels.fake_teams import TRIAGE, FakeTeams
from tests.channels.slack_story import until
from tests.channels.teams_people import Client
from tests.channels.teams_story import ANNA, SAM, file_request, held_back, kept, own, said

COOKIES = "hoe lang bewaren jullie cookies?"


@pytest.fixture
async def service(tmp_path: Path, teams: FakeTeams) -> AsyncIterator[Service]:
    async with desk_at_work(tmp_path, **with_teams(teams)) as running:
        yield running


class TestAgain:
    async def test_an_activity_that_comes_three_times_at_once_and_later_is_answered_once(
        self, client: Client, teams: FakeTeams
    ) -> None:
        activity = client.activity(ANNA, text=COOKIES)

        at_once = await asyncio.gather(*(client.send(activity) for _ in range(3)))
        await said(teams, "a:anna", "één jaar")
        later = [await client.send(activity) for _ in range(3)]

        assert [status for status, _ in at_once + later] == [200] * 6
        await asyncio.sleep(0.5)
        assert len(teams.texts("a:anna")) == 1

    async def test_a_yes_that_comes_three_times_files_one_ticket(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        await client.say(ANNA, "gooi alles van mij weg")
        await said(teams, "a:anna", "Dit dien ik voor u in")
        yes = client.activity(ANNA, text="ja")

        await asyncio.gather(*(client.send(yes) for _ in range(3)))
        await said(teams, "a:anna", "is ingediend")
        await client.send(yes)

        await asyncio.sleep(0.5)
        assert len(own(service)) == 1
        assert len(teams.texts(TRIAGE)) == 1

    async def test_a_form_that_is_sent_in_twice_files_one_ticket(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        await client.say(ANNA, "help")
        await said(teams, "a:anna", "Een verzoek doen")
        _, opened = await client.press(ANNA, "a:anna", "Een verzoek doen")
        _, wrong = await client.submit(ANNA, opened, {"types": ""})

        told = [await client.submit(ANNA, wrong, {"types": "access"}) for _ in range(2)]

        (ticket,) = own(service)
        assert all(ticket.reference in done["task"]["value"] for _, done in told)
        _, another = await client.press(ANNA, "a:anna", "Een verzoek doen")
        await client.submit(ANNA, another, {"types": "erasure"})
        assert len(own(service)) == 2

    async def test_activities_out_of_order_are_each_answered_once(
        self, client: Client, teams: FakeTeams
    ) -> None:
        first = client.activity(ANNA, text=COOKIES)
        second = client.activity(ANNA, text="hoe lang bewaren jullie gespreksopnames?")
        for activity in (second, first, second, first):
            assert (await client.send(activity))[0] == 200

        await said(teams, "a:anna", "één jaar")
        await said(teams, "a:anna", "90 dagen")
        await asyncio.sleep(0.5)
        assert len(teams.texts("a:anna")) == 2

    async def test_two_messages_without_an_id_are_both_answered(
        self, client: Client, teams: FakeTeams
    ) -> None:
        for text in (COOKIES, "hoe lang bewaren jullie gespreksopnames?"):
            activity = client.activity(ANNA, text=text)
            del activity["id"]
            assert (await client.send(activity))[0] == 200

        await said(teams, "a:anna", "één jaar")
        await said(teams, "a:anna", "90 dagen")


class TestChanged:
    @pytest.mark.parametrize("kind", ["messageUpdate", "messageDelete"])
    async def test_an_edit_and_a_deletion_after_the_answer_change_nothing(
        self, client: Client, teams: FakeTeams, kind: str
    ) -> None:
        activity = client.activity(ANNA, text=COOKIES)
        await client.send(activity)
        await said(teams, "a:anna", "één jaar")

        changed = {**activity, "type": kind, "text": "gooi alles van mij weg"}
        status, _ = await client.send(changed)

        assert status == 200
        await asyncio.sleep(0.5)
        assert len(teams.texts("a:anna")) == 1

    async def test_what_is_deleted_before_it_is_taken_up_is_neither_kept_nor_answered(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        activity = client.activity(ANNA, text=COOKIES)
        with held_back(service):
            await client.send(activity)
            await client.send({**activity, "type": "messageDelete", "text": ""})
        service.wake()

        await client.say(ANNA, "hoe lang bewaren jullie gespreksopnames?")
        await said(teams, "a:anna", "90 dagen")
        assert len(teams.texts("a:anna")) == 1
        assert [row["body"] for row in kept(service)] == [None, None]

    async def test_a_button_that_is_pressed_twice_does_its_work_once(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        await file_request(client, teams, service)
        ((identifier, card),) = teams.messages[TRIAGE].items()
        (claim,) = [
            action["data"]
            for element in card["attachments"][0]["content"]["body"]
            for action in element.get("actions", ())
            if action["title"] == "Oppakken"
        ]

        for _ in range(2):
            status, _ = await client.pressed(SAM, TRIAGE, identifier, claim)
            assert status == 200
            await until(lambda: own(service)[0].claimed_by)

        await said(teams, TRIAGE, "Kijk er opnieuw naar")
        assert own(service)[0].version == 2


class TestBroken:
    @pytest.mark.parametrize(
        "body", [b"\xff\xfe", b"null", b"[]", b"[{}]", b"{", b"{}", b"", b'"text"', b"[" * 100_000]
    )
    async def test_a_body_that_cannot_be_read_is_a_bad_request(
        self, client: Client, service: Service, body: bytes
    ) -> None:
        assert await posted(client, body) == 400
        assert kept(service) == []

    async def test_a_body_of_a_megabyte_is_too_large(
        self, client: Client, service: Service
    ) -> None:
        activity = client.activity(ANNA, text="a" * 1024 * 1024)

        assert await posted(client, json.dumps(activity).encode()) == 413
        assert kept(service) == []

    async def test_an_invoke_that_nobody_knows_is_not_implemented(self, client: Client) -> None:
        status, _ = await client.invoke(ANNA, "signin/verifyState", {"state": "123456"})

        assert status == 501

    @pytest.mark.parametrize("token", ["", "Bearer x.y.z", "Basic abc", "forged", "other-app"])
    async def test_without_a_true_token_nothing_is_kept(
        self, client: Client, service: Service, teams: FakeTeams, token: str
    ) -> None:
        made = {
            "forged": f"{client.token()[:-8]}AAAAAAAA",
            "other-app": teams.issuer.token(aud="another", serviceurl=f"{teams.base}/"),
        }
        activity = json.dumps(client.activity(ANNA, text=COOKIES)).encode()
        bearer = f"Bearer {made[token]}" if token in made else token

        assert await posted(client, activity, bearer) == 401
        assert kept(service) == []

    @pytest.mark.parametrize(
        "change",
        [
            {"serviceUrl": "https://evil.example/"},
            {"channelId": "webchat"},
            {"channelData": {"tenant": {"id": "a-third-tenant"}}},
            {"channelData": {}, "conversation": {"id": "a:anna"}},
        ],
    )
    async def test_what_may_not_come_here_is_forbidden_and_not_kept(
        self, client: Client, service: Service, change: dict[str, Any]
    ) -> None:
        status, _ = await client.send({**client.activity(ANNA, text=COOKIES), **change})

        assert status == 403
        assert kept(service) == []


class TestDatabase:
    async def test_while_another_process_holds_the_database_teams_is_asked_to_send_it_again(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        activity = client.activity(ANNA, text=COOKIES)
        holder = await asyncio.to_thread(holding, service.settings.database, 10)
        began = time.monotonic()
        told = [(await client.send(activity))[0]]
        assert time.monotonic() - began < 12
        while told[-1] != 200 and len(told) < 20:
            await asyncio.sleep(0.5)
            told.append((await client.send(activity))[0])
        await asyncio.to_thread(holder.wait)

        assert told[0] == 503
        assert told[-1] == 200
        await said(teams, "a:anna", "één jaar")
        await asyncio.sleep(0.5)
        assert len(teams.texts("a:anna")) == 1

    async def test_with_a_full_disk_teams_is_asked_to_send_it_again(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        await client.say(ANNA, "hoi")
        await until(lambda: teams.texts("a:anna"))
        most = set_pages(service, 1)
        told = []
        for number in range(40):
            told.append(await client.say(ANNA, f"{COOKIES} {'x' * 3000} {number}"))
            if told[-1] != 200:
                break
        assert told[-1] == 503
        set_pages(service, most)

        assert await client.say(ANNA, COOKIES) == 200
        await said(teams, "a:anna", "één jaar")


def set_pages(service: Service, most: int) -> int:
    """Let the database take no more pages than it has, or so many; return what it was."""
    with service.house.database.reading() as handle:
        before = handle.execute("PRAGMA max_page_count").fetchone()[0]
        handle.execute(f"PRAGMA max_page_count = {most}")
    return int(before)


def holding(database: Path, seconds: int) -> subprocess.Popen[str]:
    """Hold the write lock of a database in another process; return once it has it."""
    code = (
        "import sqlite3, sys, time\n"
        "held = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "held.execute('BEGIN IMMEDIATE'); print('held', flush=True)\n"
        "time.sleep(float(sys.argv[2]))"
    )
    given = [sys.executable, "-c", code, str(database), str(seconds)]
    holder = subprocess.Popen(given, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.stdout.close()
    return holder


async def posted(client: Client, body: bytes, authorization: str | None = None) -> int:
    """Post a body as it is, with a true token where none is given."""
    token = f"Bearer {client.token()}" if authorization is None else authorization
    headers = {"Authorization": token, "Content-Type": "application/json"}
    async with (
        ClientSession() as session,
        session.post(client.address, data=io.BytesIO(body), headers=headers) as response,
    ):
        return response.status
