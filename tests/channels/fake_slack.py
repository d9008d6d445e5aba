"""A strict Slack at its HTTP boundary: the Web API methods that we call, with Slack's own rules,
and a signer for what Slack sends. It keeps what was posted, as a workspace would show it."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.channels.block_kit_rules import Refused, check_message, check_view

TEAM, BOT, TRIAGE = "T0HOME", "U0BOT", "G0TRIAGE"
TOKEN, SECRET = "xoxb-of-the-tests", "secret-of-the-tests"
APP_TOKEN = "xapp-of-the-tests"
Json = dict[str, Any]
SCOPES = {
    "auth.test": None,
    "apps.connections.open": None,
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "conversations.open": "im:write",
    "conversations.members": "groups:read",
    "users.info": "users:read",
    "views.open": None,
    "views.push": None,
    "views.update": None,
    "views.publish": None,
}
_TRIGGER_SECONDS = 3.0
_MOST_VIEWS = 3


@dataclass
class FakeSlack:
    """One workspace."""

    scopes: set[str] = field(default_factory=lambda: {s for s in SCOPES.values() if s})
    members: set[str] = field(default_factory=lambda: {"U0SAM", "U0OLGA", BOT})
    users: dict[str, Json] = field(default_factory=dict)
    messages: dict[str, dict[str, Json]] = field(default_factory=lambda: defaultdict(dict))
    ephemeral: list[Json] = field(default_factory=list)
    views: dict[str, Json] = field(default_factory=dict)
    stacks: list[list[str]] = field(default_factory=list)
    responses: list[Json] = field(default_factory=list)
    homes: dict[str, Json] = field(default_factory=dict)
    triggers: dict[str, float] = field(default_factory=dict)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    script: list[Callable[[], Awaitable[web.Response | None]]] = field(default_factory=list)
    left: set[str] = field(default_factory=set)
    frozen: dict[str, str] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    revoked: bool = False
    delay: float = 0.0
    late: list[float] = field(default_factory=list)
    socket_address: str = ""
    envelopes: asyncio.Queue[Json] = field(default_factory=asyncio.Queue)
    acknowledged: list[str] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/api/{method}", self.call)
        app.router.add_get("/socket", self.socket)
        app.router.add_post("/respond", self.respond)
        return app

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """Send envelopes by Socket Mode, and keep which of them were acknowledged."""
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        await connection.send_json({"type": "hello", "num_connections": 1})

        async def send() -> None:
            while True:
                await connection.send_json(await self.envelopes.get())

        sending = asyncio.create_task(send())
        async for message in connection:
            if message.type is WSMsgType.TEXT and message.data.startswith("{"):
                self.acknowledged.append(json.loads(message.data)["envelope_id"])
        sending.cancel()
        return connection

    async def respond(self, request: web.Request) -> web.Response:
        """Take an answer that only one person sees."""
        answer = await request.json()
        try:
            check_message(answer["text"], answer.get("blocks"))
        except Refused as refused:
            return web.json_response({"ok": False, "error": str(refused)}, status=400)
        self.responses.append(answer)
        return web.json_response({"ok": True})

    async def call(self, request: web.Request) -> web.Response:
        method, arguments = request.match_info["method"], await self._arguments(request)
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.script and (scripted := await self.script.pop(0)()) is not None:
            return scripted
        self.calls.append((method, arguments))
        try:
            self._allow(method, request)
            answer = getattr(self, method.replace(".", "_"))(**arguments)
        except Refused as refused:
            return web.json_response({"ok": False, "error": str(refused)})
        except TypeError:
            return web.json_response({"ok": False, "error": "invalid_arguments"})
        if self.late:  # done, but whoever asked hears of it too late
            await asyncio.sleep(self.late.pop())
        return web.json_response({"ok": True, **answer})

    async def _arguments(self, request: web.Request) -> Json:
        if "json" in request.content_type:
            return dict(await request.json())
        return dict(await request.post())

    def _allow(self, method: str, request: web.Request) -> None:
        wanted = APP_TOKEN if method == "apps.connections.open" else TOKEN
        if request.headers.get("Authorization") != f"Bearer {wanted}":
            raise Refused("invalid_auth")
        if self.revoked:
            raise Refused("token_revoked")
        if method not in SCOPES:
            raise Refused("unknown_method")
        if (scope := SCOPES[method]) and scope not in self.scopes:
            raise Refused("missing_scope")

    def auth_test(self) -> Json:
        return {"team_id": TEAM, "user_id": BOT}

    def apps_connections_open(self, **_: Any) -> Json:
        return {"url": self.socket_address}

    def chat_postMessage(  # noqa: N802 - Slack's name
        self,
        channel: str,
        text: str,
        blocks: Any = None,
        thread_ts: str = "",
        metadata: Any = None,
        **_: Any,
    ) -> Json:
        self._known(channel)
        if channel in self.left:
            raise Refused("account_inactive")
        check_message(text, blocks)
        unknown = channel == TRIAGE and thread_ts not in self.messages[channel]
        if thread_ts and (unknown or thread_ts in self.deleted):
            raise Refused("thread_not_found")
        ts = f"{int(time.time())}.{next(self.numbers):06d}"
        self.messages[channel][ts] = {
            "text": text,
            "blocks": blocks,
            "thread_ts": thread_ts,
            "metadata": metadata,
        }
        return {"channel": channel, "ts": ts}

    def chat_postEphemeral(  # noqa: N802
        self, channel: str, user: str, text: str, blocks: Any = None, **_: Any
    ) -> Json:
        self._known(channel)
        if channel == TRIAGE and user not in self.members:
            raise Refused("user_not_in_channel")
        check_message(text, blocks)
        self.ephemeral.append({"channel": channel, "user": user, "text": text})
        return {"message_ts": "1.0"}

    def chat_update(self, channel: str, ts: str, text: str, blocks: Any = None) -> Json:
        if ts in self.frozen:
            raise Refused(self.frozen[ts])
        if ts not in self.messages[channel]:
            raise Refused("message_not_found")
        check_message(text, blocks)
        self.messages[channel][ts] |= {"text": text, "blocks": blocks, "edited": True}
        return {"channel": channel, "ts": ts}

    def conversations_open(self, users: str) -> Json:
        if not users.startswith("U"):
            raise Refused("user_not_found")
        return {"channel": {"id": f"D{users[1:]}"}}

    def conversations_members(self, channel: str, limit: int = 100, cursor: str = "") -> Json:
        if channel != TRIAGE:
            raise Refused("channel_not_found")
        # Two pages, so that whoever reads only the first is noticed.
        ordered = sorted(self.members)
        half = len(ordered) // 2
        page, following = (ordered[half:], "") if cursor else (ordered[:half], "next")
        return {"members": page, "response_metadata": {"next_cursor": following}}

    def users_info(self, user: str, **_: Any) -> Json:
        return {"user": {"id": user, "team_id": TEAM, **self.users.get(user, {})}}

    def views_open(self, trigger_id: str, view: Any) -> Json:
        self._exchange(trigger_id)
        opened = self._view(f"V{next(self.numbers)}", view)
        self.stacks.append([opened["view"]["id"]])
        return opened

    def views_push(self, trigger_id: str, view: Any) -> Json:
        self._exchange(trigger_id)
        stack = next((each for each in reversed(self.stacks) if each), None)
        if stack is None:
            raise Refused("not_found")
        if len(stack) >= _MOST_VIEWS:
            raise Refused("push_limit_reached")
        pushed = self._view(f"V{next(self.numbers)}", view)
        stack.append(pushed["view"]["id"])
        return pushed

    def _exchange(self, trigger: str) -> None:
        given = self.triggers.pop(trigger, None)
        if given is None:
            raise Refused("exchanged_trigger_id")
        if time.monotonic() - given > _TRIGGER_SECONDS:
            raise Refused("expired_trigger_id")

    def views_update(self, view: Any, view_id: str, **given: str) -> Json:
        if view_id not in self.views:
            raise Refused("not_found")
        if "hash" in given and given["hash"] != self.hash_of(view_id):
            raise Refused("hash_conflict")
        return self._view(view_id, view)

    def hash_of(self, view_id: str) -> str:
        return hashlib.sha256(json.dumps(self.views[view_id]).encode()).hexdigest()[:12]

    def close(self, view_id: str) -> None:
        """Close a view, as somebody does who thinks better of it."""
        del self.views[view_id]

    def views_publish(self, user_id: str, view: Any) -> Json:
        if view["type"] != "home":
            raise Refused("invalid_arguments")
        check_view(view)
        self.homes[user_id] = view
        return {"view": view}

    def _view(self, identifier: str, view: Json) -> Json:
        if view["type"] != "modal":
            raise Refused("invalid_arguments")
        check_view(view)
        self.views[identifier] = view
        return {"view": {"id": identifier, "hash": self.hash_of(identifier), **view}}

    def _known(self, channel: str) -> None:
        if channel[:1] not in {"C", "D", "G"}:
            raise Refused("channel_not_found")

    def trigger(self) -> str:
        made = f"trigger-{next(self.numbers)}"
        self.triggers[made] = time.monotonic()
        return made

    def texts(self, channel: str) -> list[str]:
        return [message["text"] for message in self.messages[channel].values()]
