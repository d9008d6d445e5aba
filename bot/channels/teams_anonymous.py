"""For tests alone: activities that come without proof, from this machine.

Microsoft's Agents Playground signs nothing. What names any service but one on this machine stays
outside, so that no answer leaves it; the listener must be on this machine alone as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.channels.teams_auth import TokenSettings, Verified, admitted


class AnonymousValidator:
    """Takes activities for what they say they are, where they come from this machine."""

    def __init__(self, settings: TokenSettings) -> None:
        """Take the settings, of which the hosts of Microsoft do not count here."""
        self._settings = replace(settings, service_hosts=frozenset(), loopback=True)

    def start(self) -> None:
        """Begin nothing: there are no keys."""

    async def stop(self) -> None:
        """End nothing."""

    async def check(self, _: str | None, activity: Mapping[str, Any], /) -> Verified:
        """Return what an activity says of itself; raises Forbidden for any other machine."""
        return admitted(self._settings, activity)
