"""Slack under load; a fake workspace stands in for the cloud.

`python -m bench.slack [seconds]` sends 50 questions a second, each by somebody else, with an API
that takes a second to answer.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

from aiohttp import ClientSession, TCPConnector, web

from bench.loading import (
    RATE,
    SECONDS,
    end,
    files_of_desk,
    free_port,
    paced,
    questions,
    stalls_of,
    start,
    tell,
)
from tests.channels.fake_slack import SECRET, TOKEN, TRIAGE, FakeSlack
from tests.channels.slack_signer import Signer


class Workspace(FakeSlack):
    """Counts what is posted and keeps nothing else, so that it costs as little as it can."""

    def __init__(self) -> None:
        super().__init__()
        self.posted = 0

    async def call(self, request: web.Request) -> web.Response:
        """Answer a call as soon as the workspace would."""
        method = request.match_info["method"]
        if self.delay:
            await asyncio.sleep(self.delay)
        if method == "auth.test":
            return web.json_response({"ok": True, "team_id": "T0HOME", "user_id": "U0BOT"})
        self.posted += method == "chat.postMessage"
        return web.json_response({"ok": True, "ts": "1.1", "channel": {"id": "D1"}})


async def workspace() -> tuple[Workspace, str, web.AppRunner]:
    slack = Workspace()
    runner = web.AppRunner(slack.app(), access_log=None)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return slack, f"http://127.0.0.1:{port}/api/", runner


def start_desk(
    folder: str, port: int, api: str, command: Sequence[str] = ("-m", "bench.loading")
) -> subprocess.Popen[str]:
    return start(
        command,
        {
            "PORT": str(port),
            "PRIVACY_DESK_SLACK_BOT_TOKEN": TOKEN,
            "PRIVACY_DESK_SLACK_SIGNING_SECRETS": SECRET,
            "PRIVACY_DESK_SLACK_TRIAGE_CHANNEL": TRIAGE,
            "PRIVACY_DESK_SLACK_API": api,
            **files_of_desk(folder),
        },
    )


async def load(seconds: int) -> None:
    slack, api, runner = await workspace()
    slack.delay = 1.0
    asked = questions()
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        process = await asyncio.to_thread(start_desk, folder, port, api)
        acknowledged: list[float] = []
        refused = 0
        async with ClientSession(connector=TCPConnector(limit=200)) as session:
            signer = Signer(session, f"http://127.0.0.1:{port}/slack/", slack)

            async def one(number: int) -> None:
                nonlocal refused
                began = time.perf_counter()
                status = await signer.say(f"U{number:06d}", random.choice(asked))
                acknowledged.append((time.perf_counter() - began) * 1000)
                refused += status != 200

            await paced(one, seconds)
            for _ in range(600):
                if slack.posted >= len(acknowledged) - refused:
                    break
                await asyncio.sleep(0.1)
        await asyncio.to_thread(end, process)
        stalls = stalls_of(folder)
    await runner.cleanup()
    tell(f"{RATE} events/s for {seconds} s", acknowledged, stalls, refused, slack.posted)


def main(arguments: list[str]) -> None:
    asyncio.run(load(int(arguments[0]) if arguments else SECONDS))


if __name__ == "__main__":
    main(sys.argv[1:])
