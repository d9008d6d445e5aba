"""What Slack was told is accepted survives SIGTERM and SIGKILL, with an API that takes its time."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from tests.channels.fake_slack import SECRET, TOKEN, TRIAGE, FakeSlack
from tests.channels.slack_signer import Signer
from tests.channels.slack_story import free_port, until

EVENTS = 200


async def started(environment: Mapping[str, str]) -> Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", env=dict(environment), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await asyncio.wait_for(process.stdout.readline(), 30)
    return process


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_no_acknowledged_event_is_lost(tmp_path: Path, how: signal.Signals) -> None:
    slack = FakeSlack()
    async with TestServer(slack.app()) as server, ClientSession() as session:
        port = free_port()
        environment = os.environ | {
            "PORT": str(port),
            "PRIVACY_DESK_DATABASE": str(tmp_path / "desk.sqlite"),
            "PRIVACY_DESK_CHAIN_KEY_FILE": str(tmp_path / "chain.key"),
            "PRIVACY_DESK_SLACK_BOT_TOKEN": TOKEN,
            "PRIVACY_DESK_SLACK_SIGNING_SECRETS": SECRET,
            "PRIVACY_DESK_SLACK_TRIAGE_CHANNEL": TRIAGE,
            "PRIVACY_DESK_SLACK_API": str(server.make_url("/api/")),
        }
        process = await started(environment)
        slack.delay = 1.0
        signer = Signer(session, f"http://127.0.0.1:{port}/slack/", slack)
        told = await asyncio.gather(
            *(
                signer.say(f"U{number:05d}", "hoe lang bewaren jullie cookies?")
                for number in range(EVENTS)
            )
        )
        assert told == [200] * EVENTS
        await asyncio.sleep(0.4)
        process.send_signal(how)
        await process.wait()

        slack.delay = 0.0
        process = await started(environment)
        channels = [f"D{number:05d}" for number in range(EVENTS)]
        await until(lambda: all(slack.messages[channel] for channel in channels), 90)
        process.send_signal(signal.SIGTERM)
        await process.wait()

    assert all(any("één jaar" in text for text in slack.texts(channel)) for channel in channels)
