"""What the loads on Slack and on Teams share: the questions, the pace, the desk that is watched.

`python -m bench.loading` serves the desk of the environment and writes how often its loop stood
still to the file named by STALLS.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bot.config import read_settings
from bot.serving import Service
from tests.questions import ROUNDS

RATE, SECONDS = 50, 60
_PATIENCE_SECONDS = 30.0


def questions() -> list[str]:
    lines = (ROUNDS / "round3.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def start(command: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[str]:
    """Start a module of Python and return once it has said its first line."""
    process = subprocess.Popen(
        [sys.executable, *command], env=os.environ | environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    # A pipe that nobody reads stops its writer once it is full.
    threading.Thread(target=process.stdout.read, daemon=True).start()
    return process


def end(process: subprocess.Popen[str]) -> None:
    """Let a process end in order, and wait for it; one that does not end is stopped and told."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        print(f"{process.args!r} had to be stopped", file=sys.stderr)


def files_of_desk(folder: str) -> dict[str, str]:
    """Return the environment that keeps everything of a desk in a folder."""
    return {
        "PRIVACY_DESK_DATABASE": str(Path(folder) / "desk.sqlite"),
        "PRIVACY_DESK_CHAIN_KEY_FILE": str(Path(folder) / "chain.key"),
        "STALLS": str(Path(folder) / "stalls.json"),
    }


def stalls_of(folder: str) -> list[float]:
    """Return the milliseconds by which the loop of a desk that has ended came late."""
    found: list[float] = json.loads((Path(folder) / "stalls.json").read_text())
    return found


async def paced(one: Callable[[int], Awaitable[None]], seconds: int) -> None:
    """Begin with one after another at the rate, however long each takes, and wait for all."""
    sending, began = [], time.perf_counter()
    for number in range(RATE * seconds):
        await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        sending.append(asyncio.ensure_future(one(number)))
    await asyncio.gather(*sending)


def tell(
    what: str, acknowledged: list[float], stalls: list[float], refused: int, answered: int
) -> None:
    """Print what a load came to."""
    print(f"| {what} | |\n|---|---:|")
    print(
        f"| acknowledged p50 / p99 ms | {at(acknowledged, 50):.1f} / {at(acknowledged, 99):.1f} |"
    )
    print(f"| loop stall p99.9 ms | {at(stalls, 99.9):.1f} |")
    print(f"| acknowledged, refused, answered | {len(acknowledged)}, {refused}, {answered} |")


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


if __name__ == "__main__":
    serve()
