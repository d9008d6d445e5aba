"""The front door for Slack: verify raw bytes, parse, hand over, acknowledge.

Nothing of a body is ever logged. What is acknowledged has been kept; what cannot be kept is
answered with 503, and Slack sends it again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import structlog
from aiohttp import web

from bot.channels.acknowledging import acknowledged

BODY_LIMIT = 1024 * 1024
WINDOW_SECONDS = 300
_VERSION = b"v0"
_log = structlog.get_logger(__name__)

Json = dict[str, Any]
Handle = Callable[[Json], Awaitable[tuple[int, Json | None]]]


def is_signed(
    secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime
) -> bool:
    """Tell whether one of our secrets signed these bytes within five minutes of now."""
    given = headers.get("X-Slack-Signature", "")
    stamp = headers.get("X-Slack-Request-Timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and given.isascii()):
        return False
    if abs(now.timestamp() - int(stamp)) > WINDOW_SECONDS:
        return False
    said = b":".join((_VERSION, stamp.encode(), body))
    return any(hmac.compare_digest(signature(secret, said), given) for secret in secrets)


def signature(secret: str, said: bytes) -> str:
    """Return the signature of bytes with a secret, as Slack writes it."""
    digest = hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()
    return f"{_VERSION.decode()}={digest}"


def parsed(body: bytes, content_type: str) -> Json | None:
    """Return the payload of a verified body, or None when it cannot be read."""
    try:
        text = body.decode("utf-8")
        if "application/json" in content_type:
            payload = json.loads(text)
        else:
            fields = {name: values[-1] for name, values in parse_qs(text).items()}
            payload = json.loads(fields["payload"]) if "payload" in fields else fields
    except (ValueError, RecursionError, KeyError):
        return None
    return payload if isinstance(payload, dict) and payload else None


def create_slack_app(
    handle: Handle, secrets: Sequence[str], clock: Callable[[], datetime]
) -> web.Application:
    """Return the one route for events, commands and interactions, whatever stands behind it."""

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        if not is_signed(secrets, request.headers, body, clock()):
            _log.warning("slack request refused", reason="signature")
            return web.Response(status=401)
        payload = parsed(body, request.headers.get("Content-Type", ""))
        if payload is None:
            return web.Response(status=400)
        if payload.get("type") == "url_verification":
            return web.json_response({"challenge": str(payload.get("challenge", ""))})
        if "ssl_check" in payload:
            return web.Response()
        return await acknowledged(handle(payload), "slack")

    app = web.Application(client_max_size=BODY_LIMIT)
    app.router.add_post("", receive)
    app.router.add_post("/{rest:.*}", receive)
    return app
