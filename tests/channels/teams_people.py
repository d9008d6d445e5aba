"""People who write and press in Teams, as Teams sends it: each activity with a true token."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientSession

from tests.channels.fake_issuer import Json
from tests.channels.fake_teams import APP, BOT, HALL, FakeTeams


@dataclass
class Client:
    """People who write and press in Teams; each activity comes with a token of the connector."""

    session: ClientSession
    address: str
    teams: FakeTeams

    async def send(self, activity: Json, authorization: str | None = None) -> tuple[int, Any]:
        """Send an activity to the app; return the status and the body that came back."""
        token = authorization or f"Bearer {self.token()}"
        headers = {"Authorization": token, "Content-Type": "application/json"}
        data = json.dumps(activity)
        async with self.session.post(self.address, data=data, headers=headers) as response:
            text = await response.text()
        return response.status, json.loads(text) if text.startswith(("{", "[")) else text

    def token(self) -> str:
        """Return a token as the Bot Connector signs it for the app."""
        return self.teams.issuer.token(aud=APP, serviceurl=f"{self.teams.base}/")

    def activity(self, who: str, conversation: str = "", **more: Any) -> Json:
        """Return an activity of somebody, in their own chat or in another conversation."""
        person = self.teams.people[who]
        kind = {"": "personal", "19:group": "groupChat"}.get(conversation, "channel")
        name = conversation or person.chat
        home = {} if kind == "personal" else {"isGroup": True}
        return {
            "type": "message",
            "id": f"{int(time.time() * 1000)}{next(self.teams.numbers)}",
            "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "channelId": "msteams",
            "serviceUrl": f"{self.teams.base}/",
            "from": person.account,
            "recipient": {"id": BOT, "name": "Privacy desk"},
            "conversation": {
                "id": name,
                "conversationType": kind,
                "tenantId": person.tenant,
                **home,
            },
            "channelData": {"tenant": {"id": person.tenant}},
            "locale": person.locale,
            "entities": [{"type": "clientInfo", "locale": person.locale}],
            **more,
        }

    async def say(self, who: str, text: str, **more: Any) -> int:
        """Say something in somebody's own chat with the app."""
        status, _ = await self.send(self.activity(who, text=text, textFormat="plain", **more))
        return status

    async def mention(self, who: str, text: str, conversation: str = HALL, **more: Any) -> Json:
        """Mention the app in a channel or a group chat; return the activity that was sent."""
        said = "<at>Privacy desk</at>"
        entity = {"type": "mention", "text": said, "mentioned": {"id": BOT, "name": "Privacy desk"}}
        activity = self.activity(who, conversation, text=f"{said} {text}", **more)
        activity["entities"].append(entity)
        if conversation != "19:group" and ";messageid=" not in conversation:
            activity["conversation"]["id"] = f"{conversation};messageid={activity['id']}"
        await self.send(activity)
        return activity

    async def press(self, who: str, conversation: str, label: str) -> tuple[int, Any]:
        """Press the last button with a label that stands in a conversation."""
        for identifier, message in reversed(self.teams.messages[conversation].items()):
            for action in actions_in(message):
                if action["title"].startswith(label):
                    return await self.pressed(who, conversation, identifier, action["data"])
        raise AssertionError(f"no button {label!r}")

    async def pressed(
        self, who: str, conversation: str, identifier: str, data: Json
    ) -> tuple[int, Any]:
        """Press a button: Teams opens a task, or sends its data as a message."""
        place = "" if conversation == self.teams.people[who].chat else conversation
        more: Json = {"replyToId": identifier}
        if (data.get("msteams") or {}).get("type") == "task/fetch":
            value = {"data": data, "context": {"theme": "default"}}
            return await self.invoke(who, "task/fetch", value, place, **more)
        return await self.send(self.activity(who, place, value=data, **more))

    async def invoke(
        self, who: str, name: str, value: Json, place: str = "", **more: Any
    ) -> tuple[int, Any]:
        """Send an invoke, as Teams does and waits for what it answers."""
        activity = self.activity(who, place, type="invoke", name=name, value=value, **more)
        return await self.send(activity)

    async def submit(
        self, who: str, opened: Json, values: Json, name: str = "task/submit"
    ) -> tuple[int, Any]:
        """Fill in a form that was opened, and send it."""
        card = opened["task"]["value"]["card"]["content"]
        inputs = {e["id"]: e.get("value", "") for e in card["body"] if "id" in e and "label" in e}
        (action,) = list(actions_in({"attachments": [{"content": card}]}))
        data = {**action["data"], **inputs, **values}
        return await self.invoke(who, name, {"data": data, "commandId": "privacy_request"})


def actions_in(message: Json) -> Iterator[Json]:
    """Yield the buttons of a message."""
    for attached in message.get("attachments") or ():
        for element in attached["content"]["body"]:
            if element["type"] == "ActionSet":
                yield from element["actions"]
