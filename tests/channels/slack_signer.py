"""What Slack sends, signed: events, commands, buttons, forms and shortcuts of people."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession

from tests.channels.block_kit_rules import check_answer, check_message
from tests.channels.fake_slack import BOT, SECRET, TEAM, FakeSlack, Json


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
