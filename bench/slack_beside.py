"""Slack beside a bare slack-bolt echo: events answered a second, in one run.

`python -m bench.slack_beside [seconds]` gives each stack the same load three times in turn: 32
connections, distinct events. The echo is what the documentation of slack-bolt shows.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from typing import Any

from aiohttp import ClientSession, TCPConnector, web

from bench.loading import free_port, questions, start
from bench.slack import start_desk, workspace
from bot.config import read_settings
from bot.messages import Kind, Message, Reply, Text
from bot.serving import Service
from tests.channels.fake_slack import SECRET, TOKEN
from tests.channels.slack_signer import Signer

SECONDS, ROUNDS, CONNECTIONS = 5.0, 3, 32
FIXED = Reply(Kind.ANSWER, "nl", (Text("Eén jaar."),))


def start_echo(_: str, port: int, api: str) -> Any:
    more = {"PORT": str(port), "API": api}
    return start(["-m", "bench.slack_beside", "echo"], more)


def start_fixed(folder: str, port: int, api: str) -> Any:
    return start_desk(folder, port, api, ["-m", "bench.slack_beside", "fixed"])


STACKS = {"bare slack-bolt echo": start_echo, "desk, fixed answer": start_fixed, "desk": start_desk}


async def measure(begin: Any, seconds: float) -> float:
    """Return how many events a second were answered."""
    slack, api, runner = await workspace()
    asked = questions()
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        process = await asyncio.to_thread(begin, folder, port, api)
        async with ClientSession(connector=TCPConnector(limit=CONNECTIONS)) as session:
            signer = Signer(session, f"http://127.0.0.1:{port}/slack/", slack)
            end, number = time.monotonic() + seconds, iter(range(10**9))

            async def keep_on() -> None:
                while time.monotonic() < end:
                    await signer.say(f"U{next(number):07d}", random.choice(asked))

            await signer.say("U9999999", "hoi")
            slack.posted = 0
            await asyncio.gather(*(keep_on() for _ in range(CONNECTIONS)))
            answered = slack.posted / seconds
        process.kill()
        await asyncio.to_thread(process.wait)
    await runner.cleanup()
    return answered


async def compare(seconds: float) -> None:
    found: dict[str, list[float]] = {name: [] for name in STACKS}
    for _ in range(ROUNDS):
        for name, begin in STACKS.items():
            found[name].append(await measure(begin, seconds))
    bare = statistics.median(found["bare slack-bolt echo"])
    print(f"| answered a second, {CONNECTIONS} connections | rounds | median | beside bare |")
    print("|---|---|---:|---:|")
    for name, figures in found.items():
        middle = statistics.median(figures)
        rounds = ", ".join(f"{figure:.0f}" for figure in figures)
        print(f"| {name} | {rounds} | {middle:.0f} | {middle / bare:.2f} x |")


def echo() -> None:
    """Run the echo of slack-bolt's documentation."""
    from slack_bolt.async_app import AsyncApp  # noqa: PLC0415 - only in this process
    from slack_sdk.web.async_client import AsyncWebClient  # noqa: PLC0415

    client = AsyncWebClient(token=TOKEN, base_url=os.environ["API"])
    app = AsyncApp(client=client, signing_secret=SECRET, request_verification_enabled=True)

    @app.event("message")
    async def answer(event: dict[str, Any], say: Any) -> None:
        await say(text=event["text"])

    async def run() -> None:
        runner = web.AppRunner(app.server(path="/slack/").web_app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", int(os.environ["PORT"])).start()
        print("listening", flush=True)
        await asyncio.Event().wait()

    asyncio.run(run())


def fixed() -> None:
    """Run the desk with one answer to everything: what the path costs without understanding."""

    async def run() -> None:
        service = Service(read_settings(), lambda text: print(text, flush=True))

        def answer(_: Message) -> Reply:
            return replace(FIXED)

        service.house.assistant.answer = answer  # type: ignore[method-assign, assignment]
        await service.run()

    asyncio.run(run())


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["echo"]:
        echo()
    elif arguments[:1] == ["fixed"]:
        fixed()
    else:
        asyncio.run(compare(float(arguments[0]) if arguments else SECONDS))


if __name__ == "__main__":
    main(sys.argv[1:])
