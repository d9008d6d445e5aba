"""Who may use the local page: rules as plain functions, and the door with its one-time token.

A listener on 127.0.0.1 is still within reach of every website that a browser on this machine
visits, of other users of the machine and of a proxy set up by mistake. Each rule closes one
of those ways.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from multidict import MultiMapping

from bot.messages import LANGUAGES, Language

BODY_LIMIT = 64 * 1024
SESSION_LENGTH = timedelta(hours=12)
_LONGEST_ID = 64
_READING = frozenset({"GET", "HEAD"})


class Refusal(StrEnum):
    """Why a request is turned away; the values are the keys of its text in web.yaml."""

    FORWARDED = "forwarded"
    HOST = "host"
    ORIGIN = "origin"
    SESSION = "session"
    CONTENT_TYPE = "content_type"
    TOO_LARGE = "too_large"
    BROKEN_JSON = "broken_json"
    NOT_TEXT = "not_text"

    @property
    def status(self) -> int:
        """Return the HTTP status that says the same."""
        return _STATUS[self]


_STATUS = {
    Refusal.FORWARDED: 403,
    Refusal.HOST: 403,
    Refusal.ORIGIN: 403,
    Refusal.SESSION: 403,
    Refusal.CONTENT_TYPE: 415,
    Refusal.TOO_LARGE: 413,
    Refusal.BROKEN_JSON: 400,
    Refusal.NOT_TEXT: 400,
}


@dataclass(frozen=True, slots=True)
class Question:
    """What the page sends: a text and the language that the page is shown in."""

    text: str
    language: Language | None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that came in with the token."""

    id: str
    until: datetime


class Sessions(Protocol):
    """Where sessions are kept, so that they outlive a restart; only digests of their secrets."""

    def keep(self, digest: bytes, session: Session) -> None:
        """Keep a session."""

    def find(self, digest: bytes) -> Session | None:
        """Return a session, or None."""


class SessionsInMemory:
    """Sessions that end with the process."""

    def __init__(self) -> None:
        """Begin with none."""
        self._sessions: dict[bytes, Session] = {}

    def keep(self, digest: bytes, session: Session) -> None:
        """Keep a session."""
        self._sessions[digest] = session

    def find(self, digest: bytes) -> Session | None:
        """Return a session, or None."""
        return self._sessions.get(digest)


class Door:
    """Trades a one-time token for a session, and knows the session by its secret."""

    def __init__(self, token: str, sessions: Sessions | None = None) -> None:
        """Keep a digest of the token, so that a dump of memory does not show it."""
        self._tokens = {_digest(token)}
        self._sessions = sessions or SessionsInMemory()

    def invite(self) -> str:
        """Return one more one-time token, for another person at this machine."""
        token = secrets.token_urlsafe(24)
        self._tokens.add(_digest(token))
        return token

    def enter(self, token: str, now: datetime) -> str | None:
        """Return the secret of a new session, or None when the token is wrong or used."""
        given = _digest(token)
        known = [own for own in self._tokens if hmac.compare_digest(own, given)]
        if not known:
            return None
        self._tokens.difference_update(known)
        secret = secrets.token_urlsafe(32)
        # The id is not the secret: it ends up in conversations, where it must open nothing.
        session = Session(secrets.token_hex(16), now + SESSION_LENGTH)
        self._sessions.keep(_digest(secret), session)
        return secret

    def session(self, secret: str | None, now: datetime) -> Session | None:
        """Return the session that a secret opens, unless it has ended."""
        found = self._sessions.find(_digest(secret)) if secret else None
        return found if found and now < found.until else None


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "backslashreplace")).digest()


def entry_refusal(method: str, headers: MultiMapping[str], port: int) -> Refusal | None:
    """Return why a request may not come in at all, whoever sends it."""
    if any(_is_forwarded(name) for name in headers):
        return Refusal.FORWARDED
    host = _only(headers, "Host")
    if host not in _own_hosts(port):
        return Refusal.HOST
    if "Origin" not in headers:
        return None if method in _READING else Refusal.ORIGIN
    return None if _only(headers, "Origin") == f"http://{host}" else Refusal.ORIGIN


def _is_forwarded(name: str) -> bool:
    # A proxy in front would make people elsewhere look like someone at this machine.
    lowered = name.lower()
    return lowered in {"forwarded", "x-forwarded"} or lowered.startswith("x-forwarded-")


def _own_hosts(port: int) -> frozenset[str]:
    # Any other name was made to point here (DNS rebinding).
    names = ("127.0.0.1", "localhost")
    hosts = {f"{name}:{port}" for name in names}
    return frozenset(hosts | set(names) if port == 80 else hosts)  # noqa: PLR2004 - browsers drop :80


def _only(headers: MultiMapping[str], name: str) -> str | None:
    values = headers.getall(name, [])
    return values[0].lower() if len(values) == 1 else None


def body_refusal(headers: MultiMapping[str]) -> Refusal | None:
    """Return why a body is not even read."""
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        return Refusal.CONTENT_TYPE
    length = headers.get("Content-Length", "0")
    return Refusal.TOO_LARGE if length.isdecimal() and int(length) > BODY_LIMIT else None


def read_question(body: bytes) -> Question | Refusal:
    """Return the question in a body, or why it cannot be read."""
    try:
        sent = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return Refusal.BROKEN_JSON
    if not isinstance(sent, dict) or sent.get("language") not in (None, *LANGUAGES):
        return Refusal.BROKEN_JSON
    text = sent.get("text")
    if not isinstance(text, str) or any("\ud800" <= letter <= "\udfff" for letter in text):
        return Refusal.NOT_TEXT
    identifier = sent.get("id", "")
    if not isinstance(identifier, str) or len(identifier) > _LONGEST_ID:
        return Refusal.BROKEN_JSON
    return Question(text, sent.get("language"), identifier)
