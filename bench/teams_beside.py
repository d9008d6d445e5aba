"""How many activities the desk answers at most, beside a stock echo of the Bot Framework SDK.

Both prove the same token and answer to the same connector. The desk does all that it does when it
is at work; the echo only says what it heard. One process each for what is measured, the connector,
and whoever asks.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from aiohttp import ClientSession, TCPConnector

from bench.loading import at, end, free_port, questions, start
from bench.teams_cloud import Crowd, crowd, settings_of_desk

CONNECTIONS, ROUND_SECONDS, ROUNDS = 32, 5.0, 3
WARM = 64
_TICKS = os.sysconf("SC_CLK_TCK")
Begin = Callable[[str, int, int], tuple[list[str], dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Round:
    """What one side came to in one round; `busy` is the processor time that it took, in seconds."""

    answered: int
    lost: int
    seconds: float
    busy: float
    acknowledged: list[float]

    @property
    def rate(self) -> float:
        """Return the activities answered in a second."""
        return self.answered / self.seconds

    @property
    def cost(self) -> float:
        """Return the milliseconds of a processor that an answered activity took."""
        return self.busy / self.answered * 1000


_FIGURES: tuple[tuple[str, Callable[[Round], float], bool], ...] = (
    ("median", lambda one: one.rate, False),
    ("processor ms an answer", lambda one: one.cost, True),
    ("acknowledged p50 ms", lambda one: at(one.acknowledged, 50), True),
)


def desk(folder: str, port: int, cloud: int) -> tuple[list[str], dict[str, str]]:
    return ["-m", "bot", "serve"], settings_of_desk(folder, port, cloud)


def echo(_: str, port: int, cloud: int) -> tuple[list[str], dict[str, str]]:
    environment = {"PORT": str(port), "CLOUD": f"http://127.0.0.1:{cloud}"}
    return ["-m", "bench.stock_echo"], environment


async def beside() -> None:
    """Measure both in turn, and print each round, the medians and their ratio."""
    print("| answered a second | desk | stock echo | ratio |\n|---|---:|---:|---:|")
    pairs: list[tuple[Round, Round]] = []
    for number in range(1, ROUNDS + 1):
        ours = await measured(desk, "/teams/messages")
        theirs = await measured(echo, "/api/messages")
        pairs.append((ours, theirs))
        print(_row(f"round {number}", ours.rate, theirs.rate, ours.rate / theirs.rate), flush=True)
    for name, figure, turned in _FIGURES:
        our, their = (median(figure(pair[side]) for pair in pairs) for side in (0, 1))
        print(_row(name, our, their, their / our if turned else our / their))
    print(f"| lost | {sum(o.lost for o, _ in pairs)} | {sum(t.lost for _, t in pairs)} | |")
    print(
        f"\n{os.cpu_count()} cores carry three processes: the side that is measured, the connector "
        "with the issuer, and whoever asks."
    )


async def measured(begin: Begin, path: str) -> Round:
    """Start one side, ask it for a round, and wait until all that it took is answered."""
    cloud_port, port = free_port(), free_port()
    cloud = await asyncio.to_thread(start, ["-m", "bench.teams_cloud"], {"PORT": str(cloud_port)})
    with tempfile.TemporaryDirectory() as folder:
        side = await asyncio.to_thread(start, *begin(folder, port, cloud_port))
        async with ClientSession(connector=TCPConnector(limit=CONNECTIONS)) as session:
            people = await crowd(session, f"http://127.0.0.1:{port}{path}", cloud_port)
            await _ask(people, "warm", lambda: len(people.acknowledged) < WARM)
            warm = await people.until_answered(len(people.acknowledged))
            people.acknowledged.clear()
            began, busy = time.perf_counter(), processor_seconds(side.pid)
            await _ask(people, "asks", lambda: time.perf_counter() < began + ROUND_SECONDS)
            wanted = len(people.acknowledged) - people.refused
            answered = await people.until_answered(wanted + warm) - warm
            took = time.perf_counter() - began
            busy = processor_seconds(side.pid) - busy
        await asyncio.to_thread(end, side)
    await asyncio.to_thread(end, cloud)
    return Round(answered, wanted - answered, took, busy, people.acknowledged)


async def _ask(people: Crowd, name: str, more: Callable[[], bool]) -> None:
    """Let each connection send one question after another."""
    asked = questions()

    async def one(connection: int) -> None:
        number = 0
        while more():
            number += 1
            await people.ask(f"{name}-{connection}-{number}", random.choice(asked))

    await asyncio.gather(*map(one, range(CONNECTIONS)))


def processor_seconds(process: int) -> float:
    """Return the time of all processors that a process has taken (Linux)."""
    stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _row(name: str, ours: float, theirs: float, ratio: float) -> str:
    return f"| {name} | {ours:.1f} | {theirs:.1f} | {ratio:.1f} |"
