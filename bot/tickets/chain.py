"""The chain of events: each is linked to the one before with a key kept outside the database.

A purge deletes salt, actor and payload of an event; its digest stays, so the chain still holds
and the event is known to be purged.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.tickets.model import Event

FIRST_LINK = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk along the chain found."""

    events: int
    purged: int
    head: str
    broken_at: int | None = None


def digest_of(salt: str, actor: str, payload: str) -> str:
    """Return the digest of what an event holds about people."""
    return hashlib.sha256(_joined(salt, actor, payload)).hexdigest()


def link_of(key: bytes, previous: str, event: Event) -> str:
    """Return the link of an event to the one before it."""
    said = _joined(
        previous,
        str(event.number),
        event.reference,
        event.action,
        event.state_before,
        event.state_after,
        event.at.isoformat(),
        event.digest,
    )
    return hmac.new(key, said, hashlib.sha256).hexdigest()


def next_event(  # noqa: PLR0913 - an event has these parts
    key: bytes,
    last: Event | None,
    *,
    reference: str,
    action: str,
    states: tuple[str, str],
    at: datetime,
    actor: str,
    payload: str,
) -> Event:
    """Return a new event, linked to the last one."""
    salt = secrets.token_hex(16)
    event = Event(
        number=last.number + 1 if last else 1,
        reference=reference,
        action=action,
        state_before=states[0],
        state_after=states[1],
        at=at,
        digest=digest_of(salt, actor, payload),
        link="",
        salt=salt,
        actor=actor,
        payload=payload,
    )
    return replace(event, link=link_of(key, last.link if last else FIRST_LINK, event))


def verify(key: bytes, events: Iterable[Event]) -> Verification:
    """Walk along all events in order; `broken_at` is the number of the first that fails."""
    previous, count, purged = FIRST_LINK, 0, 0
    for count, event in enumerate(events, 1):
        if event.salt is None:
            purged += 1
        elif digest_of(event.salt, event.actor or "", event.payload or "") != event.digest:
            return Verification(count, purged, previous, event.number)
        whole = hmac.compare_digest(link_of(key, previous, event), event.link)
        if not whole or event.number != count:
            return Verification(count, purged, previous, event.number)
        previous = event.link
    return Verification(count, purged, previous)


def _joined(*parts: str) -> bytes:
    """Return the parts with their lengths, so that no two lists of parts look the same."""
    return b"".join(f"{len(part.encode())}:".encode() + part.encode() for part in parts)
