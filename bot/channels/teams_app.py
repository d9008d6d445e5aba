"""Teams through the Bot Framework SDK: activities become messages and actions.

The SDK routes; the front door has verified before, and the worker works after. The only importer
of botbuilder: the SDK is at its end of life, so a swap is this file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

from botbuilder.core import ActivityHandler, BotAdapter, TurnContext
from botbuilder.schema import Activity, ConversationReference, ResourceResponse

from bot.channels.base import Core, opened_form
from bot.channels.errands import Errands
from bot.channels.teams_activities import (
    Json,
    at,
    identity_of,
    key_of,
    locale_of,
    message_of,
    place_of,
    private_place,
    reference_of,
    sender_of,
    text_at,
    utterance_key,
)
from bot.channels.teams_auth import Verified
from bot.channels.teams_client import TeamsClient
from bot.channels.teams_post import PlaceBook, TeamsPost
from bot.channels.teams_render import CHOICE, DESK, form_card, message_task, task_of, values_of
from bot.channels.teams_staff import TeamsStaff
from bot.messages import (
    Action,
    ConversationRef,
    FormField,
    Reply,
    Scope,
    Sender,
    plain_text,
)

REQUEST_FORM, FILE = "request_form", "file_request"
# A form that is sent in twice, as when somebody presses twice, is one request.
_OPENED = "opened"
HELP = "/help"
_PAYLOAD, _VERIFIED, _ANSWER = "payload", "verified", "answer"
_NOT_IMPLEMENTED = 501

Handler = Callable[[Json, Verified], Awaitable[Json | None]]


class TeamsApp:
    """One bot: what comes in, and the deliverer for what goes out."""

    def __init__(self, client: TeamsClient, core: Core, places: PlaceBook) -> None:
        """Take the client, the core and the book of places."""
        self.client = client
        self.core = core
        self.places = places
        self.errands = Errands()
        self.post = TeamsPost(client, places)
        self.staff = TeamsStaff(client, self.post, core, self.errands)
        self._adapter, self._turns = _Answering(), _Turns(self)

    async def handle(self, activity: Json, verified: Verified) -> tuple[int, Json | None]:
        """Return the status and body that answer a verified activity."""
        kind = text_at(activity, "type")
        if not kind:
            return 400, None
        turn = TurnContext(self._adapter, _routed(kind, activity))
        turn.turn_state.update({_PAYLOAD: activity, _VERIFIED: verified})
        await self._turns.on_turn(turn)
        answer: tuple[int, Json | None] = turn.turn_state.get(_ANSWER) or (200, None)
        return answer

    def private_place(self, _: ConversationRef, sender: Sender, /) -> ConversationRef | None:
        """Return the chat with somebody, where the channel could say who it is."""
        return private_place(sender) if sender.is_known else None

    async def deliver(self, address: ConversationRef, reply: Reply, notice_id: str, /) -> None:
        """Post a reply; the card of a ticket is edited where it stands."""
        if address.conversation_id == self.client.settings.triage_channel and reply.ticket:
            await self.staff.deliver(reply, notice_id)
        else:
            await self.post.send(address, reply, notice_id)

    async def on_message(self, activity: Json, verified: Verified) -> None:
        """Keep what somebody typed or chose, or do what a button of staff says."""
        value = at(activity, "value")
        if at(value, "verb") == DESK:
            await self.note_place(activity, verified)
            await self.staff.on_button(activity, verified.service_url)
            return
        now = datetime.now(UTC)
        chosen = text_at(value, "value") if at(value, "verb") == CHOICE else None
        message = message_of(activity, now, chosen)
        if not (message.text or message.attachments):
            await self.note_place(activity, verified)
            return
        key = utterance_key(activity)
        # Side by side, so that one commit keeps both.
        await asyncio.gather(self.note_place(activity, verified), self.core.keep(message, key, key))
        if chosen is not None:
            card, label = text_at(activity, "replyToId"), text_at(value, "label")
            self.errands.run(self.post.taken(message.conversation, card, label))

    async def on_deletion(self, activity: Json, _: Verified) -> None:
        """Forget what somebody deleted before anybody took it up."""
        await self.core.forget(utterance_key(activity))

    async def on_arrival(self, activity: Json, verified: Verified) -> None:
        """Remember where we may write, and greet somebody once in their own chat."""
        await self.note_place(activity, verified)
        place = place_of(activity)
        sender = sender_of(activity)
        if place.scope is not Scope.PERSONAL or not sender.is_known:
            return
        if await self.places.greet(key_of(place)):
            message = message_of(activity, datetime.now(UTC), HELP)
            await self.core.keep(message, f"welcome\n{utterance_key(activity)}", None)

    async def on_removal(self, activity: Json, _: Verified) -> None:
        """Forget where we may not write any more."""
        await self.places.drop(key_of(place_of(activity)))

    async def on_open(self, activity: Json, verified: Verified) -> Json | None:
        """Return what a button opens: a form of a requester or of staff, or something to read."""
        data = at(activity, "value", "data")
        if at(data, "action") != REQUEST_FORM:
            return await self.staff.open(activity, verified.service_url, data)
        opened = identity_of(activity)
        return await self._request(self._action(activity, REQUEST_FORM, opened, {}))

    async def on_submit(self, activity: Json, verified: Verified) -> Json | None:
        """Do what a form says."""
        data = at(activity, "value", "data")
        if at(data, "action") != FILE:
            return await self.staff.submit(activity, verified.service_url, data)
        values = values_of(data)
        opened = values.pop(_OPENED, "") or identity_of(activity)
        return await self._request(self._action(activity, FILE, opened, values))

    async def on_message_action(self, activity: Json, verified: Verified) -> Json | None:
        """Return the form with which staff record somebody's message."""
        return await self.staff.open_message(activity, verified.service_url)

    async def note_place(self, activity: Json, verified: Verified) -> None:
        """Keep how to write here again."""
        reference = reference_of(activity, verified.service_url)
        await self.places.keep(key_of(place_of(activity)), reference)

    async def _request(self, action: Action) -> Json:
        """Return the form of a request, which remembers as which one it was opened, or the end."""
        reply = await self.core.requester(action)
        form = opened_form(reply)
        if form is None:
            return message_task(plain_text(reply))
        opened = FormField(_OPENED, "", "hidden", required=True, value=action.id)
        drawn = replace(form, fields=(*form.fields, opened))
        return task_of(form_card(drawn, reply.language), form.title or form.label)

    def _action(self, activity: Json, name: str, identifier: str, values: dict[str, str]) -> Action:
        sender = sender_of(activity)
        language = "en" if locale_of(activity).startswith("en") else self.client.settings.language
        return Action(
            identifier,
            name,
            sender,
            private_place(sender),
            datetime.now(UTC),
            values={"language": language, **values},
        )


class _Answering(BotAdapter):  # type: ignore[misc] # ships no types
    """Sends nothing: what is to be said goes by the outbox."""

    async def send_activities(
        self, context: TurnContext, activities: list[Activity]
    ) -> list[ResourceResponse]:
        raise NotImplementedError

    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        raise NotImplementedError

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        raise NotImplementedError


class _Turns(ActivityHandler):  # type: ignore[misc] # ships no types
    """Leads each kind of activity to where it is handled."""

    def __init__(self, app: TeamsApp) -> None:
        """Take the app."""
        self.app = app
        self.invokes: dict[str, Handler] = {
            "task/fetch": app.on_open,
            "task/submit": app.on_submit,
            "composeExtension/fetchTask": app.on_message_action,
            "composeExtension/submitAction": app.on_submit,
        }

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Handle what somebody typed or pressed."""
        await self.app.on_message(*_said(turn_context))

    async def on_message_delete_activity(self, turn_context: TurnContext) -> None:
        """Handle a deletion."""
        await self.app.on_deletion(*_said(turn_context))

    async def on_installation_update_add(self, turn_context: TurnContext) -> None:
        """Handle an installation."""
        await self.app.on_arrival(*_said(turn_context))

    async def on_installation_update_remove(self, turn_context: TurnContext) -> None:
        """Handle a removal; a newer version of the app takes the place of the old one at once."""
        if turn_context.activity.action == "remove":
            await self.app.on_removal(*_said(turn_context))

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """Handle that somebody, or the app itself, came into a conversation."""
        if turn_context.activity.members_added:
            await self.app.on_arrival(*_said(turn_context))

    async def on_invoke_activity(self, turn_context: TurnContext) -> None:
        """Keep the answer that Teams waits for; the SDK would send it, and trips without an id."""
        handler = self.invokes.get(str(turn_context.activity.name))
        answer = (200, await handler(*_said(turn_context))) if handler else (_NOT_IMPLEMENTED, None)
        turn_context.turn_state[_ANSWER] = answer


def _routed(kind: str, activity: Json) -> Activity:
    """Return what the SDK routes by; to read the whole activity into its model takes longer."""
    return Activity(
        type=kind,
        name=activity.get("name"),
        action=activity.get("action"),
        members_added=activity.get("membersAdded"),
    )


def _said(turn: TurnContext) -> tuple[Json, Verified]:
    return turn.turn_state[_PAYLOAD], turn.turn_state[_VERIFIED]
