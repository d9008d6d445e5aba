"""The keys that the Bot Connector signs with: fetched, kept, and fetched again in good time.

Old keys serve while new ones are fetched, and a failure keeps them. One fetch runs at a time; it
is a task of its own, so that a request that goes away does not take it from the others.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from bot.channels.teams_addresses import is_allowed
from bot.errors import KeysUnavailable

_FETCH_SECONDS = 5.0
_FRESH_SECONDS = 24 * 3600.0
# A key that its issuer withdrew must not be trusted for ever because we cannot hear of it.
_LAST_SECONDS = 7 * 24 * 3600.0
_UNKNOWN_SECONDS = 60.0
_LONGEST_PAUSE_SECONDS = 60.0
_LARGEST_ANSWER = 1024 * 1024
_MOST_KEYS = 100
_KEY_BITS = range(2048, 8192 + 1)
_log = structlog.get_logger(__name__)

SessionSource = aiohttp.ClientSession | Callable[[], aiohttp.ClientSession]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key of the issuer, and the channels that it may speak for."""

    kid: str
    public: RSAPublicKey
    endorsements: frozenset[str]
    numbers: tuple[str, str]


class IssuerKeys:
    """The issuer's keys by kid."""

    def __init__(
        self,
        metadata_url: str,
        hosts: AbstractSet[str],
        session: SessionSource,
        clock: Callable[[], float],
        *,
        loopback: bool = False,
    ) -> None:
        """Take the address of the OpenID document and the hosts that keys may come from.

        Nothing is fetched yet. The clock gives Unix seconds.
        """
        self._metadata_url = metadata_url
        self._hosts = hosts
        self._loopback = loopback
        self._session = session
        self._clock = clock
        self._keys: Mapping[str, SigningKey] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._failures = 0
        self._running: asyncio.Task[None] | None = None
        self._stopped = False

    def start(self) -> None:
        """Begin to fetch in the background."""
        self._refresh(self._clock(), self._pause())

    def known(self, kid: str) -> SigningKey | None:
        """Return a key that is held; when the keys are old, fetch them in the background."""
        now = self._clock()
        if not self._serve(now):
            return None
        if now - self._fetched_at > _FRESH_SECONDS:
            self._refresh(now, self._pause())
        return self._keys.get(kid)

    async def find(self, kid: str) -> SigningKey | None:
        """Return a key, fetched if need be within five seconds; None when the issuer has no such.

        An unknown kid asks the issuer at most once a minute, whatever else comes in. Raises
        KeysUnavailable when the issuer could not be asked.
        """
        if (key := self.known(kid)) is not None:
            return key
        now = self._clock()
        running = self._refresh(now, _UNKNOWN_SECONDS if self._serve(now) else self._pause())
        if running is not None:
            await asyncio.wait((running,))
        key = self.known(kid)
        answered = not self._failures and not self._stopped and self._serve(self._clock())
        if key is None and not answered:
            raise KeysUnavailable("keys")
        return key

    async def stop(self) -> None:
        """End a fetch that runs, and begin no other."""
        self._stopped = True
        if (running := self._running) is not None:
            running.cancel()
            await asyncio.wait((running,))

    def _serve(self, now: float) -> bool:
        return bool(self._keys) and now - self._fetched_at <= _LAST_SECONDS

    def _pause(self) -> float:
        """Return the seconds to leave the issuer alone after failures: 2, 4, 8 ... 60."""
        return (
            min(2.0 ** min(self._failures, 10), _LONGEST_PAUSE_SECONDS) if self._failures else 0.0
        )

    def _refresh(self, now: float, pause: float) -> asyncio.Task[None] | None:
        """Return the fetch that runs, begun now if the pause since the last one is over."""
        if self._running is None and not self._stopped and now - self._tried_at >= pause:
            self._tried_at = now
            self._running = asyncio.create_task(self._fetch())
        return self._running

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(_FETCH_SECONDS):
                self._keys = await self._fetched_keys()
            self._fetched_at = self._clock()
            self._failures = 0
        except Exception as error:  # noqa: BLE001 - whatever the issuer does, old keys serve on
            self._failures += 1
            reason = error.reason if isinstance(error, KeysUnavailable) else type(error).__name__
            _log.warning("teams keys not fetched", reason=reason)
        finally:
            self._tried_at = self._clock()
            self._running = None

    async def _fetched_keys(self) -> Mapping[str, SigningKey]:
        address = (await self._read(self._metadata_url)).get("jwks_uri")
        if not is_allowed(address, self._hosts, loopback=self._loopback):
            raise KeysUnavailable("jwks_uri")
        keys = _parsed((await self._read(str(address))).get("keys"), self._keys)
        if not keys:
            raise KeysUnavailable("no keys")
        return keys

    async def _read(self, address: str) -> Mapping[str, Any]:
        source = self._session
        session = source if isinstance(source, aiohttp.ClientSession) else source()
        body = bytearray()
        # A redirect could lead away from the hosts that are allowed.
        async with session.get(address, allow_redirects=False) as answer:
            if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
                raise KeysUnavailable("status")
            async for part in answer.content.iter_any():
                body += part
                if len(body) > _LARGEST_ANSWER:
                    raise KeysUnavailable("size")
        document = json.loads(body)
        return document if isinstance(document, dict) else {}


def _parsed(listed: Any, held: Mapping[str, SigningKey]) -> dict[str, SigningKey]:
    """Return the usable keys of a JWKS; what is no RSA signing key is passed over."""
    found: dict[str, SigningKey] = {}
    for each in listed[:_MOST_KEYS] if isinstance(listed, list) else ():
        key = _key(each, held) if isinstance(each, dict) else None
        if key is not None:
            found.setdefault(key.kid, key)
    return found


def _key(listed: dict[str, Any], held: Mapping[str, SigningKey]) -> SigningKey | None:
    kid, modulus, exponent = (listed.get(name) for name in ("kid", "n", "e"))
    if not (isinstance(kid, str) and isinstance(modulus, str) and isinstance(exponent, str)):
        return None
    if listed.get("use", "sig") != "sig" or listed.get("alg", "RS256") != "RS256":
        return None
    numbers = (modulus, exponent)
    before = held.get(kid)
    if before is not None and before.numbers == numbers:
        public = before.public
    else:
        try:
            public_or_private = RSAAlgorithm.from_jwk(
                {"kty": listed.get("kty"), "n": modulus, "e": exponent}
            )
        except Exception:  # noqa: BLE001 - one odd key must not take the others away
            return None
        if not isinstance(public_or_private, RSAPublicKey):
            return None
        public = public_or_private
    if public.key_size not in _KEY_BITS:
        return None
    endorsed = listed.get("endorsements")
    channels = endorsed if isinstance(endorsed, list) else ()
    return SigningKey(kid, public, frozenset(c for c in channels if isinstance(c, str)), numbers)
