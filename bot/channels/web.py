"""The local page: a chat for the person at this machine, on 127.0.0.1 only."""

from __future__ import annotations

import base64
import hashlib
import html
import logging
import re
import secrets
import traceback
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from string import Template

from aiohttp import web

from bot.channels.local_access import (
    BODY_LIMIT,
    SESSION_LENGTH,
    Door,
    Question,
    Refusal,
    Session,
    Sessions,
    body_refusal,
    entry_refusal,
    read_question,
)
from bot.channels.reply_json import reply_json
from bot.channels.web_desk import DeskRoutes, LocalDesk
from bot.channels.web_texts import preferred_language, read_web_texts
from bot.guard import guard
from bot.messages import LANGUAGES, ConversationRef, Message, Reply, Sender

_PAGE = Path(__file__).with_name("page")
_STATIC = {
    "page.js": "text/javascript",
    "desk.js": "text/javascript",
    "draw.js": "text/javascript",
    "page.css": "text/css",
    "desk.css": "text/css",
}
_HEALTH = "/healthz"
_CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_log = logging.getLogger(__name__)
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def create_local_app(  # noqa: PLR0913 - the last two have a default
    answer: Callable[[Message], Awaitable[Reply]],
    token: str,
    port: int,
    clock: Callable[[], datetime],
    *,
    desk: LocalDesk | None = None,
    sessions: Sessions | None = None,
) -> web.Application:
    """Return the page and its routes; the caller binds them to 127.0.0.1 and this port only.

    With a desk the page has a second pane for staff, and shows what arrives by itself.
    """
    chat = _LocalChat(answer, Door(token, sessions), port, clock)
    chat.has_desk = desk is not None
    app = web.Application(middlewares=[chat.check], client_max_size=BODY_LIMIT)
    app.on_response_prepare.append(_add_headers)
    app.add_routes(
        [
            # A HEAD for `/?token=` would use the token up without showing the page.
            web.get("/", chat.page, allow_head=False),
            web.get("/static/{name}", chat.static),
            web.get("/api/texts", chat.page_texts),
            web.post("/api/messages", chat.message),
            web.post("/api/visitors", chat.invite),
            web.get(_HEALTH, chat.health),
        ]
    )
    if desk is not None:
        routes = DeskRoutes(desk, chat.session)
        app.add_routes(routes.routes())
        app.on_shutdown.append(routes.stop)
    return app


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


class _LocalChat:
    """The routes, and the check that stands before each of them."""

    def __init__(
        self,
        answer: Callable[[Message], Awaitable[Reply]],
        door: Door,
        port: int,
        clock: Callable[[], datetime],
    ) -> None:
        self.answer = answer
        self.door = door
        self.port = port
        self.clock = clock
        self.texts = read_web_texts(Path(__file__).with_name("web.yaml"))
        self.static_files = {name: (_PAGE / name).read_bytes() for name in _STATIC}
        self.page_template = Template((_PAGE / "page.html").read_text(encoding="utf-8"))
        self.locked_template = Template((_PAGE / "locked.html").read_text(encoding="utf-8"))
        # Browsers share cookies between all ports of a machine, so the name holds the port.
        self.cookie = f"privacy_desk_{port}"
        self.has_desk = False

    @web.middleware
    async def check(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        if refusal := entry_refusal(request.method, request.headers, self.port):
            return self._refused(request, refusal)
        if request.path != _HEALTH and not self._may_pass(request):
            return self._refused(request, Refusal.SESSION)
        if request.method == "POST" and (refusal := body_refusal(request.headers)):
            return self._refused(request, refusal)
        try:
            return await handler(request)
        except web.HTTPRequestEntityTooLarge:
            return self._refused(request, Refusal.TOO_LARGE)
        except web.HTTPException as error:
            allowed = {name: error.headers[name] for name in ("Allow",) if name in error.headers}
            return web.Response(status=error.status, text=error.reason, headers=allowed)

    async def page(self, request: web.Request) -> web.Response:
        now, token = self.clock(), request.query.get("token")
        if token is None:
            return _html(self._filled(self.page_template, request))
        response = web.Response(status=303, headers={"Location": "/"})
        invited = "visitor" in request.query
        if self.session(request) and not invited:
            return response
        secret = self.door.enter(token, now)
        if secret is None:
            return self._refused(request, Refusal.SESSION)
        age = int(SESSION_LENGTH.total_seconds())
        response.set_cookie(
            self.cookie, secret, max_age=age, path="/", httponly=True, samesite="Strict"
        )
        return response

    async def static(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in _STATIC:
            raise web.HTTPNotFound
        body = self.static_files[name]
        return web.Response(body=body, content_type=_STATIC[name], charset="utf-8")

    async def page_texts(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                language: {
                    "page": self.texts.page[language],
                    "examples": self.texts.examples[language],
                    "errors": self.texts.errors[language],
                    "has_desk": self.has_desk,
                }
                for language in LANGUAGES
            }
        )

    async def message(self, request: web.Request) -> web.Response:
        question = read_question(await request.read())
        if isinstance(question, Refusal):
            return self._refused(request, question)
        session = self.session(request)
        if session is None:  # the session may end while the body comes in
            return self._refused(request, Refusal.SESSION)
        try:
            reply = await self.answer(self._as_message(question, session))
        except Exception as error:  # noqa: BLE001 - the page must get a reply that it can show
            # The message of an exception may quote what the person typed; its place does not.
            place = traceback.extract_tb(error.__traceback__)[-1]
            kind, file = type(error).__name__, Path(place.filename).name
            _log.error("no answer: %s in %s, line %s", kind, file, place.lineno)
            return self._error("failed", 500)
        guarded = guard(question.text)
        masked = {"heard": guarded.text} if guarded.masked else {}
        return web.json_response(reply_json(reply) | masked)

    async def invite(self, _: web.Request) -> web.Response:
        """Return an address that opens the page once, as another person."""
        address = f"http://127.0.0.1:{self.port}/?token={self.door.invite()}&visitor"
        return web.json_response({"address": address})

    async def health(self, _: web.Request) -> web.Response:
        return web.Response(text="ok")

    def _as_message(self, question: Question, session: Session) -> Message:
        return Message(
            id=question.id or secrets.token_hex(16),
            channel="web",
            conversation=ConversationRef("web", "local", session.id),
            sender=Sender("local", session.id),
            text=question.text,
            sent_at=self.clock(),
            locale=question.language or "",
        )

    def session(self, request: web.Request) -> Session | None:
        return self.door.session(request.cookies.get(self.cookie), self.clock())

    def _may_pass(self, request: web.Request) -> bool:
        entering = request.method == "GET" and request.path == "/" and "token" in request.query
        return entering or self.session(request) is not None

    def _refused(self, request: web.Request, refusal: Refusal) -> web.Response:
        if request.path.startswith("/api/"):
            return self._error(refusal.value, refusal.status)
        page = self._filled(self.locked_template, request)
        # This page comes before the session, so its style cannot come from a route of its own.
        policy = _CONTENT_POLICY.replace("style-src 'self'", f"style-src {_style_hash(page)}")
        response = _html(page, refusal.status)
        response.headers["Content-Security-Policy"] = policy
        return response

    def _error(self, reason: str, status: int) -> web.Response:
        texts = {language: self.texts.errors[language][reason] for language in LANGUAGES}
        return web.json_response({"error": reason, "text": texts}, status=status)

    def _filled(self, template: Template, request: web.Request) -> str:
        language = preferred_language(request.headers.get("Accept-Language", ""))
        texts = {name: html.escape(text) for name, text in self.texts.page[language].items()}
        return template.substitute(texts, language=language)


def _html(page: str, status: int = 200) -> web.Response:
    return web.Response(text=page, status=status, content_type="text/html", charset="utf-8")


def _style_hash(page: str) -> str:
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = hashlib.sha256((style[1] if style else "").encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
