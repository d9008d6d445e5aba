"""The running service: the page, the worker, and how both are started and stopped."""

from __future__ import annotations

import asyncio
import gc
import getpass
import secrets
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import datetime

import structlog
from aiohttp import web

from bot.app import House, system_clock
from bot.channels.email import Email, MailServer
from bot.channels.web import create_local_app
from bot.channels.web_desk import LocalDesk, Push
from bot.channels.web_sessions import StoredSessions
from bot.config import Settings, public_host
from bot.configured import house_of
from bot.delivery import Deliverer, Delivery
from bot.errors import StoreError
from bot.messages import LANGUAGES, Message, Reply
from bot.post import EMAIL
from bot.serving_core import CoreOfHouse
from bot.tickets.model import Person, Role
from bot.vendors import vendors_of
from bot.worker import Worker
from bot.writer import Writer

STAFF_CHANNEL, CHAT_CHANNEL = "desk", "web"
_log = structlog.get_logger(__name__)


class Service:
    """One process: listeners and the worker over one database."""

    def __init__(
        self,
        settings: Settings,
        announce: Callable[[str], None],
        clock: Callable[[], datetime] = system_clock,
        user: str = "",
    ) -> None:
        """Take the settings, how to say where the page is, the clock and who sits here."""
        self.user = user or getpass.getuser()
        self.settings = settings
        self.announce = announce
        self.clock = clock
        self.house: House = house_of(settings, clock=clock, roles=self._role_of)
        self.writer = Writer(self.house.database)
        self.push = Push()
        self.core = CoreOfHouse(self.house, self.writer, self.wake, clock)
        self.vendors = vendors_of(settings, self.core)
        deliverers: dict[str, Deliverer] = {CHAT_CHANNEL: self.push, STAFF_CHANNEL: self.push}
        deliverers |= {channel: vendor.app for channel, vendor in self.vendors.items()}
        if mail := mailer(settings, self.house):
            deliverers[EMAIL] = mail
        self.worker = self._worker(deliverers)

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        await self.serve(stopping)

    async def serve(self, stopping: asyncio.Event) -> None:
        """Serve until the event is set."""
        # What was built stays: a full collection over it would stop the loop for some forty ms.
        gc.collect()
        gc.freeze()
        async with AsyncExitStack() as stack:
            stack.callback(gc.unfreeze)
            stack.callback(self.house.database.close)
            stack.callback(self.writer.close)
            for vendor in self.vendors.values():
                stack.push_async_callback(vendor.stop)
                await vendor.start()
            if self.vendors:
                host = public_host(self.settings)
                await self._listen(stack, self._public(), host, self.settings.port)
                names = " and ".join(vendor.name for vendor in self.vendors.values())
                self.announce(f"Listening for {names} on port {self.settings.port}")
            page = self.settings.local_page
            if page or (page is None and not self.vendors):
                port = self.settings.local_port
                await self._listen(stack, self._page(), "127.0.0.1", port)
                self.announce(f"Open http://127.0.0.1:{port}/?token={self.token}")
            working = asyncio.create_task(self.worker.run())
            ended = asyncio.create_task(stopping.wait())
            await asyncio.wait({working, ended}, return_when=asyncio.FIRST_COMPLETED)
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working

    def wake(self) -> None:
        """Let the worker look at once."""
        self.worker.wake()

    @staticmethod
    async def _listen(stack: AsyncExitStack, app: web.Application, host: str, port: int) -> None:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=3)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, host, port).start()

    def _public(self) -> web.Application:
        """Return the listener that vendors reach: their routes, and whether we are well."""
        app = web.Application()
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/readyz", self._ready)
        for channel, vendor in self.vendors.items():
            if routes := vendor.routes():
                app.add_subapp(f"/{channel}", routes)
        return app

    async def _health(self, _: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def _ready(self, _: web.Request) -> web.Response:
        """Say whether the database takes a transaction."""

        def try_it() -> None:
            with self.house.database.transaction():
                pass

        try:
            await self.writer.run(try_it)
        except StoreError as error:
            return web.Response(status=503, text=error.reason)
        return web.Response(text="ok")

    def _page(self) -> web.Application:
        house = self.house
        self.token = secrets.token_urlsafe(24)
        desk = LocalDesk(
            staff=self.core.in_writer(house.triage.handle),
            requester=self.core.in_writer(house.assistant.act),
            push=self.push,
            arrived=self._arrived,
            user=self.user,
            clock=self.clock,
        )
        answer: Callable[[Message], Awaitable[Reply]] = self.core.in_writer(house.assistant.answer)
        return create_local_app(
            answer,
            self.token,
            self.settings.local_port,
            self.clock,
            desk=desk,
            sessions=StoredSessions(house.database),
        )

    def _role_of(self, person: Person) -> Role | None:
        """Return the role that the channel of a person knows; nobody elsewhere is staff."""
        vendor = self.vendors.get(person.channel)
        return vendor.role_of(person) if vendor else None

    async def _arrived(self, session_id: str) -> None:
        """Deliver at once what waited for a page that is open again."""

        def hurry() -> None:
            with self.house.database.transaction() as handle:
                self.house.outbox.hurry(handle, CHAT_CHANNEL, session_id)
                self.house.outbox.hurry(handle, STAFF_CHANNEL, "staff")

        await self.writer.run(hurry)
        self.worker.wake()

    def _worker(self, deliverers: Mapping[str, Deliverer]) -> Worker:
        house = self.house
        delivery = Delivery(
            database=house.database,
            desk=house.desk,
            post=house.post,
            outbox=house.outbox,
            notices=house.notices,
            deliverers=deliverers,
            clock=self.clock,
            writer=self.writer,
        )
        return Worker(
            database=house.database,
            assistant=house.assistant,
            triage=house.triage.handle,
            post=house.post,
            inbox=house.inbox,
            outbox=house.outbox,
            timekeeper=house.timekeeper,
            delivery=delivery,
            clock=self.clock,
            writer=self.writer,
        )


def mailer(settings: Settings, house: House) -> Email | None:
    """Return what sends e-mail, or None where no server is set."""
    if not settings.smtp_host:
        return None
    server = MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.mail_from,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        security=settings.smtp_security,
    )
    say = house.notices.replies.text
    subjects: dict[str, str] = {
        language: say("_notices.subject", language) for language in LANGUAGES
    }
    return Email(server, subjects)
