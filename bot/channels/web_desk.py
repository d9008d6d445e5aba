"""The second half of the local page: the staff desk, forms, and what arrives by itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.channels.local_access import Session
from bot.channels.reply_json import reply_json
from bot.errors import ChannelError
from bot.messages import Action, ConversationRef, Reply, Sender

STAFF_PLACE = ConversationRef("desk", "local", "staff")
_SECONDS_TO_WRITE = 10.0
_KEEP_ALIVE_SECONDS = 15.0
_MOST_VALUES = 20


@dataclass(slots=True)
class Parcel:
    """A notice for an open page, and whether it was written to it."""

    event: dict[str, Any]
    written: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Push:
    """Delivers to pages that are open now; who is away gets it when they are back."""

    def __init__(self) -> None:
        """Begin with no page open."""
        self._open: dict[str, set[asyncio.Queue[Parcel]]] = defaultdict(set)

    async def deliver(self, address: ConversationRef, reply: Reply, notice_id: str) -> None:
        """Write a reply to every open page of a conversation; ChannelError where none is open."""
        event = {"id": notice_id, "to": address.channel, "reply": reply_json(reply)}
        parcels = []
        for queue in self._open[_place(address)]:
            parcels.append(Parcel(event))
            queue.put_nowait(parcels[-1])
        if not parcels:
            raise ChannelError("not_here")
        waiting = [parcel.written for parcel in parcels]
        done, late = await asyncio.wait(
            waiting, timeout=_SECONDS_TO_WRITE, return_when=asyncio.FIRST_COMPLETED
        )
        for future in late:
            future.cancel()
        if not any(not future.cancelled() and not future.exception() for future in done):
            raise ChannelError("not_written")

    @contextlib.contextmanager
    def listening(self, *places: ConversationRef) -> Any:
        """Yield a queue with what arrives for some places."""
        queue: asyncio.Queue[Parcel] = asyncio.Queue()
        for place in places:
            self._open[_place(place)].add(queue)
        try:
            yield queue
        finally:
            for place in places:
                self._open[_place(place)].discard(queue)
            while not queue.empty():
                queue.get_nowait().written.cancel()


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

    async def stop(self, _: web.Application) -> None:
        """Let every open page go."""
        self._closing.set()

    async def _forward(self, response: web.StreamResponse, queue: asyncio.Queue[Parcel]) -> None:
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
        parcel = getting.result()
        if parcel.written.cancelled():
            return
        data = json.dumps(parcel.event, ensure_ascii=False)
        try:
            await response.write(f"id: {parcel.event['id']}\ndata: {data}\n\n".encode())
        except (ConnectionError, RuntimeError):
            parcel.written.cancel()
            raise
        if not parcel.written.done():
            parcel.written.set_result(None)

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
