"""A page on an ephemeral port with a small answer function, and a browser to open it in."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from playwright.sync_api import Browser, sync_playwright
from pydantic import SecretStr

from bot.app import system_clock
from bot.assistant import Assistant
from bot.channels.web import create_local_app
from bot.config import Settings
from bot.messages import (
    Choice,
    Choices,
    Facts,
    Kind,
    Message,
    Notice,
    Reply,
    SourceLine,
    Text,
)
from bot.serving import Service
from tests.channels import fake_teams, teams_story
from tests.channels.fake_slack import SECRET, TRIAGE, FakeSlack
from tests.channels.fake_slack import TOKEN as BOT_TOKEN
from tests.channels.fake_teams import FakeTeams
from tests.channels.slack_signer import Signer
from tests.channels.slack_story import OLGA, free_port
from tests.channels.teams_people import Client
from tests.conftest import shared_reader

TOKEN = "token-of-the-tests"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
Answering = Callable[[Message], Awaitable[Reply]]


class Answers:
    """Answers with every kind of block, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Message] = []
        self.broken = False

    async def __call__(self, message: Message) -> Reply:
        self.asked.append(message)
        if self.broken:
            raise RuntimeError(message.text)
        if message.text == "keuze":
            buttons = Choices((Choice("Gespreksopnames", "1"), Choice("Verkeersgegevens", "2")))
            return Reply(Kind.CLARIFY, "nl", (Text("Om welke gegevens gaat het?"), buttons))
        if message.text.startswith("How"):
            answer = (Text("Ninety days."), SourceLine("Source: privacy statement"))
            return Reply(Kind.ANSWER, "en", answer, facts=("recordings.retention",))
        return Reply(
            Kind.ANSWER,
            "nl",
            (
                Text(f"U schreef: {message.text}"),
                Facts((("Bewaartermijn", "90 dagen"), ("Verantwoordelijke", "MixedBytes"))),
                Notice("Binnen één maand.", "law"),
                Notice("Dat kan ook per brief.", "note"),
                Notice("Stuur geen kopie.", "warning"),
                SourceLine("Bron: privacyverklaring, versie 1.0"),
            ),
            facts=("recordings.retention",),
        )


@dataclass(frozen=True)
class LocalServer:
    """A running page: where it is, and the one address that opens it."""

    address: str
    answers: Answers

    @property
    def entrance(self) -> str:
        return f"{self.address}/?token={TOKEN}"


@contextmanager
def serving(answer: Answering) -> Iterator[str]:
    """Serve the page in a thread of its own and yield its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    runner = web.AppRunner(
        create_local_app(answer, TOKEN, port, lambda: NOW), access_log=None, shutdown_timeout=1
    )

    async def start() -> None:
        await runner.setup()
        await web.SockSite(runner, listener).start()

    thread.start()
    asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def local_server(answers: Answers) -> Iterator[LocalServer]:
    with serving(answers) as address:
        yield LocalServer(address, answers)


@pytest.fixture
def real_desk(assistant: Assistant) -> Iterator[str]:
    """Serve the page over the real assistant and yield the address that opens it."""

    async def answer(message: Message) -> Reply:
        return assistant.answer(message)

    with serving(answer) as address:
        yield f"{address}/?token={TOKEN}"


@pytest.fixture(scope="module")  # while it is open, no asynchronous test can run in this thread
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        reason = "the page is tested in Chromium, which is not installed (apt install chromium)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        # In a container the tests often run as root, where Chromium has no sandbox.
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def slack() -> FakeSlack:
    return FakeSlack()


@pytest.fixture
async def slack_api(slack: FakeSlack) -> AsyncIterator[str]:
    async with TestServer(slack.app()) as server:
        yield str(server.make_url("/api/"))


@asynccontextmanager
async def desk_at_work(
    folder: Path, clock: Callable[[], datetime] = system_clock, /, **settings: Any
) -> AsyncIterator[Service]:
    """Run the service with its own files, without the page, until the end of the block."""
    given = Settings(
        database=folder / "desk.sqlite",
        chain_key_file=folder / "chain.key",
        PORT=free_port(),
        local_page=False,
        **settings,
    )
    ready, stopping = asyncio.Event(), asyncio.Event()
    with patch("bot.app.build_reader", lambda *_: shared_reader()):
        running = Service(given, lambda _: ready.set(), clock)
    working = asyncio.create_task(running.serve(stopping))
    begun = asyncio.create_task(ready.wait())
    await asyncio.wait({begun, working}, timeout=20, return_when=asyncio.FIRST_COMPLETED)
    yield running
    stopping.set()
    await working


def with_slack(api: str) -> dict[str, Any]:
    return {
        "slack_bot_token": SecretStr(BOT_TOKEN),
        "slack_signing_secrets": SecretStr(f"a-newer-one, {SECRET}"),
        "slack_triage_channel": TRIAGE,
        "slack_officers": OLGA,
        "slack_api": api,
    }


def with_teams(cloud: FakeTeams) -> dict[str, Any]:
    return {
        "teams_app_id": fake_teams.APP,
        "teams_app_password": SecretStr(fake_teams.PASSWORD),
        "teams_app_tenant": fake_teams.TENANT,
        "teams_allowed_tenants": f"{fake_teams.TENANT}, {fake_teams.OTHER}",
        "teams_triage_channel": fake_teams.TRIAGE,
        "teams_officers": teams_story.OLGA,
        "teams_development": cloud.base,
    }


@pytest.fixture
async def service(tmp_path: Path, slack_api: str) -> AsyncIterator[Service]:
    async with desk_at_work(tmp_path, **with_slack(slack_api)) as running:
        yield running


@pytest.fixture
async def signer(service: Service, slack: FakeSlack) -> AsyncIterator[Signer]:
    async with ClientSession() as session:
        made = Signer(session, f"http://127.0.0.1:{service.settings.port}/slack/", slack)
        made.response_url = service.settings.slack_api.replace("/api/", "/respond")
        yield made


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    staff = {teams_story.SAM, teams_story.OLGA, teams_story.GUS}
    cloud = FakeTeams(people=teams_story.people(), staff=staff)
    async with TestServer(cloud.app()) as server:
        cloud.at(server.port or 0)
        yield cloud


@pytest.fixture
async def client(service: Service, teams: FakeTeams) -> AsyncIterator[Client]:
    async with ClientSession() as session:
        address = f"http://127.0.0.1:{service.settings.port}/teams/messages"
        yield Client(session, address, teams)
