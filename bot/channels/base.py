"""What every channel that sends on its own offers to the rest."""

from __future__ import annotations

from typing import Protocol

from bot.worker import Deliverer


class Channel(Deliverer, Protocol):
    """A way to reach people that can be started, stopped and given a reply to deliver."""

    async def start(self) -> None:
        """Begin to receive; returns once the channel is ready."""

    async def stop(self) -> None:
        """Stop receiving and let go of every connection."""
