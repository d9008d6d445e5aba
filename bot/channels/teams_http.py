"""The front door for Teams: read, prove who sent it, hand over, acknowledge.

Nothing of a body is ever logged. What is acknowledged has been kept; what cannot be kept is
answered with 503, and Teams sends it again.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import structlog
from aiohttp import web

from bot.channels.acknowledging import acknowledged
from bot.channels.teams_auth import Verified
from bot.errors import Forbidden, NotAdmitted

BODY_LIMIT = 512 * 1024
_log = structlog.get_logger(__name__)

Json = dict[str, Any]
Handle = Callable[[Json, Verified], Awaitable[tuple[int, Json | None]]]


class Validator(Protocol):
    """Judges who sent an activity."""

    async def check(self, authorization: str | None, activity: Mapping[str, Any], /) -> Verified:
        """Return what is certain of an activity; raises NotAdmitted."""


def parsed(body: bytes) -> Json | None:
    """Return the activity in a body, or None when it cannot be read."""
    try:
        activity = json.loads(body.decode("utf-8"))
        if b"\\ud" in body.lower():  # half a character can be kept nowhere
            whole = json.dumps(activity, ensure_ascii=False).encode("utf-8", "replace")
            activity = json.loads(whole)
    except (ValueError, RecursionError):
        return None
    return activity if isinstance(activity, dict) and activity else None


def create_teams_app(handle: Handle, validator: Validator) -> web.Application:
    """Return the one route for activities, whatever stands behind it."""

    async def receive(request: web.Request) -> web.Response:
        activity = parsed(await request.read())
        try:
            verified = await validator.check(request.headers.get("Authorization"), activity or {})
        except NotAdmitted as refusal:
            # Whoever holds a true token, and sends what nobody can read, sent a bad request.
            unreadable = activity is None and isinstance(refusal, Forbidden)
            _log.warning("teams activity refused", reason=refusal.reason)
            return web.Response(status=400 if unreadable else refusal.status)
        assert activity is not None
        return await acknowledged(handle(activity, verified), "teams")

    app = web.Application(client_max_size=BODY_LIMIT)
    app.router.add_post("/messages", receive)
    return app
