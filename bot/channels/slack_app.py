"""Slack through slack-bolt: payloads become messages and actions, replies become posts.

Bolt routes; the front door has verified before, and the worker works after. The only importer of
slack_bolt.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.channels.base import Core, begin_request, opened_form, problems_in
from bot.channels.errands import Errands
from bot.channels.slack_client import CHANNEL, Json, SlackClient, quiet_logger
from bot.channels.slack_manifest import SHORTCUT_ID
from bot.channels.slack_render import (
    CHOICE,
    DESK,
    REQUEST,
    blocks_of,
    message_view,
    readable,
    text_of,
    values_of,
    view_of,
)
from bot.channels.slack_staff import SlackStaff, sender_of
from bot.messages import Action, ConversationRef, Message, Reply, Scope, Sender

_NOBODY_LISTENS = 404


class SlackApp:
    """One workspace: listeners for what comes in, and the deliverer for what goes out."""

    def __init__(self, client: SlackClient, core: Core) -> None:
        """Take the client and the core."""
        self.client = client
        self.core = core
        self.errands = Errands()
        self.staff = SlackStaff(client, core, self.errands)
        # Everything that an environment variable could switch on is said here.
        self.bolt = AsyncApp(
            client=client.web,
            logger=quiet_logger(),
            authorize=_authorize_for(client),
            process_before_response=True,
            request_verification_enabled=False,
            signing_secret="the front door verifies",  # noqa: S106
        )
        self._listen()

    async def handle(self, payload: Json) -> tuple[int, Json | None]:
        """Return the status and body that answer a verified payload."""
        request = AsyncBoltRequest(mode="socket_mode", body=payload)
        response = await self.bolt.async_dispatch(request)
        if response.status == _NOBODY_LISTENS:
            return 200, None
        body = response.body
        answer = body if isinstance(body, dict) else json.loads(body) if body else None
        return response.status, answer or None

    def private_place(self, _: ConversationRef, sender: Sender, /) -> ConversationRef | None:
        """Return the direct message with somebody."""
        return _private(sender)

    async def deliver(self, address: ConversationRef, reply: Reply, notice_id: str, /) -> None:
        """Post a reply; the card of a ticket is edited where it stands."""
        if address.conversation_id == self.client.settings.triage_channel and reply.ticket:
            await self.staff.deliver(address, reply, notice_id)
            return
        channel = address.reply_address or await self.client.direct_channel(address)
        await self.client.post(channel, reply, address.thread_id, notice_id)

    def _listen(self) -> None:
        self.bolt.event("message")(self._on_message)
        self.bolt.event("app_mention")(self._on_mention)
        self.bolt.event("app_home_opened")(self._on_home)
        self.bolt.action(re.compile(f"^{CHOICE}:"))(self._on_choice)
        self.bolt.action(re.compile(f"^{DESK}:"))(self.staff.on_button)
        self.bolt.action(re.compile(f"^{REQUEST}:"))(self._on_request_button)
        self.bolt.shortcut(SHORTCUT_ID)(self.staff.on_message)
        self.bolt.view(DESK)(self.staff.on_form)
        self.bolt.view(REQUEST)(self._on_request_form)
        self.bolt.command(re.compile("^/"))(self._on_command)

    async def _on_message(self, body: Json, event: Json) -> None:
        if event.get("subtype") == "message_deleted":
            await self.core.forget(self._utterance(event, event.get("deleted_ts")))
            return
        mine = event.get("channel_type") == "im" and not event.get("bot_id")
        if mine and event.get("subtype") in {None, "file_share"} and event.get("user"):
            sender = self._sender(event["user"], event, body)
            place = replace(
                _private(sender),
                thread_id=str(event.get("thread_ts") or ""),
                reply_address=str(event["channel"]),
            )
            await self._keep(body, event, sender, place)

    async def _on_mention(self, body: Json, event: Json) -> None:
        if event.get("bot_id") or not event.get("user"):
            return
        sender = self._sender(event["user"], event, body)
        place = ConversationRef(
            CHANNEL,
            self.client.team_id,
            str(event["channel"]),
            thread_id=str(event.get("thread_ts") or event["ts"]),
            reply_address=str(event["channel"]),
            scope=Scope.CHANNEL,
        )
        await self._keep(body, event, sender, place)

    async def _keep(self, body: Json, event: Json, sender: Sender, place: ConversationRef) -> None:
        """Keep what somebody said; the same utterance arrives twice where it is a mention too."""
        message = Message(
            id=str(event.get("client_msg_id") or event["ts"]),
            channel=CHANNEL,
            conversation=place,
            sender=sender,
            text=readable(str(event.get("text") or "")),
            sent_at=datetime.fromtimestamp(float(event["ts"]), UTC),
            attachments=len(event.get("files") or ()),
            locale=self.client.locale_of(sender.user_id) or "",
        )
        utterance = self._utterance(event, event["ts"])
        await self.core.keep(message, f"slack\n{body['event_id']}", utterance)
        if self.client.may_ask_locale(sender.user_id):
            self.errands.run(self.client.look_up_locale(sender.user_id))

    def _utterance(self, event: Json, ts: Any) -> str:
        return f"slack\n{self.client.team_id}\n{event['channel']}\n{ts}"

    async def _on_choice(self, body: Json, ack: Any) -> None:
        """Take a button in a conversation as its text when typed."""
        user, pressed = body["user"], body["actions"][0]
        sender = self._sender(user["id"], user, body)
        channel = str((body.get("channel") or {}).get("id") or "")
        in_channel = channel and not channel.startswith("D")
        message = body.get("message") or {}
        team = self.client.team_id
        thread = str(message.get("thread_ts") or message.get("ts") or "") if in_channel else ""
        place = (
            ConversationRef(CHANNEL, team, channel, thread, channel, scope=Scope.CHANNEL)
            if in_channel
            else replace(_private(sender), reply_address=channel)
        )
        key = f"slack\n{pressed['action_ts']}\n{user['id']}"
        said = Message(
            id=str(pressed["action_ts"]),
            channel=CHANNEL,
            conversation=place,
            sender=sender,
            text=str(pressed.get("value") or ""),
            sent_at=datetime.fromtimestamp(float(pressed["action_ts"]), UTC),
        )
        await self.core.keep(said, key, None)
        await ack()

    async def _on_command(self, body: Json, ack: Any) -> None:
        sender = self._sender(body["user_id"], {"team_id": body.get("team_id")}, body)
        message = Message(
            id=str(body.get("trigger_id") or time.time()),
            channel=CHANNEL,
            conversation=_private(sender),
            sender=sender,
            text=str(body.get("text") or "").strip() or "help",
            sent_at=datetime.now(UTC),
        )
        reply = await self.core.answer(message)
        await ack(response_type="ephemeral", text=text_of(reply), blocks=blocks_of(reply))

    async def _on_home(self, body: Json, event: Json) -> None:
        """Show somebody's own requests, and ways to begin."""
        if event.get("tab") != "home":
            return
        self.errands.run(self._show_home(event, self._sender(event["user"], event, body)))

    async def _show_home(self, event: Json, sender: Sender) -> None:
        key = f"home {event.get('event_ts')}"
        place = ConversationRef(CHANNEL, sender.tenant_id, f"home:{sender.user_id}")
        asked = Message(key, CHANNEL, place, sender, "/status", datetime.now(UTC))
        reply = await self.core.answer(asked)
        start = blocks_of(replace(reply, blocks=(begin_request(reply.language),)))
        start[0]["elements"][0]["action_id"] = f"{REQUEST}:form"
        view = {"type": "home", "blocks": [*start, *blocks_of(reply)][:100]}
        await self.client.call("views.publish", user_id=event["user"], view=view)

    async def _on_request_button(self, body: Json, ack: Any) -> None:
        reply = await self.core.requester(self._requester_action(body, "request_form", {}))
        form = opened_form(reply)
        if form is not None:
            view = view_of(form, REQUEST, reply.language)
            trigger = body["trigger_id"]
            self.errands.run(self._open_view(trigger, view))
        await ack()

    async def _open_view(self, trigger: str, view: Json) -> None:
        await self.client.call("views.open", trigger_id=trigger, view=view)

    async def _on_request_form(self, body: Json, ack: Any) -> None:
        values = values_of(body["view"]["state"])
        reply = await self.core.requester(self._requester_action(body, "file_request", values))
        form = opened_form(reply)
        if form is not None:
            await ack(response_action="errors", errors=problems_in(form))
            return
        await ack(response_action="update", view=message_view(reply, "✓"))

    def _requester_action(self, body: Json, name: str, values: Mapping[str, str]) -> Action:
        user = body["user"]
        sender = self._sender(user["id"], user, body)
        view = body.get("view") or {}
        identifier = str(view.get("id") or body.get("trigger_id") or time.time())
        return Action(
            identifier,
            name,
            sender,
            _private(sender),
            datetime.now(UTC),
            values={**values, "language": self.client.settings.language},
        )

    def _sender(self, user: str, named: Json, body: Json) -> Sender:
        return sender_of(user, named, body, self.client.team_id)


def _authorize_for(client: SlackClient) -> Callable[..., Awaitable[AuthorizeResult]]:
    """Return what tells bolt who we are; bolt reads its argument names, so it is no method."""

    async def authorize(team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=team_id or client.team_id,
            bot_user_id=client.bot_user,
            bot_token=client.settings.token,
        )

    return authorize


def _private(sender: Sender) -> ConversationRef:
    return ConversationRef(CHANNEL, sender.tenant_id, f"im:{sender.user_id}")
