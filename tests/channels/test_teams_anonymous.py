"""For trying by hand: activities without proof, but only on this machine, and only when asked."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.config import Settings, public_host, read_settings
from bot.errors import SettingsError
from bot.serving import Service
from tests.channels.conftest import desk_at_work
from tests.channels.slack_story import until

Json = dict[str, Any]


class Playground:
    """A connector as the Playground has one: it keeps what it is sent, and by which header."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.address = ""
        self.sent: list[Json] = []
        self.tokens: list[str | None] = []

    async def take(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers.get("Authorization"))
        self.sent.append(await request.json())
        return web.json_response({"id": "1"}, status=201)


@pytest.fixture
async def playground() -> AsyncIterator[Playground]:
    made = Playground()
    app = web.Application()
    app.router.add_post("/_connector/v3/conversations/{id}/activities", made.take)
    async with TestServer(app) as server:
        made.address = f"http://127.0.0.1:{server.port}/_connector"
        yield made


@pytest.fixture
async def service(tmp_path: Path, playground: Playground) -> AsyncIterator[Service]:
    async with desk_at_work(
        tmp_path,
        teams_app_id="app",
        teams_app_password=SecretStr("unused"),
        teams_app_tenant="home-tenant",
        teams_triage_channel="19:triage@thread.tacv2",
        teams_development=playground.address,
        teams_anonymous=True,
    ) as running:
        yield running


def question(service_url: str, tenant: str = "home-tenant") -> Json:
    return {
        "type": "message",
        "id": "1",
        "channelId": "msteams",
        "serviceUrl": service_url,
        "from": {"id": "29:anna", "aadObjectId": "anna"},
        "recipient": {"id": "28:app"},
        "conversation": {"id": "a:anna", "conversationType": "personal", "tenantId": tenant},
        "channelData": {"tenant": {"id": tenant}},
        "text": "hoe lang bewaren jullie cookies?",
    }


async def posted(service: Service, activity: Json) -> int:
    address = f"http://127.0.0.1:{service.settings.port}/teams/messages"
    async with ClientSession() as session, session.post(address, json=activity) as response:
        return response.status


async def test_a_question_without_a_token_is_answered_without_one(
    service: Service, playground: Playground
) -> None:
    assert await posted(service, question(playground.address)) == 200

    (answer,) = await until(lambda: playground.sent)
    assert "één jaar" in answer["summary"]
    assert playground.tokens == [None]


@pytest.mark.parametrize(
    "service_url",
    ["https://smba.trafficmanager.net/emea/", "http://127.0.0.1.example.com/", "http://10.0.0.1/"],
)
async def test_who_would_be_answered_elsewhere_stays_outside(
    service: Service, playground: Playground, service_url: str
) -> None:
    assert await posted(service, question(service_url)) == 403
    assert not playground.sent


async def test_a_tenant_that_is_not_allowed_stays_outside(
    service: Service, playground: Playground
) -> None:
    assert await posted(service, question(playground.address, tenant="foreign")) == 403


async def test_the_listener_is_on_this_machine_alone(service: Service) -> None:
    own = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    port = service.settings.port
    socket.create_connection(("127.0.0.1", port), 2).close()
    for address in own - {"127.0.0.1"}:
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((str(address), port), 2)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", port), 2)


def test_nobody_is_believed_without_proof_unless_that_is_asked_for() -> None:
    assert not Settings().teams_anonymous
    assert public_host(Settings()) == "0.0.0.0"


def test_it_is_refused_beside_the_real_teams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIVACY_DESK_TEAMS_ANONYMOUS", "true")

    with pytest.raises(SettingsError, match="only with PRIVACY_DESK_TEAMS_DEVELOPMENT"):
        read_settings()
