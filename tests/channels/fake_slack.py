"""A strict Slack at its HTTP boundary: the Web API methods that we call, with Slack's own rules,
and a signer for what Slack sends. It keeps what was posted, as a workspace would show it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession, WSMsgType, web

from tests.channels.block_kit_rules import Refused, check_answer, check_message, check_view

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


class Signer:
    """Sends what Slack sends, signed, to the address of the app."""

    def __init__(self, session: ClientSession, address: str, slack: FakeSlack) -> None:
        self.session = session
        self.address = address
        self.slack = slack
        self.numbers = itertools.count(1)
        self.response_url = ""

    async def post(
        self, body: bytes, content_type: str = "application/json", **headers: str
    ) -> tuple[int, Json | None]:
        stamp = str(int(time.time()))
        named = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signed(SECRET, stamp, body),
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.post(self.address, data=body, headers=named) as response:
            text = await response.text()
            return response.status, json.loads(text) if text.startswith("{") else None

    def event(self, event: Json, event_id: str = "") -> Json:
        return {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": "A0",
            "event_id": event_id or f"Ev{next(self.numbers)}",
            "event": event,
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
        }

    def message(self, user: str, text: str, **more: Any) -> Json:
        ts = f"{int(time.time())}.{next(self.numbers):06d}"
        channel = f"D{user[1:]}"
        return {
            "type": "message",
            "channel_type": "im",
            "channel": channel,
            "user": user,
            "team": TEAM,
            "text": text,
            "ts": ts,
            **more,
        }

    async def say(self, user: str, text: str, **more: Any) -> int:
        body = json.dumps(self.event(self.message(user, text, **more))).encode()
        return (await self.post(body))[0]

    async def mention(self, user: str, text: str, channel: str = "C0HALL") -> int:
        event = self.message(user, f"<@{BOT}> {text}", channel=channel)
        event |= {"type": "app_mention"}
        del event["channel_type"]
        return (await self.post(json.dumps(self.event(event)).encode()))[0]

    async def interact(self, payload: Json) -> tuple[int, Json | None]:
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return await self.post(body, "application/x-www-form-urlencoded")

    async def press(
        self, user: str, channel: str, action_id: str, value: str, **more: Any
    ) -> tuple[int, Json | None]:
        """Press a button in a message."""
        place = {
            "channel": {"id": channel},
            "container": {"type": "message", "channel_id": channel, "message_ts": "1.1"},
            "message": {"type": "message", "user": BOT, "ts": "1.1"},
            "response_url": self.response_url,
        }
        return await self._press(user, action_id, value, {**place, **more})

    async def press_in_view(
        self, user: str, view: Json, label: str, view_id: str = "V0HOME"
    ) -> tuple[int, Json | None]:
        """Press the first button with a label in a modal or in the Home."""
        place = {
            "container": {"type": "view", "view_id": view_id},
            "view": {**view, "id": view_id},
        }
        pressed = button_labelled(view["blocks"], label)
        assert pressed, f"no button {label!r}"
        return await self._press(user, pressed["action_id"], pressed["value"], place)

    async def press_unseen(
        self, user: str, answer: Json, label: str, channel: str = "C0HALL"
    ) -> tuple[int, Json | None]:
        """Press a button in a message that only one person sees: no message comes with it."""
        place = {
            "channel": {"id": channel},
            "container": {"type": "message", "channel_id": channel, "is_ephemeral": True},
            "response_url": self.response_url,
        }
        pressed = button_labelled(answer["blocks"], label)
        assert pressed, f"no button {label!r}"
        return await self._press(user, pressed["action_id"], pressed["value"], place)

    async def _press(
        self, user: str, action_id: str, value: str, place: Json
    ) -> tuple[int, Json | None]:
        payload = {
            "type": "block_actions",
            "user": {"id": user, "team_id": TEAM},
            "team": {"id": TEAM},
            "trigger_id": self.slack.trigger(),
            "actions": [
                {
                    "type": "button",
                    "action_id": action_id,
                    "value": value,
                    "action_ts": f"{time.time():.6f}",
                    "text": {"type": "plain_text", "text": "knop"},
                }
            ],
            **place,
        }
        return await self.interact(payload)

    async def shortcut(self, user: str, message: Json, channel: str) -> tuple[int, Json | None]:
        """Use the message shortcut on somebody's message."""
        payload = {
            "type": "message_action",
            "callback_id": "privacy_request",
            "user": {"id": user, "team_id": TEAM},
            "team": {"id": TEAM},
            "channel": {"id": channel},
            "trigger_id": self.slack.trigger(),
            "message_ts": message["ts"],
            "message": message,
        }
        return await self.interact(payload)

    async def press_labelled(self, user: str, channel: str, label: str) -> tuple[int, Json | None]:
        """Press the last button with a label that stands in a channel."""
        for ts, message in reversed(self.slack.messages[channel].items()):
            if pressed := button_labelled(message["blocks"], label):
                stands = {"type": "message", "user": BOT, "ts": ts}
                if message["thread_ts"]:
                    stands["thread_ts"] = message["thread_ts"]
                return await self.press(
                    user, channel, pressed["action_id"], pressed["value"], message=stands
                )
        raise AssertionError(f"no button {label!r} in {channel}")

    async def submit(
        self, user: str, view_id: str, values: dict[str, str]
    ) -> tuple[int, Json | None]:
        view = self.slack.views[view_id]
        state: Json = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                given = values.get(block["block_id"], "")
                state[block["block_id"]] = {"value": element_state(block["element"], given)}
        payload = {
            "type": "view_submission",
            "user": {"id": user, "team_id": TEAM},
            "team": {"id": TEAM},
            "view": {**view, "id": view_id, "state": {"values": state}},
        }
        status, answer = await self.interact(payload)
        check_answer(view, answer)
        if answer and answer.get("response_action") == "update":
            self.slack.views[view_id] = answer["view"]
        elif answer and answer.get("response_action") == "clear":
            del self.slack.views[view_id]
        return status, answer

    async def command(self, user: str, text: str) -> tuple[int, Json | None]:
        fields = {
            "command": "/privacy",
            "text": text,
            "user_id": user,
            "team_id": TEAM,
            "channel_id": "C0HALL",
            "trigger_id": self.slack.trigger(),
        }
        body = urlencode(fields).encode()
        status, answer = await self.post(body, "application/x-www-form-urlencoded")
        if answer:
            check_message(answer["text"], answer.get("blocks"))
        return status, answer


def button_labelled(blocks: list[Json], label: str) -> Json | None:
    """Return the first button with a label in blocks, or None."""
    elements = [element for block in blocks for element in block.get("elements", ())]
    buttons = [element for element in elements if element["type"] == "button"]
    return next((b for b in buttons if b["text"]["text"].startswith(label)), None)


def element_state(element: Json, given: str) -> Json:
    kind = element["type"]
    if kind == "static_select":
        known = {option["value"]: option for option in element["options"]}
        return {"type": kind, "selected_option": known.get(given)}
    if kind == "checkboxes":
        chosen = [o for o in element["options"] if o["value"] in given.split(",")]
        return {"type": kind, "selected_options": chosen}
    if kind == "users_select":
        return {"type": kind, "selected_user": given or None}
    if kind == "datepicker":
        return {"type": kind, "selected_date": given or None}
    return {"type": kind, "value": given or None}


def signed(secret: str, stamp: str, body: bytes) -> str:
    said = b"v0:" + stamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()
