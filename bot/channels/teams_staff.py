"""The staff channel in Teams: one card a ticket, its buttons and its forms."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.channels.base import Core, opened_form, problems_in, without_forms
from bot.channels.errands import Errands
from bot.channels.teams_activities import (
    CHANNEL,
    Json,
    at,
    identity_of,
    origin_of,
    sender_of,
    text_at,
)
from bot.channels.teams_client import TeamsClient
from bot.channels.teams_post import TeamsPost
from bot.channels.teams_render import (
    form_card,
    message_task,
    reading_card,
    task_of,
    values_of,
)
from bot.errors import ChannelError
from bot.messages import (
    Action,
    Card,
    ConversationRef,
    Facts,
    Form,
    Kind,
    Reply,
    Scope,
    block_text,
    plain_text,
)

READ_ONLY = frozenset({"details", "queue", "card"})
_NAMES_SECONDS = 2.0
TAKE_OVER, MESSAGE = "take_over", "message"
_OBJECT_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


class TeamsStaff:
    """What staff press and fill in, and the cards that they see."""

    def __init__(self, client: TeamsClient, post: TeamsPost, core: Core, errands: Errands) -> None:
        """Take the client, the post, the core, and where work goes on after an answer."""
        self.client = client
        self.post = post
        self.core = core
        self.errands = errands

    @property
    def place(self) -> ConversationRef:
        """Return the channel of staff."""
        settings = self.client.settings
        return ConversationRef(
            CHANNEL, settings.tenant.lower(), settings.triage_channel, scope=Scope.CHANNEL
        )

    async def deliver(self, reply: Reply, notice_id: str = "") -> None:
        """Post the one card of a ticket, or edit it and say below it what happened.

        Raises ChannelError, never for good: whoever took the app out of the channel of staff
        will put it back, and nothing that staff must know may be lost meanwhile.
        """
        try:
            await self._deliver(reply, notice_id)
        except ChannelError as error:
            raise ChannelError(error.reason, retry_after=error.retry_after) from None

    async def _deliver(self, reply: Reply, notice_id: str) -> None:
        assert reply.ticket is not None
        known = await self.core.find_card(reply.ticket, self.place)
        card = await self._named(await self.core.channel_card(reply.ticket))
        said = tuple(block for block in reply.blocks if not isinstance(block, Card))
        if known and await self._edited(known, card):
            if said:
                below = replace(self.place, thread_id=known)
                await self.post.send(below, replace(reply, blocks=said), notice_id)
            return
        whole = replace(card, blocks=(*said, *card.blocks))
        posted = await self.post.send(self.place, whole, notice_id)
        await self.core.keep_card(reply.ticket, self.place, posted)

    async def _edited(self, known: str, card: Reply) -> bool:
        """Edit the card where it stands; False where somebody deleted it."""
        try:
            await self.post.update(self.place, known, card)
        except ChannelError as error:
            if error.reason == "gone":
                return False
            raise
        return True

    async def on_button(self, activity: Json, service_url: str) -> None:
        """Do what a button without a form says; what is wrong is said below the card."""
        data = at(activity, "value")
        action = await self._action(activity, service_url, text_at(data, "action"), data)
        reply = await self.core.staff(action)
        if reply.kind is Kind.ERROR:
            self.errands.run(self._say_below(activity, reply))

    async def open(self, activity: Json, service_url: str, data: Json) -> Json:
        """Return the form of a button, or what it shows."""
        name = text_at(data, "action")
        if name in READ_ONLY:
            action = await self._action(activity, service_url, name, data)
        else:
            action = await self._action(activity, service_url, "form", data, {"action": name})
        return self._task(await self._named(await self.core.staff(action)))

    async def open_message(self, activity: Json, service_url: str) -> Json:
        """Return somebody's message as a request that staff may record on their behalf."""
        origin = origin_of(activity)
        action = await self._action(activity, service_url, MESSAGE, {}, origin)
        return self._task(await self.core.staff(action))

    async def submit(self, activity: Json, service_url: str, data: Json) -> Json | None:
        """Do what a form says; with a problem the form comes back, and it stands at its field."""
        name = text_at(data, "action")
        action = await self._action(activity, service_url, name, data, values_of(data))
        reply = await self.core.staff(action)
        if opened_form(reply) is not None or reply.kind is Kind.ERROR:
            return self._task(reply)
        return message_task(block_text(reply.blocks[0])) if name == TAKE_OVER else None

    async def _named(self, reply: Reply) -> Reply:
        """Return a reply with the names of colleagues where it holds their object ids."""
        names = self.client.names
        unknown = set(_OBJECT_ID.findall(plain_text(reply))) - names.keys()
        if unknown:
            with suppress(ChannelError, TimeoutError):
                async with asyncio.timeout(_NAMES_SECONDS):
                    await self.client.staff(await self.post.service_url(self.place))
                names.update({each: each for each in unknown - names.keys()})

        def shown(rows: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
            return tuple((label, _OBJECT_ID.sub(name_of, value)) for label, value in rows)

        def name_of(found: re.Match[str]) -> str:
            return names.get(found[0], found[0])

        blocks = tuple(
            replace(block, rows=shown(block.rows)) if isinstance(block, Card | Facts) else block
            for block in reply.blocks
        )
        return replace(reply, blocks=blocks)

    def _task(self, reply: Reply) -> Json:
        form = opened_form(reply)
        if form is not None:
            said = any(not isinstance(block, Form) for block in reply.blocks)
            above = without_forms(reply) if said and not problems_in(form) else None
            return task_of(form_card(form, reply.language, above), form.title or form.label)
        if reply.kind is Kind.ERROR:
            return message_task(block_text(reply.blocks[0]))
        title = next((b.title for b in reply.blocks if isinstance(b, Card)), reply.ticket or "")
        return task_of(reading_card(reply), title)

    async def _say_below(self, activity: Json, reply: Reply) -> None:
        below = replace(self.place, thread_id=text_at(activity, "replyToId"))
        await self.post.send(below, reply)

    async def _action(
        self,
        activity: Json,
        service_url: str,
        name: str,
        data: Any,
        values: Mapping[str, str] | None = None,
    ) -> Action:
        sender = sender_of(activity)
        await self.client.look_up_role(sender, service_url)
        version = at(data, "version")
        return Action(
            identity_of(activity),
            name,
            sender,
            self.place,
            datetime.now(UTC),
            ticket=text_at(data, "ticket"),
            values=dict(values or {}),
            expected_version=version if type(version) is int else None,
        )
