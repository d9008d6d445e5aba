"""Replies on their way to Teams: where they go, what they look like, and what when they cannot."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

from bot.channels.base import begin_request
from bot.channels.teams_activities import CHAT, Json, key_of, thread_in
from bot.channels.teams_client import TeamsClient
from bot.channels.teams_render import (
    attachment,
    card_of,
    is_cut,
    summary_of,
    text_of,
    without_actions,
)
from bot.errors import ChannelError
from bot.messages import Choices, ConversationRef, Kind, Reply, Scope, Visibility
from bot.places import PlaceKey

_CHAT_LINK = "https://teams.microsoft.com/l/chat/0/0?users=28:"
_GO_ON = {"nl": "Verder in een privéchat", "en": "Go on in a private chat"}
_WITH_FORM = frozenset({"help", "status"})
_NOT_THERE = frozenset({"blocked", "gone"})
_MOST_OPEN = 1_000


class PlaceBook(Protocol):
    """Where we may write, kept in the database."""

    async def find(self, key: PlaceKey) -> Json | None:
        """Return the reference of a conversation."""

    async def keep(self, key: PlaceKey, reference: Json) -> None:
        """Keep the newest reference of a conversation."""

    async def drop(self, key: PlaceKey) -> None:
        """Forget a conversation."""

    async def greet(self, key: PlaceKey) -> bool:
        """Note a greeting; True when it is the first one there."""


class TeamsPost:
    """Writes to conversations by the references that are kept of them."""

    def __init__(self, client: TeamsClient, places: PlaceBook) -> None:
        """Take the client and the book of places."""
        self.client = client
        self.places = places
        self._open: dict[str, Json] = {}

    async def send(self, address: ConversationRef, reply: Reply, notice_id: str = "") -> str:
        """Post a reply and return its id; a notice that is sent again keeps its own id.

        Raises ChannelError; a conversation that is closed to us is forgotten.
        """
        reference = await self._reference(address)
        conversation = thread_in(str(reference["conversation"]["id"]), address.thread_id)
        activity = self._activity(address, reply, reference, notice_id)
        try:
            posted = await self.client.send(str(reference["serviceUrl"]), conversation, activity)
        except ChannelError as error:
            if error.reason in _NOT_THERE:
                await self.places.drop(key_of(address))
            raise
        if reply.kind is Kind.REQUEST and any(isinstance(b, Choices) for b in reply.blocks):
            self._remember(posted, activity)
        return posted

    async def update(self, address: ConversationRef, identifier: str, reply: Reply) -> None:
        """Put a reply in the place of one that stands there; raises ChannelError."""
        reference = await self._reference(address)
        activity = self._activity(address, reply, reference, "")
        conversation = str(reference["conversation"]["id"])
        await self.client.update(str(reference["serviceUrl"]), conversation, identifier, activity)

    async def taken(self, address: ConversationRef, identifier: str, label: str) -> None:
        """Show on a step of a request what was chosen, and take its buttons away."""
        activity = self._open.pop(identifier, None)
        if activity is None:
            return
        reference = await self._reference(address)
        (card,) = activity["attachments"]
        closed = {**activity, "attachments": [attachment(without_actions(card["content"], label))]}
        conversation = str(reference["conversation"]["id"])
        await self.client.update(str(reference["serviceUrl"]), conversation, identifier, closed)

    def _remember(self, identifier: str, activity: Json) -> None:
        if len(self._open) >= _MOST_OPEN:
            del self._open[next(iter(self._open))]
        self._open[identifier] = activity

    async def service_url(self, address: ConversationRef) -> str:
        """Return the address of the connector for a conversation."""
        return str((await self._reference(address))["serviceUrl"])

    async def _reference(self, address: ConversationRef) -> Json:
        """Return how to write to a place, opening a chat where nobody wrote to us yet."""
        key = key_of(address)
        if found := await self.places.find(key):
            return found
        settings = self.client.settings
        reference = {
            "serviceUrl": settings.service_url,
            "bot": {"id": f"28:{settings.app_id}"},
            "tenantId": address.tenant_id,
        }
        if not address.conversation_id.startswith(CHAT):
            return {**reference, "conversation": {"id": address.conversation_id}}
        user = address.conversation_id.removeprefix(CHAT)
        opened = await self.client.open_chat(
            settings.service_url, f"28:{settings.app_id}", user, address.tenant_id
        )
        reference["conversation"] = {"id": opened}
        await self.places.keep(key, reference)
        return reference

    def _activity(
        self, address: ConversationRef, reply: Reply, reference: Json, notice_id: str
    ) -> Json:
        personal = address.scope is Scope.PERSONAL and address.conversation_id.startswith(CHAT)
        if personal and reply.intent in _WITH_FORM and reply.kind is not Kind.REQUEST:
            reply = replace(reply, blocks=(*reply.blocks, begin_request(reply.language)))
        card = card_of(reply)
        if not personal and reply.visibility is Visibility.PRIVATE_CHAT:
            card["body"].append(self._link(reply))
        text = {"text": text_of(reply), "textFormat": "markdown"} if is_cut(card) else {}
        marked: dict[str, Any] = {"noticeId": notice_id} if notice_id else {}
        return {
            "type": "message",
            "from": reference.get("bot", {}),
            "summary": summary_of(reply),
            "locale": reply.language,
            "attachments": [attachment(card)],
            "channelData": marked,
            **text,
        }

    def _link(self, reply: Reply) -> Json:
        opens = {
            "type": "Action.OpenUrl",
            "title": _GO_ON[reply.language],
            "url": f"{_CHAT_LINK}{self.client.settings.app_id}",
        }
        return {"type": "ActionSet", "actions": [opens]}
