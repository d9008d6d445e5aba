"""How fast we may write: a pace for each channel, and silence where a vendor asks for it."""

from __future__ import annotations

import time
from collections.abc import Callable

from bot.errors import ChannelError

_FORGET_AFTER = 1_000


class Pace:
    """A message a second for each channel, with a few at once; seconds of a monotonic clock."""

    def __init__(
        self, seconds: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the seconds between two messages, how many may go at once, and the clock."""
        self.seconds = seconds
        self.burst = burst
        self.clock = clock
        self._free: dict[str, float] = {}
        self._silent: dict[str, float] = {}

    def take(self, channel: str) -> None:
        """Use one turn of a channel; raises ChannelError that says when there is one again."""
        now = self.clock()
        if len(self._free) > _FORGET_AFTER:
            self._free = {name: free for name, free in self._free.items() if free > now}
        free = max(self._free.get(channel, 0.0), now)
        wait = free - now - self.seconds * (self.burst - 1)
        if wait > 0:
            raise ChannelError("paced", retry_after=wait)
        self._free[channel] = free + self.seconds

    def silence(self, method: str, seconds: float) -> None:
        """Keep from calling a method for a while."""
        self._silent[method] = self.clock() + seconds

    def check(self, method: str) -> None:
        """Raise ChannelError while a method must not be called."""
        wait = self._silent.get(method, 0.0) - self.clock()
        if wait > 0:
            raise ChannelError("ratelimited", retry_after=wait)
