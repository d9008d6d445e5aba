"""Accepted means durable: the real server, killed at random moments while people file requests."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import sqlite3
import sys
import uuid
from asyncio.subprocess import Process
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from bot.app import build_house
from bot.database import Database

KILLS = 200 if os.environ.get("SOAK") else 20
CLIENTS = 8
TYPES = ("access", "erasure", "restriction", "portability")
_UNREACHABLE = (aiohttp.ClientError, asyncio.TimeoutError, ConnectionError, json.JSONDecodeError)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass
class Server:
    """The server as an operator runs it, on one database that outlives it."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: Process | None = None
    entrance: str = ""

    @property
    def database(self) -> Path:
        return self.folder / "desk.sqlite"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        environment = os.environ | {
            "PRIVACY_DESK_LOCAL_PORT": str(self.port),
            "PRIVACY_DESK_DATABASE": str(self.database),
            "PRIVACY_DESK_CHAIN_KEY_FILE": str(self.folder / "chain.key"),
        }
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", env=environment, stdout=asyncio.subprocess.PIPE
        )
        assert self.process.stdout is not None
        line = (await asyncio.wait_for(self.process.stdout.readline(), 30)).decode()
        self.entrance = line.removeprefix("Open ").strip()

    async def stop(self, how: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(how)
        await self.process.wait()


@dataclass
class Person:
    """Somebody in a browser who sends a form again, with the same id, until it is answered."""

    server: Server
    session: aiohttp.ClientSession
    confirmed: dict[str, str] = field(default_factory=dict)

    async def post(self, path: str, body: dict[str, object]) -> dict[str, object]:
        while True:
            try:
                async with self.session.post(
                    f"{self.server.address}{path}",
                    json=body,
                    headers={"Origin": self.server.address},
                    timeout=aiohttp.ClientTimeout(total=5),
                ) as response:
                    answer = await response.json()
                    assert response.status == 200, answer
                    return dict(answer)
            except _UNREACHABLE:
                await asyncio.sleep(0.1)

    async def file_requests(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            identifier = uuid.uuid4().hex
            values = {"types": random.choice(TYPES), "name": "Anna"}
            body: dict[str, object] = {"name": "file_request", "id": identifier}
            body["values"] = values
            answer = await self.post("/api/requests", body)
            assert answer["ticket"], answer
            self.confirmed[identifier] = str(answer["ticket"])
            await asyncio.sleep(random.uniform(0.0, 0.1))

    async def listen(self, seen: Counter[str]) -> None:
        """Read what arrives at the staff desk, and count each notice by its id."""
        while True:
            try:
                async with self.session.get(
                    f"{self.server.address}/api/events", timeout=aiohttp.ClientTimeout(total=None)
                ) as response:
                    async for line in response.content:
                        if line.startswith(b"id: "):
                            identifier = line.removeprefix(b"id: ").decode().strip()
                            seen[identifier] += 1
                            await self.post("/api/shown", {"id": identifier})
            except _UNREACHABLE:
                await asyncio.sleep(0.1)


async def enter(server: Server, count: int) -> list[Person]:
    """Let a number of people in, each with a session of their own."""
    people: list[Person] = []
    address = server.entrance
    for _ in range(count):
        session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        async with session.get(address) as response:
            assert response.status == 200
        people.append(Person(server, session))
        invitation = await people[-1].post("/api/visitors", {})
        address = str(invitation["address"])
    return people


@pytest.fixture
async def server(tmp_path: Path) -> Server:
    return Server(tmp_path)


async def test_a_confirmed_request_survives_every_kill_exactly_once(server: Server) -> None:
    await server.start()
    people = await enter(server, CLIENTS)
    stopping, seen = asyncio.Event(), Counter[str]()
    filing = [asyncio.create_task(person.file_requests(stopping)) for person in people]
    listening = asyncio.create_task(people[0].listen(seen))
    for _ in range(KILLS):
        await asyncio.sleep(random.uniform(0.05, 0.9))
        await server.stop(signal.SIGKILL)
        await server.start()
    stopping.set()
    await asyncio.wait_for(asyncio.gather(*filing), 60)
    await until_delivered(server)
    listening.cancel()
    for person in people:
        await person.session.close()
    await server.stop(signal.SIGTERM)

    confirmed = [reference for person in people for reference in person.confirmed.values()]
    assert len(confirmed) >= CLIENTS
    assert_whole(server, confirmed, seen)


async def until_delivered(server: Server) -> None:
    """Wait until no notice is on its way any more."""
    for _ in range(300):
        with sqlite3.connect(server.database) as connection:
            (waiting,) = connection.execute(
                "SELECT count(*) FROM outbox WHERE state = 'waiting'"
            ).fetchone()
        if not waiting:
            return
        await asyncio.sleep(0.3)
    pytest.fail(f"{waiting} notices are still waiting")


def assert_whole(server: Server, confirmed: list[str], seen: Counter[str]) -> None:
    """Check that tickets, events and notices tell one story."""
    with sqlite3.connect(server.database) as connection:
        kept = [row[0] for row in connection.execute("SELECT reference FROM tickets")]
        opened = [
            row[0] for row in connection.execute("SELECT reference FROM events WHERE action='open'")
        ]
        notices = dict(connection.execute("SELECT id, state FROM outbox").fetchall())
        announced = {row[0] for row in connection.execute("SELECT reference FROM outbox")}
        alone = {
            row[0]
            for row in connection.execute(
                "SELECT reference FROM tickets WHERE json_extract(document, '$.grouped_under') = ''"
            )
        }
    assert sorted(kept) == sorted(confirmed), "a ticket was lost, doubled or half made"
    assert sorted(opened) == sorted(kept)
    assert announced == alone, "a ticket without its notice, or a notice without its ticket"
    assert set(notices.values()) <= {"delivered", "undeliverable"}
    assert set(seen) == {name for name, state in notices.items() if state == "delivered"}
    verify_chain(server)


def verify_chain(server: Server) -> None:
    key = (server.folder / "chain.key").read_bytes()
    house = build_house(database=Database(server.database), chain_key=key)
    with house.database.reading() as handle:
        assert house.desk.verify(handle).broken_at is None
    house.database.close()
