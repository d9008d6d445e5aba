"""Slack under load; a fake workspace stands in for the cloud.

`python -m bench.slack [seconds]` sends 50 questions a second, each by somebody else, with an API
that takes a second to answer.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, TCPConnector, web

from bot.config import read_settings
from bot.serving import Service
from tests.channels.fake_slack import SECRET, TOKEN, TRIAGE, FakeSlack, Signer
from tests.questions import ROUNDS

RATE, SECONDS = 50, 60


def questions() -> list[str]:
    lines = (ROUNDS / "round3.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


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


def start(command: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, *command], env=os.environ | environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def start_desk(
    folder: str, port: int, api: str, command: Sequence[str] = ("-m", "bench.slack", "serve")
) -> subprocess.Popen[str]:
    return start(
        command,
        {
            "PORT": str(port),
            "PRIVACY_DESK_DATABASE": str(Path(folder) / "desk.sqlite"),
            "PRIVACY_DESK_CHAIN_KEY_FILE": str(Path(folder) / "chain.key"),
            "PRIVACY_DESK_SLACK_BOT_TOKEN": TOKEN,
            "PRIVACY_DESK_SLACK_SIGNING_SECRETS": SECRET,
            "PRIVACY_DESK_SLACK_TRIAGE_CHANNEL": TRIAGE,
            "PRIVACY_DESK_SLACK_API": api,
            "STALLS": str(Path(folder) / "stalls.json"),
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

            sending, began = [], time.perf_counter()
            for number in range(RATE * seconds):
                await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
                sending.append(asyncio.create_task(one(number)))
            await asyncio.gather(*sending)
            for _ in range(600):
                if slack.posted >= len(acknowledged) - refused:
                    break
                await asyncio.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait)
        stalls = json.loads((Path(folder) / "stalls.json").read_text())
    await runner.cleanup()
    print(f"| {RATE} events/s for {seconds} s | |\n|---|---:|")
    print(
        f"| acknowledged p50 / p99 ms | {at(acknowledged, 50):.1f} / {at(acknowledged, 99):.1f} |"
    )
    print(f"| loop stall p99.9 ms | {at(stalls, 99.9):.1f} |")
    print(f"| acknowledged, refused, answered | {len(acknowledged)}, {refused}, {slack.posted} |")


def at(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]


def serve() -> None:
    """Run the service with a watch on its loop."""

    async def run() -> None:
        service = Service(read_settings(), lambda text: print(text, flush=True))
        watching = asyncio.create_task(watch(stalls))
        await service.run()
        watching.cancel()

    stalls: list[float] = []
    asyncio.run(run())
    if place := os.environ.get("STALLS"):
        Path(place).write_text(json.dumps(stalls))


async def watch(stalls: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        stalls.append(max(0.0, (time.perf_counter() - began - 0.005) * 1000))


def main(arguments: list[str]) -> Any:
    if arguments[:1] == ["serve"]:
        return serve()
    return asyncio.run(load(int(arguments[0]) if arguments else SECONDS))


if __name__ == "__main__":
    main(sys.argv[1:])
