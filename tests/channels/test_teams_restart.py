"""What Teams was told is accepted survives SIGTERM and SIGKILL, with a connector that is slow."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.channels.fake_teams import APP, PASSWORD, TENANT, TRIAGE, FakeTeams
from tests.channels.slack_story import free_port, until
from tests.channels.teams_people import Client
from tests.channels.test_slack_restart import started

ACTIVITIES = 200


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_no_acknowledged_activity_is_lost(
    tmp_path: Path, teams: FakeTeams, how: signal.Signals
) -> None:
    people = [teams.join(f"p{number:03d}") for number in range(ACTIVITIES)]
    port = free_port()
    environment = os.environ | {
        "PORT": str(port),
        "PRIVACY_DESK_DATABASE": str(tmp_path / "desk.sqlite"),
        "PRIVACY_DESK_CHAIN_KEY_FILE": str(tmp_path / "chain.key"),
        "PRIVACY_DESK_TEAMS_APP_ID": APP,
        "PRIVACY_DESK_TEAMS_APP_PASSWORD": PASSWORD,
        "PRIVACY_DESK_TEAMS_APP_TENANT": TENANT,
        "PRIVACY_DESK_TEAMS_TRIAGE_CHANNEL": TRIAGE,
        "PRIVACY_DESK_TEAMS_DEVELOPMENT": teams.base,
    }
    process = await started(environment)
    teams.delay = 1.0
    async with ClientSession() as session:
        client = Client(session, f"http://127.0.0.1:{port}/teams/messages", teams)
        said = (client.say(person, "hoe lang bewaren jullie cookies?") for person in people)
        assert await asyncio.gather(*said) == [200] * ACTIVITIES
    await asyncio.sleep(0.4)
    process.send_signal(how)
    await process.wait()

    answered = [person for person in people if teams.texts(f"a:{person}")]
    assert len(answered) < ACTIVITIES
    teams.delay = 0.0
    process = await started(environment)
    await until(lambda: all(teams.messages[f"a:{person}"] for person in people), 90)
    process.send_signal(signal.SIGTERM)
    await process.wait()

    for person in people:
        assert any("één jaar" in text for text in teams.texts(f"a:{person}"))
        # One that was told before the end may be told once more, and says that it is the same.
        marks = {m["channelData"]["noticeId"] for m in teams.messages[f"a:{person}"].values()}
        assert len(marks) == 1
