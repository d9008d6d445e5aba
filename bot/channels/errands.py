"""Work that goes on after a vendor was answered: never waited for, never forgotten by Python."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

_GRACE_SECONDS = 5.0
_log = structlog.get_logger(__name__)


class Errands:
    """Runs what may fail without loss: what must not be lost goes by the inbox and the outbox."""

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._running: set[asyncio.Task[None]] = set()

    def run(self, errand: Coroutine[Any, Any, None]) -> None:
        """Begin, and go on at once."""
        task = asyncio.create_task(self._tried(errand))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def stop(self) -> None:
        """Wait a few seconds for what still runs, then let go of it."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=_GRACE_SECONDS)
            for task in late:
                task.cancel()

    @staticmethod
    async def _tried(errand: Coroutine[Any, Any, None]) -> None:
        try:
            await errand
        except Exception as error:  # noqa: BLE001 - its text may quote what somebody typed
            _log.warning("errand failed", error=type(error).__name__)
