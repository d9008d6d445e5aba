"""The routes of the local page, over HTTP."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

import bot.channels.web
from bot.channels.local_access import Refusal
from bot.channels.web import create_local_app
from bot.channels.web_texts import preferred_language, read_web_texts
from bot.errors import WordsError

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOST = "127.0.0.1:8080"
WORDS = Path(bot.channels.web.__file__).with_name("web.yaml")
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class Visitor:
    """A browser without a screen: keeps cookies and names the page as its origin."""

    def __init__(self, answer: Any) -> None:
        self.now = NOW
        app = create_local_app(answer, "right", 8080, lambda: self.now)
        self.client = TestClient(TestServer(app))

    async def get(self, path: str, **headers: str) -> ClientResponse:
        named = {"Host": HOST} | {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(path, headers=named, allow_redirects=False)

    async def post(self, body: Any, **headers: str | None) -> ClientResponse:
        named: dict[str, str | None] = {"Host": HOST, "Origin": f"http://{HOST}"}
        named |= {"Content-Type": "application/json"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in named.items() if value is not None}
        data = {"json": body} if isinstance(body, dict) else {"data": body}
        return await self.client.post("/api/messages", headers=sent, **data)

    async def enter(self) -> ClientResponse:
        return await self.get("/?token=right")


@pytest.fixture
async def visitor(answers: Any) -> AsyncIterator[Visitor]:
    opened = Visitor(answers)
    async with opened.client:
        yield opened


async def test_token_becomes_a_cookie(visitor: Visitor) -> None:
    response = await visitor.enter()
    assert response.status == 303
    assert response.headers["Location"] == "/"
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("privacy_desk_8080=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"} <= set(cookie.split("; "))
    assert "right" not in cookie
    assert (await visitor.get("/")).status == 200


async def test_token_works_once(visitor: Visitor) -> None:
    await visitor.enter()
    again = await visitor.enter()
    assert (again.status, again.headers["Location"]) == (303, "/")
    assert "Set-Cookie" not in again.headers
    visitor.client.session.cookie_jar.clear()
    assert (await visitor.enter()).status == 403


@pytest.mark.parametrize("path", ["/?token=wrong", "/?token=", "/?token=wrong&token=right"])
async def test_wrong_token_is_refused(visitor: Visitor, path: str) -> None:
    assert (await visitor.get(path)).status == 403


async def test_closed_page_says_where_to_look(visitor: Visitor) -> None:
    english = await visitor.get("/", Accept_Language="en-GB,en;q=0.9")
    assert english.status == 403
    assert "shown in the terminal" in await english.text()
    dutch = await (await visitor.get("/")).text()
    assert '<html lang="nl">' in dutch
    assert "in de terminal" in dutch


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/static/page.css", "/api/texts", "/x"])
async def test_every_route_needs_the_session(visitor: Visitor, path: str) -> None:
    assert (await visitor.get(path)).status == 403


async def test_message_needs_the_session(visitor: Visitor, answers: Any) -> None:
    response = await visitor.post({"text": "Hoi"})
    assert response.status == 403
    assert (await response.json())["error"] == "session"
    assert answers.asked == []


async def test_session_ends_after_twelve_hours(visitor: Visitor) -> None:
    await visitor.enter()
    visitor.now += timedelta(hours=12)
    assert (await visitor.get("/")).status == 403
    assert (await visitor.enter()).status == 403


async def test_health_needs_no_session(visitor: Visitor) -> None:
    response = await visitor.get("/healthz")
    assert (response.status, await response.text()) == (200, "ok")


async def test_looking_at_the_address_does_not_use_the_token_up(visitor: Visitor) -> None:
    head = await visitor.client.head("/?token=right", headers={"Host": HOST})
    assert head.status == 403
    assert (await visitor.enter()).status == 303


@pytest.mark.parametrize("path", ["/", "/healthz", "/static/page.js", "/?token=right"])
async def test_other_names_of_this_machine_are_refused(visitor: Visitor, path: str) -> None:
    assert (await visitor.get(path, Host="evil.example:8080")).status == 403
    assert (await visitor.get(path, X_Forwarded_For="192.0.2.1")).status == 403
    assert (await visitor.get(path, Forwarded="for=192.0.2.1")).status == 403
    assert (await visitor.get(path, Origin="http://evil.example")).status == 403


async def test_refused_request_does_not_use_the_token_up(visitor: Visitor) -> None:
    await visitor.get("/?token=right", Host="evil.example:8080")
    assert (await visitor.enter()).status == 303


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://localhost:8080"])
async def test_message_must_come_from_the_page(
    visitor: Visitor, answers: Any, origin: str | None
) -> None:
    await visitor.enter()
    response = await visitor.post({"text": "Hoi"}, Origin=origin)
    assert response.status == 403
    assert (await response.json())["error"] == "origin"
    assert answers.asked == []


async def test_message_is_answered(visitor: Visitor, answers: Any) -> None:
    await visitor.enter()
    response = await visitor.post({"text": "Hoi", "language": "nl"})
    reply = await response.json()
    assert response.status == 200
    assert (reply["kind"], reply["language"], reply["ticket"]) == ("answer", "nl", None)
    assert reply["facts"] == ["recordings.retention"]
    assert reply["text"].startswith("U schreef: Hoi\n\nBewaartermijn: 90 dagen")
    assert reply["blocks"][0] == {"type": "text", "text": "U schreef: Hoi"}
    assert reply["blocks"][1]["rows"][0] == ["Bewaartermijn", "90 dagen"]
    assert reply["blocks"][2] == {"type": "notice", "tone": "law", "text": "Binnen één maand."}
    assert reply["blocks"][-1]["type"] == "source"


async def test_choices_keep_label_and_value(visitor: Visitor) -> None:
    await visitor.enter()
    reply = await (await visitor.post({"text": "keuze"})).json()
    assert reply["blocks"][1]["choices"][1] == {"label": "Verkeersgegevens", "value": "2"}


async def test_session_is_the_sender(visitor: Visitor, answers: Any) -> None:
    secret = (await visitor.enter()).cookies["privacy_desk_8080"].value
    for _ in range(2):
        await visitor.post({"text": "Hoi", "language": "en"})
    first, second = answers.asked
    assert (first.channel, first.conversation.channel) == ("web", "web")
    assert (first.sender.tenant_id, first.conversation.tenant_id) == ("local", "local")
    assert first.sender.user_id == first.conversation.conversation_id == second.sender.user_id
    assert first.id != second.id
    assert (first.sent_at, first.locale) == (NOW, "en")
    assert secret not in repr(first)


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"{", 400, "broken_json"),
        (b"", 400, "broken_json"),
        (b"[1]", 400, "broken_json"),
        (b'{"text": 5}', 400, "not_text"),
        (b'{"text": "\\ud83d"}', 400, "not_text"),
        (b'{"text": "' + b"a" * 70_000 + b'"}', 413, "too_large"),
    ],
)
async def test_unusable_bodies_are_refused_in_both_languages(
    visitor: Visitor, answers: Any, body: bytes, status: int, reason: str
) -> None:
    await visitor.enter()
    response = await visitor.post(body)
    answer = await response.json()
    assert (response.status, answer["error"]) == (status, reason)
    assert answer["text"]["nl"] != answer["text"]["en"]
    assert answers.asked == []


async def test_large_body_in_pieces_is_refused(visitor: Visitor) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(80):
            yield b" " * 1024

    await visitor.enter()
    assert (await visitor.post(pieces())).status == 413


async def test_body_at_the_limit_is_read(visitor: Visitor) -> None:
    await visitor.enter()
    assert (await visitor.post(b'{"text": "Hoi"}'.ljust(64 * 1024))).status == 200
    assert (await visitor.post(b'{"text": "Hoi"}'.ljust(64 * 1024 + 1))).status == 413


async def test_message_must_be_json(visitor: Visitor) -> None:
    await visitor.enter()
    response = await visitor.post(b'{"text": "Hoi"}', Content_Type="text/plain")
    assert (response.status, (await response.json())["error"]) == (415, "content_type")


async def test_failing_answer_is_told_and_nothing_typed_is_logged(
    visitor: Visitor, answers: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await visitor.enter()
    answers.broken = True
    response = await visitor.post({"text": "mijn geheim"})
    assert (response.status, (await response.json())["error"]) == (500, "failed")
    assert "RuntimeError in conftest.py" in caplog.text
    assert "geheim" not in caplog.text


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/api/texts", "/healthz", "/nothing"])
async def test_headers_are_strict_everywhere(visitor: Visitor, path: str) -> None:
    await visitor.enter()
    headers = (await visitor.get(path)).headers
    assert headers["Content-Security-Policy"] == CONTENT_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


async def test_closed_page_allows_its_own_style_only(visitor: Visitor) -> None:
    policy = (await visitor.get("/")).headers["Content-Security-Policy"]
    assert re.sub(r"'sha256-[^']+'", "'self'", policy) == CONTENT_POLICY
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/static/web.yaml", "/static/..%2fweb.py", "/static/page.html"])
async def test_other_files_are_not_served(visitor: Visitor, path: str) -> None:
    await visitor.enter()
    assert (await visitor.get(path)).status == 404


async def test_page_begins_in_the_language_of_the_browser(visitor: Visitor) -> None:
    await visitor.enter()
    assert '<html lang="nl">' in await (await visitor.get("/")).text()
    assert '<html lang="en">' in await (await visitor.get("/", Accept_Language="en")).text()


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("", "nl"), ("de", "nl"), ("de,en;q=0.5", "en"), ("NL-be,en", "nl"), ("en-US,nl", "en")],
)
def test_first_of_our_languages_counts(accepted: str, language: str) -> None:
    assert preferred_language(accepted) == language


async def test_texts_are_the_same_in_both_languages(visitor: Visitor) -> None:
    await visitor.enter()
    texts = await (await visitor.get("/api/texts")).json()
    assert set(texts) == {"nl", "en"}
    assert len(texts["nl"]["examples"]) == len(texts["en"]["examples"]) >= 3
    assert texts["nl"]["errors"].keys() == texts["en"]["errors"].keys()


def test_text_without_a_language_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "web.yaml"
    path.write_text("page: {title: {nl: Balie}}\nexamples: []\nerrors: {}\n", encoding="utf-8")
    with pytest.raises(WordsError, match=r"page\.title"):
        read_web_texts(path)


def test_every_refusal_has_a_text() -> None:
    refusals = {refusal.value for refusal in Refusal}
    assert refusals | {"network", "failed"} == set(read_web_texts(WORDS).errors["nl"])


async def test_nothing_on_the_page_is_inline(visitor: Visitor) -> None:
    await visitor.enter()
    page = await (await visitor.get("/")).text()
    assert not re.search(r"<style|<script(?![^>]* src=)|\sstyle=|\son\w+=", page)
    script = await (await visitor.get("/static/page.js")).text()
    assert not re.search(r"innerHTML|insertAdjacentHTML|outerHTML|document\.write|eval\(", script)
