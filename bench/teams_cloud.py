"""Microsoft's cloud as the loads on Teams need it: a connector that counts, and people who ask.

`python -m bench.teams_cloud` serves issuer and connector in a process of its own on PORT; the
connector takes DELAY seconds for an answer.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aiohttp import ClientSession, web

from bench.loading import files_of_desk
from tests.channels.fake_teams import APP, PASSWORD, TENANT, TOKEN, TRIAGE, FakeTeams, Person
from tests.channels.teams_people import Client

_LOOK_SECONDS = 0.02


class Cloud(FakeTeams):
    """Counts who was answered and keeps nothing else, so that it costs as little as it can."""

    def __init__(self, port: int, delay: float) -> None:
        super().__init__(delay=delay)
        self.at(port)
        self.answered: set[str] = set()

    def app(self) -> web.Application:
        """Return the cloud, with what the load asks beside it."""
        app = super().app()
        app.router.add_get("/token", self._token)
        app.router.add_get("/answered", self._counted)
        return app

    async def _token(self, _: web.Request) -> web.Response:
        return web.Response(text=self.issuer.token(aud=APP, serviceurl=f"{self.base}/"))

    async def _counted(self, _: web.Request) -> web.Response:
        return web.json_response(len(self.answered))

    async def _connector(self, request: web.Request) -> web.Response:
        await request.read()
        if self.delay:
            await asyncio.sleep(self.delay)
        if not request.headers.get("Authorization", "").startswith(f"Bearer {TOKEN}"):
            return web.json_response({"error": {"code": "Unauthorized"}}, status=401)
        conversation = request.path.split("/")[3]
        # Everybody asks once, so a chat that was written to is a question answered.
        if request.method == "POST" and conversation.startswith("a:"):
            self.answered.add(conversation)
        return web.json_response({"id": "1"}, status=201)


@dataclass
class Crowd:
    """People who ask once each, all with the one token that Teams uses for an hour."""

    session: ClientSession
    address: str
    port: int
    authorization: str
    teams: FakeTeams = field(default_factory=FakeTeams)
    acknowledged: list[float] = field(default_factory=list)
    refused: int = 0

    def __post_init__(self) -> None:
        self.teams.at(self.port)
        self._client = Client(self.session, self.address, self.teams)

    async def ask(self, who: str, text: str) -> None:
        """Send a question and note how long its acknowledgement took."""
        self.teams.people[who] = Person(who)
        activity = self._client.activity(who, text=text, textFormat="plain")
        began = time.perf_counter()
        status, _ = await self._client.send(activity, self.authorization)
        self.acknowledged.append((time.perf_counter() - began) * 1000)
        self.refused += status not in {200, 201}
        del self.teams.people[who]

    async def answered(self) -> int:
        """Return how many people were answered."""
        async with self.session.get(f"{self.teams.base}/answered") as response:
            return int(await response.text())

    async def until_answered(self, wanted: int, seconds: float = 60.0) -> int:
        """Wait until so many people were answered, or for so long; return how many were."""
        for _ in range(int(seconds / _LOOK_SECONDS)):
            if await self.answered() >= wanted:
                break
            await asyncio.sleep(_LOOK_SECONDS)
        return await self.answered()


async def crowd(session: ClientSession, address: str, port: int) -> Crowd:
    """Return people who write to an address, with a token of the cloud at a port."""
    async with session.get(f"http://127.0.0.1:{port}/token") as response:
        return Crowd(session, address, port, f"Bearer {await response.text()}")


def settings_of_desk(folder: str, port: int, cloud_port: int) -> dict[str, str]:
    """Return the environment of a desk that is connected to the cloud at a port."""
    return {
        "PORT": str(port),
        "PRIVACY_DESK_TEAMS_APP_ID": APP,
        "PRIVACY_DESK_TEAMS_APP_PASSWORD": PASSWORD,
        "PRIVACY_DESK_TEAMS_APP_TENANT": TENANT,
        "PRIVACY_DESK_TEAMS_TRIAGE_CHANNEL": TRIAGE,
        "PRIVACY_DESK_TEAMS_DEVELOPMENT": f"http://127.0.0.1:{cloud_port}",
        **files_of_desk(folder),
    }


def main(environment: dict[str, Any]) -> None:
    port = int(environment["PORT"])
    cloud = Cloud(port, float(environment.get("DELAY", "0")))
    say = partial(print, flush=True)
    web.run_app(cloud.app(), host="127.0.0.1", port=port, print=say, access_log=None)


if __name__ == "__main__":
    main(dict(os.environ))
