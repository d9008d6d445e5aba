"""Teams under load; a fake cloud in a process of its own stands in for Microsoft's.

`python -m bench.teams [seconds]` sends 50 questions a second, each by somebody else and with a
true token, to a desk whose connector takes a second to answer. `python -m bench.teams beside`
counts what the desk and a stock echo answer at most.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile

from aiohttp import ClientSession, TCPConnector

from bench.loading import (
    RATE,
    SECONDS,
    end,
    free_port,
    paced,
    questions,
    stalls_of,
    start,
    tell,
)
from bench.teams_beside import beside
from bench.teams_cloud import crowd, settings_of_desk


async def load(seconds: int) -> None:
    """Send at a steady rate and tell what came of it."""
    asked = questions()
    cloud_port, port = free_port(), free_port()
    cloud = await asyncio.to_thread(
        start, ["-m", "bench.teams_cloud"], {"PORT": str(cloud_port), "DELAY": "1"}
    )
    with tempfile.TemporaryDirectory() as folder:
        environment = settings_of_desk(folder, port, cloud_port)
        desk = await asyncio.to_thread(start, ["-m", "bench.loading"], environment)
        async with ClientSession(connector=TCPConnector(limit=200)) as session:
            people = await crowd(session, f"http://127.0.0.1:{port}/teams/messages", cloud_port)
            await paced(lambda number: people.ask(f"u{number}", random.choice(asked)), seconds)
            answered = await people.until_answered(len(people.acknowledged) - people.refused)
        await asyncio.to_thread(end, desk)
        stalls = stalls_of(folder)
    await asyncio.to_thread(end, cloud)
    what = f"{RATE} activities/s for {seconds} s"
    tell(what, people.acknowledged, stalls, people.refused, answered)


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["beside"]:
        asyncio.run(beside())
    else:
        asyncio.run(load(int(arguments[0]) if arguments else SECONDS))


if __name__ == "__main__":
    main(sys.argv[1:])
