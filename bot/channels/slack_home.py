"""The Home of the app: one's own requests, the form for a new one, and common questions."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.channels.base import Core, opened_form, problems_in
from bot.channels.errands import Errands
from bot.channels.slack_client import CHANNEL, Json, SlackClient
from bot.channels.slack_people import private_place, sender_of
from bot.channels.slack_render import REQUEST
from bot.channels.slack_texts import said
from bot.channels.slack_views import form_view, home_view, opening, reading_view, values_of
from bot.errors import ChannelError
from bot.messages import (
    Action,
    Choices,
    ConversationRef,
    Kind,
    Language,
    Message,
    Reply,
    Sender,
)


class SlackHome:
    """What somebody sees and does outside any conversation, and the receipts of it."""

    def __init__(self, client: SlackClient, core: Core, errands: Errands) -> None:
        """Take the client, the core, and where work goes on after Slack was answered."""
        self.client = client
        self.core = core
        self.errands = errands

    async def on_home(self, body: Json, event: Json) -> None:
        """Show somebody's own requests, and ways to begin."""
        if event.get("tab") == "home":
            sender = sender_of(event["user"], event, body, self.client.team_id)
            self.errands.run(self._show_home(sender))

    async def _show_home(self, sender: Sender) -> None:
        """Publish the Home in the language that somebody uses Slack in."""
        if self.client.may_ask_locale(sender.user_id):
            with suppress(ChannelError):
                await self.client.look_up_locale(sender.user_id)
        locale = self.client.locale_of(sender.user_id) or ""
        place = ConversationRef(CHANNEL, sender.tenant_id, f"home:{sender.user_id}")
        now = datetime.now(UTC)
        asked = Message(f"home {now}", CHANNEL, place, sender, "/status", now, locale=locale)
        view = home_view(await self.core.answer(asked))
        await self.client.call("views.publish", user_id=sender.user_id, view=view)

    async def answer(self, body: Json, reply: Reply, sender: Sender) -> None:
        """Show an answer on top of the Home; what goes on from there is in the direct message."""
        goes_on = _goes_on(reply)
        if goes_on:
            await self.core.tell(private_place(sender), reply)
        shown = replace(reply, blocks=tuple(b for b in reply.blocks if not isinstance(b, Choices)))
        hint = said("go_on_here", reply.language) if goes_on else ""
        view = reading_view(shown, said("answer", reply.language), hint=hint)
        await self._show(body, view)

    async def on_button(self, body: Json, ack: Any) -> None:
        """Open the form of a request, in the language of the Home."""
        language = _language_of(body["actions"][0].get("value"))
        reply = await self.core.requester(self._requester_action(body, "request_form", language))
        view = form_view(reply, REQUEST)
        if view is not None:
            # Which language the form is in comes back with it.
            view |= {"private_metadata": json.dumps({"language": language})}
            self.errands.run(self._show(body, view))
        await ack()

    async def on_form(self, body: Json, ack: Any) -> None:
        """File a request, or show what is wrong at its fields."""
        meant = json.loads(body["view"].get("private_metadata") or "{}")
        values = values_of(body["view"]["state"])
        action = self._requester_action(body, "file_request", _language_of(meant.get("language")))
        reply = await self.core.requester(replace(action, values={**values, **action.values}))
        form = opened_form(reply)
        if form is not None:
            await ack(response_action="errors", errors=problems_in(form))
            return
        await self.keep_receipt(reply, action.actor)
        view = reading_view(reply, said("request", reply.language))
        await ack(response_action="update", view=view)
        self.errands.run(self._show_home(action.actor))

    async def keep_receipt(self, reply: Reply, sender: Sender) -> None:
        """Say in the direct message too what was filed: what only one sees is soon gone."""
        if reply.ticket:
            await self.core.tell(private_place(sender), reply)

    async def _show(self, body: Json, view: Json) -> None:
        await self.client.call(opening(body), trigger_id=body["trigger_id"], view=view)

    def _requester_action(self, body: Json, name: str, language: Language) -> Action:
        user = body["user"]
        sender = sender_of(user["id"], user, body, self.client.team_id)
        view = body.get("view") or {}
        identifier = str(view.get("id") or body.get("trigger_id") or time.time())
        return Action(
            identifier,
            name,
            sender,
            private_place(sender),
            datetime.now(UTC),
            values={"language": language},
        )


def _goes_on(reply: Reply) -> bool:
    """Tell whether a reply waits for an answer, or is one to keep."""
    asks = any(isinstance(block, Choices) for block in reply.blocks)
    return asks or bool(reply.ticket) or reply.kind in {Kind.REQUEST, Kind.ESCALATE}


def _language_of(name: Any) -> Language:
    return "en" if name == "en" else "nl"
