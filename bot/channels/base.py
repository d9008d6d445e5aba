"""What every channel that sends on its own offers to the rest."""

from __future__ import annotations

from typing import Protocol

from bot.messages import ConversationRef, Reply


class Channel(Protocol):
    """A way to reach people that can be started, stopped and given a reply to deliver."""

    async def start(self) -> None:
        """Begin to receive; returns once the channel is ready."""

    async def stop(self) -> None:
        """Stop receiving and let go of every connection."""

    async def deliver(self, address: ConversationRef, reply: Reply) -> None:
        """Send a reply to a conversation; raises ChannelError when that fails."""
