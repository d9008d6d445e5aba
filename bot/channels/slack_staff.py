"""The staff channel in Slack: one card a ticket, its buttons and its forms."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.channels.base import Core, opened_form, problems_in, without_forms
from bot.channels.errands import Errands
from bot.channels.slack_client import CHANNEL, Json, SlackClient
from bot.channels.slack_people import private_place, sender_of
from bot.channels.slack_render import DESK, blocks_of, readable, text_of
from bot.channels.slack_texts import said
from bot.channels.slack_views import (
    form_view,
    input_names,
    loading_view,
    modal_of,
    opening,
    reading_view,
    values_of,
)
from bot.errors import ChannelError
from bot.messages import Action, Card, ConversationRef, Form, Kind, Reply, Sender

TAKE_OVER, DETAILS = "take_over", "details"
_ADDRESSING = frozenset({"action", "ticket", "version"})
_READ_ONLY = frozenset({DETAILS, "queue", "card"})
# What a form or a page is for; a chat is not the place.
_NOT_HERE = frozenset({"export", "purge"})
# How Slack says that a message can no longer be edited; then the card is posted anew.
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})


class SlackStaff:
    """What staff press and fill in, and the cards that they see."""

    def __init__(self, client: SlackClient, core: Core, errands: Errands) -> None:
        """Take the client, the core, and where work goes on after Slack was answered."""
        self.client = client
        self.core = core
        self.errands = errands
        self._one_at_a_time = asyncio.Lock()  # or two posts at once would leave two cards

    async def deliver(self, address: ConversationRef, reply: Reply, notice_id: str = "") -> None:
        """Post the one card of a ticket, or edit it and say below it what happened."""
        assert reply.ticket is not None
        async with self._one_at_a_time:
            known = await self.core.find_card(reply.ticket, address)
            card = await self.core.channel_card(reply.ticket)
            news = tuple(block for block in reply.blocks if not isinstance(block, Card))
            if known and await self._edited(address, known, card):
                if news:
                    below = replace(reply, blocks=news)
                    await self.client.post(address.conversation_id, below, known, notice_id)
                return
            whole = replace(card, blocks=(*news, *card.blocks))
            posted = await self.client.post(address.conversation_id, whole, notice_id=notice_id)
            await self.core.keep_card(reply.ticket, address, str(posted["ts"]))

    async def _edited(self, address: ConversationRef, known: str, card: Reply) -> bool:
        """Edit the card where it stands; False where it is gone or cannot be edited any more."""
        try:
            await self.client.call(
                "chat.update",
                channel=address.conversation_id,
                ts=known,
                text=text_of(card),
                blocks=blocks_of(card),
            )
        except ChannelError as error:
            if error.reason in _GONE:
                return False
            raise
        return True

    async def on_button(self, body: Json, ack: Any) -> None:
        """Open the form of a button, or do what it says."""
        pressed = body["actions"][0]
        name = str(pressed["action_id"]).split(":")[1]
        meant = json.loads(pressed.get("value") or "{}")
        label = str(pressed.get("text", {}).get("text", ""))
        if name in _READ_ONLY:
            self.errands.run(self._show(body, label, name, meant))
        elif meant.get("form"):
            self.errands.run(self._show(body, label, "form", meant, {"action": name}))
        else:
            self.errands.run(self._press(body, label, name, meant))
        await ack()

    async def on_message(self, body: Json, ack: Any) -> None:
        """Show somebody's message as a request that staff may record on their behalf."""
        message = body.get("message") or {}
        author = "" if message.get("bot_id") else str(message.get("user") or "")
        sender = sender_of(author, message, body, self.client.team_id)
        written = datetime.fromtimestamp(float(message.get("ts") or 0), UTC)
        values = {
            "text": readable(str(message.get("text") or "")),
            "author": author,
            "author_tenant": sender.tenant_id,
            "author_place": f"im:{author}" if author else "",
            "written_at": written.isoformat(),
        }
        title = said("record", self.client.settings.language)
        self.errands.run(self._show(body, title, "message", {}, values))
        await ack()

    async def _show(
        self,
        body: Json,
        title: str,
        name: str,
        meant: Json,
        values: Mapping[str, str] | None = None,
    ) -> None:
        """Open a modal at once, then fill it: a trigger lasts three seconds and works once."""
        loading = loading_view(title, self.client.settings.language)
        opened = await self.client.call(opening(body), trigger_id=body["trigger_id"], view=loading)
        action = await self._action(body, name, meant, values)
        view = view_for_staff(await self.core.staff(action), title)
        await self.client.call("views.update", view_id=opened["view"]["id"], view=view)

    async def _press(self, body: Json, label: str, name: str, meant: Json) -> None:
        """Do what a button says; the outbox edits the card, a refusal is told to who pressed."""
        reply = await self.core.staff(await self._action(body, name, meant))
        modal = modal_of(body)
        if modal and reply.kind is Kind.ERROR:
            view = reading_view(reply, label)
            await self.client.call("views.push", trigger_id=body["trigger_id"], view=view)
        elif modal:
            shown = await self.core.staff(await self._action(body, DETAILS, meant))
            view = view_for_staff(shown, str(modal["title"]["text"]))
            await self.client.call("views.update", view_id=modal["id"], view=view)
        elif reply.kind is Kind.ERROR:
            await self._refused(body, meant, reply)

    async def _refused(self, body: Json, meant: Json, reply: Reply) -> None:
        """Tell whoever pressed why nothing was done, and show the card as it is now."""
        triage = self.client.settings.triage_channel
        sender = self._sender(body)
        try:
            await self.client.call(
                "chat.postEphemeral",
                channel=str((body.get("channel") or {}).get("id") or triage),
                user=sender.user_id,
                text=text_of(reply),
                blocks=blocks_of(reply),
            )
        except ChannelError:  # they left the channel in the meantime
            await self.core.tell(private_place(sender), reply)
        if ticket := str(meant.get("ticket") or ""):
            place = ConversationRef(CHANNEL, self.client.team_id, triage)
            card = Reply(Kind.CARD, reply.language, (Card(ticket, "", (), "calm"),), ticket=ticket)
            if await self.core.find_card(ticket, place):
                await self.deliver(place, card)

    async def on_form(self, body: Json, ack: Any) -> None:
        """Do what a form says; its problems stand at their fields."""
        view = body["view"]
        meant = json.loads(view.get("private_metadata") or "{}")
        if not await self.client.look_up_role_soon(self._sender(body)):
            slow = said("slow", self.client.settings.language)
            await ack(response_action="errors", errors=dict.fromkeys(input_names(view)[:1], slow))
            return
        hidden = {name: str(value) for name, value in meant.items() if name not in _ADDRESSING}
        values = hidden | values_of(view["state"])
        action = await self._action(body, str(meant.get("action", "")), meant, values)
        reply = await self.core.staff(action)
        form = opened_form(reply)
        problems = problems_in(form) if form else {}
        if problems.keys() & set(input_names(view)):
            await ack(response_action="errors", errors=problems)
        elif form or reply.kind is Kind.ERROR or meant.get("action") == TAKE_OVER:
            await ack(
                response_action="update", view=view_for_staff(reply, str(view["title"]["text"]))
            )
        else:
            await ack(response_action="clear")

    async def _action(
        self, body: Json, name: str, meant: Json, values: Mapping[str, str] | None = None
    ) -> Action:
        sender = self._sender(body)
        await self.client.look_up_role(sender)
        place = ConversationRef(CHANNEL, self.client.team_id, self.client.settings.triage_channel)
        version = meant.get("version")
        return Action(
            str(body.get("trigger_id") or ""),
            name,
            sender,
            place,
            datetime.now(UTC),
            ticket=str(meant.get("ticket") or ""),
            values=dict(values or {}),
            expected_version=version if isinstance(version, int) else None,
        )

    def _sender(self, body: Json) -> Sender:
        return sender_of(body["user"]["id"], body["user"], body, self.client.team_id)


def view_for_staff(reply: Reply, title: str) -> Json:
    """Return what staff asked to see: a form, or something to read with what can be done."""
    buttons = tuple(
        block
        for block in reply.blocks
        if not (isinstance(block, Form) and block.action in _NOT_HERE)
    )
    view = form_view(reply, DESK)
    if view is None and reply.kind is Kind.ERROR:
        return reading_view(without_forms(reply), title)
    return view or reading_view(replace(reply, blocks=buttons), title)
