"""Slack through slack-bolt: payloads become messages and actions, replies become posts.

Bolt routes; the front door has verified before, and the worker works after. The only importer of
slack_bolt.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.channels.base import Core
from bot.channels.errands import Errands
from bot.channels.slack_client import CHANNEL, Json, SlackClient, quiet_logger
from bot.channels.slack_home import SlackHome
from bot.channels.slack_manifest import SHORTCUT_ID
from bot.channels.slack_people import private_place, sender_of
from bot.channels.slack_render import (
    CHOICE,
    DESK,
    REQUEST,
    blocks_of,
    readable,
    text_of,
)
from bot.channels.slack_staff import SlackStaff
from bot.channels.slack_texts import said
from bot.errors import ChannelError
from bot.messages import (
    Choices,
    ConversationRef,
    Message,
    Reply,
    Scope,
    Sender,
    SourceLine,
)

_NOBODY_LISTENS = 404


class SlackApp:
    """One workspace: listeners for what comes in, and the deliverer for what goes out."""

    def __init__(self, client: SlackClient, core: Core) -> None:
        """Take the client and the core."""
        self.client = client
        self.core = core
        self.errands = Errands()
        self.staff = SlackStaff(client, core, self.errands)
        self.home = SlackHome(client, core, self.errands)
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
        return private_place(sender)

    async def deliver(self, address: ConversationRef, reply: Reply, notice_id: str, /) -> None:
        """Post a reply; the card of a ticket is edited where it stands."""
        if address.conversation_id == self.client.settings.triage_channel and reply.ticket:
            await self.staff.deliver(address, reply, notice_id)
            return
        channel = address.reply_address or await self.client.direct_channel(address)
        try:
            await self.client.post(channel, reply, address.thread_id, notice_id)
        except ChannelError as error:
            # Whoever deleted what they asked in a direct message is still answered.
            if error.reason != "thread_not_found" or address.scope is not Scope.PERSONAL:
                raise
            await self.client.post(channel, reply, notice_id=notice_id)

    def _listen(self) -> None:
        self.bolt.event("message")(self._on_message)
        self.bolt.event("app_mention")(self._on_mention)
        self.bolt.event("app_home_opened")(self.home.on_home)
        self.bolt.action(re.compile(f"^{CHOICE}:"))(self._on_choice)
        self.bolt.action(re.compile(f"^{DESK}:"))(self.staff.on_button)
        self.bolt.action(re.compile(f"^{REQUEST}:"))(self.home.on_button)
        self.bolt.shortcut(SHORTCUT_ID)(self.staff.on_message)
        self.bolt.view(DESK)(self.staff.on_form)
        self.bolt.view(REQUEST)(self.home.on_form)
        self.bolt.command(re.compile("^/"))(self._on_command)

    async def _on_message(self, body: Json, event: Json) -> None:
        if event.get("subtype") == "message_deleted":
            await self.core.forget(self._utterance(event, event.get("deleted_ts")))
            return
        mine = event.get("channel_type") == "im" and not event.get("bot_id")
        if mine and event.get("subtype") in {None, "file_share"} and event.get("user"):
            sender = self._sender(event["user"], event, body)
            place = replace(
                private_place(sender),
                thread_id=str(event.get("thread_ts") or ""),
                reply_address=str(event["channel"]),
            )
            await self._keep(body, event, sender, place)

    async def _on_mention(self, body: Json, event: Json) -> None:
        if event.get("bot_id") or not event.get("user"):
            return
        if str(event["channel"]).startswith("D"):  # it arrives as a direct message too
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
        self._learn_locale(sender)

    def _utterance(self, event: Json, ts: Any) -> str:
        return f"slack\n{self.client.team_id}\n{event['channel']}\n{ts}"

    async def _on_choice(self, body: Json, ack: Any) -> None:
        """Take a button as its text when typed; the answer is seen by as many as the button."""
        user, pressed = body["user"], body["actions"][0]
        sender = self._sender(user["id"], user, body)
        place = self._place_of(body, sender)
        typed = Message(
            id=str(pressed["action_ts"]),
            channel=CHANNEL,
            conversation=place or private_place(sender),
            sender=sender,
            text=str(pressed.get("value") or ""),
            sent_at=datetime.fromtimestamp(float(pressed["action_ts"]), UTC),
            locale=self.client.locale_of(sender.user_id) or "",
        )
        if place:
            key = f"slack\n{pressed['action_ts']}\n{user['id']}"
            await self.core.keep(typed, key, None)
        else:
            show = self.home.answer if body.get("view") else self._answer_unseen
            self.errands.run(show(body, await self.core.answer(typed), sender))
        await ack()

    def _place_of(self, body: Json, sender: Sender) -> ConversationRef | None:
        """Return where a button was pressed; None in a view or where only one person sees it."""
        channel = str((body.get("channel") or {}).get("id") or "")
        message = body.get("message") or {}
        thread = str(message.get("thread_ts") or "")
        if channel.startswith("D"):
            return replace(private_place(sender), thread_id=thread, reply_address=channel)
        if not channel or not message or (body.get("container") or {}).get("is_ephemeral"):
            return None
        thread = thread or str(message.get("ts") or "")
        team = self.client.team_id
        return ConversationRef(CHANNEL, team, channel, thread, channel, scope=Scope.CHANNEL)

    async def _answer_unseen(self, body: Json, reply: Reply, sender: Sender) -> None:
        """Answer below a message that only one person sees; nobody else may see the answer."""
        try:
            await self.client.respond(str(body.get("response_url") or ""), _by_command(reply))
        except ChannelError:
            await self.core.tell(private_place(sender), reply)
        else:
            await self.home.keep_receipt(reply, sender)

    async def _on_command(self, body: Json, ack: Any) -> None:
        sender = self._sender(body["user_id"], {"team_id": body.get("team_id")}, body)
        message = Message(
            id=str(body.get("trigger_id") or time.time()),
            channel=CHANNEL,
            conversation=private_place(sender),
            sender=sender,
            text=readable(str(body.get("text") or "")) or "help",
            sent_at=datetime.now(UTC),
            locale=self.client.locale_of(sender.user_id) or "",
        )
        reply = await self.core.answer(message)
        await self.home.keep_receipt(reply, sender)
        shown = _by_command(reply)
        await ack(response_type="ephemeral", text=text_of(shown), blocks=blocks_of(shown))
        self._learn_locale(sender)

    def _learn_locale(self, sender: Sender) -> None:
        if self.client.may_ask_locale(sender.user_id):
            self.errands.run(self.client.look_up_locale(sender.user_id))

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


def _by_command(reply: Reply) -> Reply:
    """Return a reply to a command; where it asks something, with how to answer."""
    if not any(isinstance(block, Choices) for block in reply.blocks):
        return reply
    hint = SourceLine(said("go_on_by_command", reply.language))
    return replace(reply, blocks=(*reply.blocks, hint))
