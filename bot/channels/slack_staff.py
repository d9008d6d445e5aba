"""The staff channel in Slack: one card a ticket, its buttons and its forms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.channels.base import Core, opened_form, problems_in, without_forms
from bot.channels.errands import Errands
from bot.channels.slack_client import CHANNEL, Json, SlackClient
from bot.channels.slack_render import (
    DESK,
    blocks_of,
    loading_view,
    message_view,
    readable,
    text_of,
    values_of,
    view_of,
)
from bot.messages import Action, Card, ConversationRef, Kind, Reply, Sender

SHORTCUT, TAKE_OVER = "Privacy request", "take_over"
_ADDRESSING = frozenset({"action", "ticket", "version"})
_READ_ONLY = frozenset({"details", "queue", "card"})


class SlackStaff:
    """What staff press and fill in, and the cards that they see."""

    def __init__(self, client: SlackClient, core: Core, errands: Errands) -> None:
        """Take the client, the core, and where work goes on after Slack was answered."""
        self.client = client
        self.core = core
        self.errands = errands

    async def deliver(self, address: ConversationRef, reply: Reply, notice_id: str = "") -> None:
        """Post the one card of a ticket, or edit it and say below it what happened."""
        assert reply.ticket is not None
        known = await self.core.find_card(reply.ticket, address)
        card = await self.core.channel_card(reply.ticket)
        said = tuple(block for block in reply.blocks if not isinstance(block, Card))
        if not known:
            posted = await self.client.post(
                address.conversation_id,
                replace(card, blocks=(*said, *card.blocks)),
                notice_id=notice_id,
            )
            await self.core.keep_card(reply.ticket, address, str(posted["ts"]))
            return
        await self.client.call(
            "chat.update",
            channel=address.conversation_id,
            ts=known,
            text=text_of(card),
            blocks=blocks_of(card),
        )
        if said:
            said_alone = replace(reply, blocks=said)
            await self.client.post(address.conversation_id, said_alone, known, notice_id)

    async def on_button(self, body: Json, ack: Any) -> None:
        """Open the form of a button, or do what it says."""
        pressed = body["actions"][0]
        name = str(pressed["action_id"]).partition(":")[2]
        meant = json.loads(pressed.get("value") or "{}")
        if name in _READ_ONLY:
            self.errands.run(self._show_view(body, _label_of(pressed), name, meant))
        elif meant.get("form"):
            asked = {"action": name}
            self.errands.run(self._show_view(body, _label_of(pressed), "form", meant, asked))
        else:
            self.errands.run(self._press(body, name, meant))
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
        self.errands.run(self._show_view(body, SHORTCUT, "message", {}, values))
        await ack()

    async def _press(self, body: Json, name: str, meant: Json) -> None:
        reply = await self.core.staff(await self._staff_action(body, name, meant))
        await self._after_staff(body, reply)

    async def _show_view(
        self,
        body: Json,
        title: str,
        name: str,
        meant: Json,
        values: Mapping[str, str] | None = None,
    ) -> None:
        """Open a modal at once, then fill it: a trigger lasts three seconds and works once."""
        loading = loading_view(title, self.client.settings.language)
        opened = await self.client.call("views.open", trigger_id=body["trigger_id"], view=loading)
        reply = await self.core.staff(await self._staff_action(body, name, meant, values))
        form = opened_form(reply)
        view = (
            view_of(form, DESK, reply.language)
            if form
            else message_view(without_forms(reply), title)
        )
        await self.client.call("views.update", view_id=opened["view"]["id"], view=view)

    async def on_form(self, body: Json, ack: Any) -> None:
        """Do what a form says; its problems stand at their fields."""
        meant = json.loads(body["view"].get("private_metadata") or "{}")
        hidden = {name: str(value) for name, value in meant.items() if name not in _ADDRESSING}
        values = hidden | values_of(body["view"]["state"])
        action = await self._staff_action(body, str(meant.get("action", "")), meant, values)
        reply = await self.core.staff(action)
        form = opened_form(reply)
        if form is not None and problems_in(form):
            await ack(response_action="errors", errors=problems_in(form))
        elif form is not None:
            view = view_of(form, DESK, reply.language)
            shown = blocks_of(without_forms(reply))
            await ack(response_action="update", view={**view, "blocks": [*shown, *view["blocks"]]})
        elif reply.kind is Kind.ERROR or meant.get("action") == TAKE_OVER:
            title = str(body["view"]["title"]["text"])
            await ack(response_action="update", view=message_view(reply, title))
        else:
            await ack(response_action="clear")
            self.errands.run(self._refresh(reply))

    async def _staff_action(
        self, body: Json, name: str, meant: Json, values: Mapping[str, str] | None = None
    ) -> Action:
        user = body["user"]
        sender = sender_of(user["id"], user, body, self.client.team_id)
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

    async def _after_staff(self, body: Json, reply: Reply) -> None:
        """Edit the card, or tell whoever pressed why nothing was done."""
        if reply.kind is not Kind.ERROR:
            await self._refresh(reply)
            return
        channel = str((body.get("channel") or {}).get("id") or self.client.settings.triage_channel)
        await self.client.call(
            "chat.postEphemeral",
            channel=channel,
            user=body["user"]["id"],
            text=text_of(reply),
            blocks=blocks_of(reply),
        )

    async def _refresh(self, reply: Reply) -> None:
        if reply.ticket:
            triage = self.client.settings.triage_channel
            place = ConversationRef(CHANNEL, self.client.team_id, triage)
            card = replace(reply, blocks=(Card(reply.ticket, "", (), "calm"),))
            await self.deliver(place, card)


def sender_of(user: str, named: Json, body: Json, team_id: str) -> Sender:
    """Return who it is: the workspace of the person, not the one where it was said."""
    team = named.get("user_team") or named.get("source_team") or named.get("team_id")
    team = team or named.get("team") or body.get("team_id") or team_id
    return Sender(str(team), str(user))


def _label_of(pressed: Json) -> str:
    return str(pressed.get("text", {}).get("text", ""))
