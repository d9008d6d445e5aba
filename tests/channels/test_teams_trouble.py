"""What goes wrong between the connector, its login and us: late, never lost and never twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from bot.channels import teams_client
from bot.serving import Service
from tests.channels.conftest import desk_at_work, with_teams
from tests.channels.fake_teams import TRIAGE, FakeTeams
from tests.channels.slack_story import until
from tests.channels.teams_people import Client
from tests.channels.teams_story import (
    ANNA,
    JAN,
    SAM,
    file_request,
    said,
)

COOKIES = "hoe lang bewaren jullie cookies?"
Step = Callable[[], Awaitable[web.Response | None]]


@pytest.fixture
async def service(tmp_path: Path, teams: FakeTeams) -> AsyncIterator[Service]:
    async with desk_at_work(tmp_path, **with_teams(teams)) as running:
        yield running


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let calls to the connector wait for one second, and not for ten."""
    monkeypatch.setattr(teams_client, "_SECONDS", 1)


def answering(status: int, **headers: str) -> Step:
    async def answer() -> web.Response:
        return web.Response(status=status, headers=headers)

    return answer


class TestConnector:
    @pytest.mark.parametrize("status", [412, 429, 500, 502, 504])
    async def test_what_passes_is_tried_again_and_arrives_once(
        self, client: Client, teams: FakeTeams, status: int
    ) -> None:
        teams.script = [answering(status)]

        await client.say(ANNA, COOKIES)

        await said(teams, "a:anna", "één jaar")
        await asyncio.sleep(0.3)
        assert len(teams.texts("a:anna")) == 1

    async def test_a_storm_of_rate_limits_delays_and_neither_loses_nor_doubles(
        self, client: Client, teams: FakeTeams
    ) -> None:
        teams.script = [answering(429, **{"Retry-After": "1"})] * 5
        people = [teams.join(f"p{number}") for number in range(12)]
        for person in people:
            await client.say(person, COOKIES)

        for person in people:
            await until(lambda: teams.texts(f"a:{person}"), 25)  # noqa: B023
        await asyncio.sleep(0.3)
        assert [len(teams.texts(f"a:{person}")) for person in people] == [1] * len(people)

    async def test_while_it_asks_for_silence_it_is_not_called(
        self, client: Client, teams: FakeTeams
    ) -> None:
        teams.script = [answering(429, **{"Retry-After": "2"})]
        await client.say(ANNA, COOKIES)
        await until(lambda: teams.calls)
        await client.say(JAN, "how long do you keep cookies?")

        await asyncio.sleep(1)
        assert len(teams.calls) == 1
        await said(teams, "a:jan", "one year")

    async def test_an_answer_that_is_not_acknowledged_in_time_comes_again_with_its_own_id(
        self, impatient: None, client: Client, teams: FakeTeams
    ) -> None:
        teams.late = [2.0]

        await client.say(ANNA, COOKIES)

        await until(lambda: len(teams.texts("a:anna")) == 2 or None, 15)
        first, again = teams.messages["a:anna"].values()
        assert first["channelData"]["noticeId"] == again["channelData"]["noticeId"]

    async def test_after_a_time_out_the_answer_arrives(
        self, impatient: None, client: Client, teams: FakeTeams
    ) -> None:
        teams.delay = 3.0
        await client.say(ANNA, COOKIES)
        await until(lambda: teams.calls)
        await asyncio.sleep(1.2)
        teams.delay = 0.0

        await said(teams, "a:anna", "één jaar")
        await asyncio.sleep(0.3)
        assert len(teams.texts("a:anna")) == 1

    async def test_however_slow_it_is_an_activity_is_acknowledged_at_once(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        await file_request(client, teams, service)
        teams.delay = 10.0
        began = time.monotonic()

        for _ in range(3):
            assert await client.say(ANNA, COOKIES) == 200

        assert time.monotonic() - began < 1.5
        teams.delay = 0.0

    async def test_staff_read_in_time_that_it_could_not_be_checked_who_they_are(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        await file_request(client, teams, service)
        teams.delay = 10.0
        began = time.monotonic()

        _, opened = await client.press(SAM, TRIAGE, "Iets navragen")

        assert time.monotonic() - began < 5
        assert "niet nagaan" in opened["task"]["value"]
        teams.delay = 0.0
        _, opened = await client.press(SAM, TRIAGE, "Iets navragen")
        assert opened["task"]["type"] == "continue"


class TestLogin:
    async def test_a_token_that_is_refused_is_replaced_by_one_new_login(
        self, client: Client, teams: FakeTeams
    ) -> None:
        await client.say(ANNA, "hoi")
        await until(lambda: teams.texts("a:anna"))
        teams.expired = {"token-of-the-app-1"}
        people = [teams.join(f"p{number}") for number in range(8)]

        await asyncio.gather(*(client.say(person, COOKIES) for person in people))

        for person in people:
            await said(teams, f"a:{person}", "één jaar")
        assert teams.logins == 2

    @pytest.mark.parametrize("hangs", [0.0, 3.0])
    async def test_while_nobody_can_log_in_answers_wait(
        self, impatient: None, client: Client, teams: FakeTeams, hangs: float
    ) -> None:
        teams.login_down, teams.login_hangs = True, hangs
        people = [teams.join(f"p{number}") for number in range(8)]
        for person in people:
            assert await client.say(person, COOKIES) == 200
        await asyncio.sleep(2)
        assert all(teams.texts(f"a:{person}") == [] for person in people)
        teams.login_down, teams.login_hangs = False, 0.0

        for person in people:
            await until(lambda: teams.texts(f"a:{person}"), 20)  # noqa: B023
        assert [len(teams.texts(f"a:{person}")) for person in people] == [1] * len(people)
