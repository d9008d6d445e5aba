"""A strict stand-in for Microsoft's cloud: login, issuer, connector, and people in Teams.

Strict where Teams is: tokens, known conversations, cards by Microsoft's schema, sizes. It sends
activities as Teams does, each with a true token of the Bot Connector.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.channels.fake_issuer import FakeIssuer, Json, Time
from tests.channels.teams_judges import check_card

APP, TENANT, OTHER = "0a0a0a0a-0000-4000-8000-000000000001", "home-tenant", "other-tenant"
PASSWORD, TOKEN = "secret-of-the-app", "token-of-the-app"
TRIAGE, HALL = "19:triage@thread.tacv2", "19:hall@thread.tacv2"
BOT = f"28:{APP}"
LARGEST = 28 * 1024


class Live(Time):
    """The clock of the machine, in Unix seconds."""

    def __init__(self) -> None:
        """Hold nothing."""

    @property
    def now(self) -> float:  # type: ignore[override]
        return time.time()


class Refused(Exception):  # noqa: N818 - what the connector says
    """Raised with the status that the connector answers."""


@dataclass
class Person:
    """Somebody in Teams: an object id of a tenant, perhaps a guest in ours."""

    name: str
    tenant: str = TENANT
    role: str = "user"
    locale: str = "nl-NL"
    known: bool = True
    shown: str = ""

    @property
    def chat(self) -> str:
        return f"a:{self.name}"

    @property
    def account(self) -> Json:
        known = {"aadObjectId": self.name} if self.known else {}
        return {
            "id": f"29:{self.name}",
            "name": self.shown or self.name,
            "tenantId": self.tenant,
            **known,
        }


@dataclass
class FakeTeams:
    """One cloud; change a field and it behaves so from the next call on."""

    people: dict[str, Person] = field(default_factory=dict)
    staff: set[str] = field(default_factory=set)
    messages: dict[str, dict[str, Json]] = field(default_factory=lambda: defaultdict(dict))
    calls: list[tuple[str, str]] = field(default_factory=list)
    sent: list[Json] = field(default_factory=list)
    script: list[Callable[[], Awaitable[web.Response | None]]] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    delay: float = 0.0
    blocked: set[str] = field(default_factory=set)
    logins: int = 0
    login_down: bool = False
    login_hangs: float = 0.0
    token_lasts: int = 3600
    expired: set[str] = field(default_factory=set)
    issuer: FakeIssuer = field(default_factory=lambda: FakeIssuer(Live()))
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/openid", self._openid)
        app.router.add_get("/v1/.well-known/{document}", self.issuer.answer)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._login)
        app.router.add_post("/v3/conversations", self._connector)
        app.router.add_route("*", "/v3/conversations/{rest:.*}", self._connector)
        return app

    def join(self, name: str) -> str:
        """Let one more person use Teams, and return who it is."""
        self.people[name] = Person(name)
        return name

    def at(self, port: int) -> None:
        """Learn on which port of this machine we are reached."""
        self.issuer.port = port

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.issuer.port}"

    async def _openid(self, _: web.Request) -> web.Response:
        return web.json_response(self.issuer.document("openidconfiguration"))

    async def _login(self, request: web.Request) -> web.Response:
        form = await request.post()
        await asyncio.sleep(self.login_hangs)
        if self.login_down:
            return web.json_response({"error": "temporarily_unavailable"}, status=503)
        asked = (form.get("client_id"), form.get("client_secret"), form.get("grant_type"))
        if asked != (APP, PASSWORD, "client_credentials") or request.match_info["tenant"] != TENANT:
            return web.json_response({"error": "invalid_client"}, status=401)
        if form.get("scope") != "https://api.botframework.com/.default":
            return web.json_response({"error": "invalid_scope"}, status=400)
        self.logins += 1
        token = f"{TOKEN}-{self.logins}"
        return web.json_response(
            {"token_type": "Bearer", "access_token": token, "expires_in": self.token_lasts}
        )

    async def _connector(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else {}
        self.calls.append((request.method, request.path))
        self.sent.append(body)
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.script and (scripted := await self.script.pop(0)()) is not None:
            return scripted
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not given.startswith(TOKEN) or given in self.expired:
            return web.json_response({"error": {"code": "Unauthorized"}}, status=401)
        try:
            answer = self._answer(request.method, request.raw_path.split("?")[0], body, request)
        except Refused as refused:
            return web.json_response({"error": {"code": "x"}}, status=int(str(refused)))
        if self.late:  # done, but whoever asked hears of it too late
            await asyncio.sleep(self.late.pop())
        return web.json_response(answer, status=200 if request.method == "GET" else 201)

    def _answer(self, method: str, path: str, body: Json, request: web.Request) -> Json:
        _, _, _, *rest = path.split("/")
        parts = [unquote(part) for part in rest]
        match method, parts:
            case "POST", []:
                return {"id": self._opened(body)}
            case "POST", [conversation, "activities"]:
                return {"id": self._posted(conversation, body)}
            case "PUT", [conversation, "activities", identifier]:
                if identifier not in self.messages[conversation]:
                    raise Refused(404)
                self._check(body)
                self.messages[conversation][identifier] = body
                return {"id": identifier}
            case "GET", [conversation, "pagedmembers"] if conversation == TRIAGE:
                return self._members(request.query.get("continuationToken"))
        raise Refused(404)

    def _opened(self, body: Json) -> str:
        (member,) = body["members"]
        person = self.people.get(str(member["id"]).removeprefix("29:"))
        if person is None or person.name in self.blocked or body["tenantId"] != person.tenant:
            raise Refused(403)
        return person.chat

    def _posted(self, conversation: str, body: Json) -> str:
        name, _, thread = conversation.partition(";messageid=")
        chats = {person.chat: person.name for person in self.people.values()}
        if name not in {*chats, TRIAGE, HALL, "19:group"}:
            raise Refused(404)
        if chats.get(name, name) in self.blocked:
            raise Refused(403)
        if thread and name == TRIAGE and thread not in self.messages[TRIAGE]:
            raise Refused(404)
        self._check(body)
        identifier = f"{int(time.time() * 1000)}{next(self.numbers)}"
        self.messages[name][identifier] = {**body, "thread": thread}
        return identifier

    def _check(self, body: Json) -> None:
        """Refuse what Teams refuses, and what it would show badly."""
        if len(json.dumps(body).encode("utf-16")) > 2 * LARGEST:
            raise Refused(413)
        if body.get("type") != "message" or not (body.get("text") or body.get("attachments")):
            raise Refused(400)
        for attached in body.get("attachments") or ():
            check_card(attached["content"])

    def _members(self, token: str | None) -> Json:
        """Return the members in two pages, as a large team has them."""
        listed = [self.people[name] for name in sorted(self.staff)]
        shown = listed[1:] if token else listed[:1]
        members = [{**person.account, "userRole": person.role} for person in shown]
        return {"members": members, **({} if token else {"continuationToken": "next page/1"})}

    def texts(self, conversation: str) -> list[str]:
        """Return what stands in a conversation, each as all that is read on its card."""
        return [said_in(message) for message in self.messages[conversation].values()]


def said_in(message: Json) -> str:
    """Return all that is read on the cards of a message, buttons included, unescaped."""
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, list):
            for each in value:
                walk(each)
        elif isinstance(value, dict):
            for name, each in value.items():
                if name in {"text", "title", "value"} and isinstance(each, str):
                    found.append(each)
                elif name not in {"data", "fallbackText", "speak"}:
                    walk(each)

    for attached in message.get("attachments") or ():
        walk(attached["content"])
    return "\n".join(found).replace("\\", "")
