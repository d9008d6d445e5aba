"""The answer to a vendor's request: what could not be kept is asked for again."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import structlog
from aiohttp import web

from bot.errors import StoreError

_log = structlog.get_logger(__name__)


async def acknowledged(
    handling: Awaitable[tuple[int, dict[str, Any] | None]], channel: str
) -> web.Response:
    """Return the answer of what handles a request; 503, so that it comes again, where that fails.

    Nothing of the request is logged.
    """
    try:
        status, answer = await handling
    except StoreError as error:
        _log.warning("request not kept", channel=channel, reason=error.reason)
        return web.Response(status=503)
    except Exception as error:  # noqa: BLE001 - its text may quote what somebody typed
        _log.error("request failed", channel=channel, error=type(error).__name__)
        return web.Response(status=503)
    return web.json_response(answer, status=status) if answer else web.Response(status=status)
