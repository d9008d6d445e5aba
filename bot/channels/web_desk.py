"""The second half of the local page: the staff desk, forms, and what arrives by itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.channels.local_access import Session
from bot.channels.reply_json import reply_json
from bot.errors import ChannelError
from bot.messages import Action, ConversationRef, Reply, Sender

STAFF_PLACE = ConversationRef("desk", "local", "staff")
_SECONDS_TO_SHOW = 3.0
_KEEP_ALIVE_SECONDS = 15.0
_MOST_VALUES = 20

Event = dict[str, Any]


class Push:
    """Delivers to pages that are open now; who is away gets it when they are back.

    A notice counts as delivered once a page has said that it shows it: what is written to a
    connection that just broke would be lost without a word.
    """

    def __init__(self) -> None:
        """Begin with no page open."""
        self._open: dict[str, set[asyncio.Queue[Event]]] = defaultdict(set)
        self._expected: dict[str, asyncio.Event] = {}

    async def deliver(self, address: ConversationRef, reply: Reply, notice_id: str) -> None:
        """Send a reply to every open page of a conversation; ChannelError where none shows it."""
        queues = list(self._open[_place(address)])
        if not queues:
            raise ChannelError("not_here")
        shown = self._expected.setdefault(notice_id, asyncio.Event())
        for queue in queues:
            queue.put_nowait({"id": notice_id, "to": address.channel, "reply": reply_json(reply)})
        try:
            await asyncio.wait_for(shown.wait(), _SECONDS_TO_SHOW)
        except TimeoutError:
            self._open[_place(address)].difference_update(queues)
            raise ChannelError("not_shown") from None
        finally:
            self._expected.pop(notice_id, None)

    def private_place(self, _: ConversationRef, __: Sender, /) -> ConversationRef | None:
        """Return nothing: every page is private."""
        return None

    def shown(self, notice_id: str) -> None:
        """Note that a page shows a notice."""
        if notice_id in self._expected:
            self._expected[notice_id].set()

    @contextlib.contextmanager
    def listening(self, *places: ConversationRef) -> Iterator[asyncio.Queue[Event]]:
        """Yield a queue with what arrives for some places."""
        queue: asyncio.Queue[Event] = asyncio.Queue()
        for place in places:
            self._open[_place(place)].add(queue)
        try:
            yield queue
        finally:
            for place in places:
                self._open[_place(place)].discard(queue)


@dataclass(frozen=True, slots=True)
class LocalDesk:
    """What the page of this machine needs beside the chat."""

    staff: Callable[[Action], Awaitable[Reply]]
    requester: Callable[[Action], Awaitable[Reply]]
    push: Push
    arrived: Callable[[str], Awaitable[None]]
    user: str
    clock: Callable[[], datetime]


class DeskRoutes:
    """The routes of the second pane; the check of the page stands before each of them."""

    def __init__(
        self, desk: LocalDesk, session_of: Callable[[web.Request], Session | None]
    ) -> None:
        """Take the desk and how to know a session."""
        self.desk = desk
        self.session_of = session_of
        self._closing = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.post("/api/desk", self.staff_action),
            web.post("/api/requests", self.request_action),
            web.post("/api/shown", self.shown),
            web.get("/api/events", self.events, allow_head=False),
        ]

    async def staff_action(self, request: web.Request) -> web.Response:
        """Do what somebody of the staff pressed or filled in."""
        place, sender = STAFF_PLACE, Sender("local", self.desk.user)
        return await self._acted(request, place, sender, self.desk.staff)

    async def request_action(self, request: web.Request) -> web.Response:
        """Draw or file the request form of the person in the chat."""
        session = self.session_of(request)
        if session is None:
            raise web.HTTPForbidden
        place, sender = requester_place(session), Sender("local", session.id)
        return await self._acted(request, place, sender, self.desk.requester)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Send what arrives for both panes as server-sent events, until the page goes."""
        session = self.session_of(request)
        if session is None:
            raise web.HTTPForbidden
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        with self.desk.push.listening(requester_place(session), STAFF_PLACE) as queue:
            await response.write(b": open\n\n")
            await self.desk.arrived(session.id)
            # A page that was closed is noticed when something is written to it.
            with contextlib.suppress(ConnectionError):
                while not self._closing.is_set():
                    await self._forward(response, queue)
        return response

    async def shown(self, request: web.Request) -> web.Response:
        """Hear from a page that it shows a notice."""
        self.desk.push.shown(str(_object(await request.read()).get("id")))
        return web.json_response({})

    async def stop(self, _: web.Application) -> None:
        """Let every open page go."""
        self._closing.set()

    async def _forward(self, response: web.StreamResponse, queue: asyncio.Queue[Event]) -> None:
        getting = asyncio.ensure_future(queue.get())
        closing = asyncio.ensure_future(self._closing.wait())
        await asyncio.wait(
            (getting, closing),
            timeout=_KEEP_ALIVE_SECONDS,
            return_when=asyncio.FIRST_COMPLETED,
        )
        closing.cancel()
        if not getting.done():
            getting.cancel()
            await response.write(b": still here\n\n")
            return
        event = getting.result()
        data = json.dumps(event, ensure_ascii=False)
        await response.write(f"id: {event['id']}\ndata: {data}\n\n".encode())

    async def _acted(
        self,
        request: web.Request,
        place: ConversationRef,
        sender: Sender,
        handle: Callable[[Action], Awaitable[Reply]],
    ) -> web.Response:
        sent = _object(await request.read())
        values = sent.get("values", {})
        version = sent.get("version")
        readable = isinstance(values, dict) and len(values) <= _MOST_VALUES
        if not readable or not isinstance(sent.get("name"), str):
            raise web.HTTPBadRequest
        action = Action(
            id=str(sent.get("id") or secrets.token_hex(16)),
            name=sent["name"],
            actor=sender,
            conversation=place,
            sent_at=self.desk.clock(),
            ticket=str(sent.get("ticket") or ""),
            values={str(name): str(value) for name, value in values.items()}
            | {"language": str(sent.get("language") or "nl")},
            expected_version=version if isinstance(version, int) else None,
        )
        return web.json_response(reply_json(await handle(action)))


def requester_place(session: Session) -> ConversationRef:
    """Return the conversation of the person in the chat of the page."""
    return ConversationRef("web", "local", session.id)


def _object(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest from None
    if not isinstance(sent, dict):
        raise web.HTTPBadRequest
    return sent


def _place(address: ConversationRef) -> str:
    return f"{address.channel}/{address.conversation_id}"
