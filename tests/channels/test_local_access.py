"""The rules of the local page as plain functions."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from multidict import CIMultiDict

from bot.channels.local_access import (
    BODY_LIMIT,
    Door,
    Question,
    Refusal,
    body_refusal,
    entry_refusal,
    read_question,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOST = "127.0.0.1:8080"


def entry(method: str = "GET", **headers: str) -> Refusal | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return entry_refusal(method, CIMultiDict({"Host": HOST} | named), 8080)


def test_token_opens_the_door_once() -> None:
    door = Door("right")
    assert door.enter("wrong", NOW) is None
    assert door.enter("right", NOW)
    assert door.enter("right", NOW) is None


@pytest.mark.parametrize("token", ["", "righ", "right ", "RIGHT", "\ud800", "é" * 9000])
def test_other_tokens_do_not_open_the_door(token: str) -> None:
    assert Door("right").enter(token, NOW) is None


def test_session_lasts_twelve_hours() -> None:
    door = Door("right")
    secret = door.enter("right", NOW)
    assert secret
    assert door.session(secret, NOW + timedelta(hours=12, seconds=-1))
    assert door.session(secret, NOW + timedelta(hours=12)) is None


def test_id_of_a_session_opens_nothing() -> None:
    door = Door("right")
    session = door.session(door.enter("right", NOW), NOW)
    assert session
    assert door.session(session.id, NOW) is None


@pytest.mark.parametrize("secret", [None, "", "guess", "\udcff"])
def test_unknown_secret_is_no_session(secret: str | None) -> None:
    door = Door("right")
    door.enter("right", NOW)
    assert door.session(secret, NOW) is None


@pytest.mark.parametrize("host", [HOST, "localhost:8080", "LOCALHOST:8080"])
def test_own_names_may_enter(host: str) -> None:
    assert entry(Host=host) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8080",
        "127.0.0.1",
        "127.0.0.1:8081",
        "127.0.0.1.evil.example:8080",
        "evil.example",
        "user@127.0.0.1:8080",
        "0.0.0.0:8080",
        "",
    ],
)
def test_other_names_are_refused(host: str) -> None:
    assert entry(Host=host) is Refusal.HOST


def test_missing_or_double_host_is_refused() -> None:
    assert entry_refusal("GET", CIMultiDict(), 8080) is Refusal.HOST
    double = CIMultiDict([("Host", HOST), ("Host", "evil.example")])
    assert entry_refusal("GET", double, 8080) is Refusal.HOST


def test_port_80_has_no_number_in_the_host() -> None:
    assert entry_refusal("GET", CIMultiDict({"Host": "localhost"}), 80) is None


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "x-forwarded-host"])
def test_forwarded_requests_are_refused(name: str) -> None:
    headers = CIMultiDict({"Host": HOST, name: ""})
    assert entry_refusal("GET", headers, 8080) is Refusal.FORWARDED


def test_origin_must_be_the_page() -> None:
    assert entry("POST", Origin=f"http://{HOST}") is None
    assert entry("POST") is Refusal.ORIGIN
    for origin in ("null", "http://localhost:8080", f"https://{HOST}", "http://evil.example", ""):
        assert entry("GET", Origin=origin) is Refusal.ORIGIN
        assert entry("POST", Origin=origin) is Refusal.ORIGIN


@pytest.mark.parametrize("sent", ["application/json", "Application/JSON; charset=utf-8"])
def test_json_is_accepted(sent: str) -> None:
    assert body_refusal(CIMultiDict({"Content-Type": sent})) is None


@pytest.mark.parametrize("sent", ["", "text/plain", "text/plain; application/json"])
def test_forms_of_other_sites_are_refused(sent: str) -> None:
    assert body_refusal(CIMultiDict({"Content-Type": sent})) is Refusal.CONTENT_TYPE


def test_large_bodies_are_refused_unread() -> None:
    headers = CIMultiDict({"Content-Type": "application/json", "Content-Length": str(BODY_LIMIT)})
    assert body_refusal(headers) is None
    headers["Content-Length"] = str(BODY_LIMIT + 1)
    assert body_refusal(headers) is Refusal.TOO_LARGE


def test_question_is_read() -> None:
    assert read_question(b'{"text": "Hoi", "language": "nl"}') == Question("Hoi", "nl")
    assert read_question('{"text": "één\\n🙂"}'.encode()) == Question("één\n🙂", None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"[" * 60_000,
        b'{"text": "Hoi", "language": "fr"}',
        b'{"text": "Hoi", "language": ["nl"]}',
    ],
)
def test_broken_json_is_refused(body: bytes) -> None:
    assert read_question(body) is Refusal.BROKEN_JSON


@pytest.mark.parametrize("text", [None, 5, ["Hoi"], {"a": 1}, True, "\ud83d", "a\udc00b"])
def test_what_is_no_text_is_refused(text: object) -> None:
    assert read_question(json.dumps({"text": text}).encode()) is Refusal.NOT_TEXT


def test_text_must_be_there() -> None:
    assert read_question(b"{}") is Refusal.NOT_TEXT
