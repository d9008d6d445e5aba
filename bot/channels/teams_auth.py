"""Proof that the Bot Connector sent an activity, and that it may come here.

The token is judged first, then what the activity says of itself. A token is judged once and
remembered until it ends; service URL, channel and tenant are judged for every activity.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from bot.channels.teams_addresses import canonical, is_allowed
from bot.channels.teams_keys import IssuerKeys, SessionSource, SigningKey
from bot.errors import Forbidden, SettingsError, Unauthenticated

ISSUER = "https://api.botframework.com"
METADATA_URL = "https://login.botframework.com/v1/.well-known/openidconfiguration"
KEY_HOSTS = frozenset({"login.botframework.com"})
# Teams' public cloud has one host; its regions, Europe among them, are paths such as /emea/.
SERVICE_HOSTS = frozenset({"smba.trafficmanager.net"})
CHANNEL = "msteams"
LEEWAY_SECONDS = 300
_ALGORITHM = "RS256"
_LONGEST_TOKEN = 8192
_MOST_REMEMBERED = 1024
_LATEST = 1e12
_BEARER = re.compile(r"(?i:bearer) +((?:[A-Za-z0-9_-]+\.){2}[A-Za-z0-9_-]+)", re.ASCII)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """Whose tokens we take, and from where.

    `tenants` holds the app's own tenant and every other that may write to us; none in it, none
    may. `loopback` is for development alone: it trusts this machine as service and issuer.
    """

    app_id: str
    tenants: frozenset[str]
    issuer: str = ISSUER
    metadata_url: str = METADATA_URL
    key_hosts: frozenset[str] = KEY_HOSTS
    service_hosts: frozenset[str] = SERVICE_HOSTS
    loopback: bool = False


@dataclass(frozen=True, slots=True)
class Verified:
    """What is certain of an activity; `service_url` is in one spelling and ends with a slash."""

    app_id: str
    tenant_id: str
    service_url: str
    channel_id: str


@dataclass(frozen=True, slots=True)
class _Proven:
    """What a token says once its signature and its claims hold."""

    kid: str
    public: RSAPublicKey
    service_url: str | None
    ends_at: float


class TokenValidator:
    """Judges each activity by the token that came with it."""

    def __init__(
        self, settings: TokenSettings, session: SessionSource, clock: Callable[[], float]
    ) -> None:
        """Take the settings, a session of aiohttp or what returns one, and a clock in Unix seconds.

        Raises SettingsError when the app has no id or the keys would come from elsewhere.
        """
        if not settings.app_id:
            raise SettingsError("the Teams app has no id, so no token can be meant for it")
        hosts, loopback = settings.key_hosts, settings.loopback
        if not is_allowed(settings.metadata_url, hosts, loopback=loopback):
            raise SettingsError("the keys of Teams must come over https from an allowed host")
        self._settings = settings
        self._clock = clock
        self._keys = IssuerKeys(settings.metadata_url, hosts, session, clock, loopback=loopback)
        self._remembered: dict[bytes, _Proven] = {}

    def start(self) -> None:
        """Begin to fetch the keys, so that the first activity need not wait for them."""
        self._keys.start()

    async def check(self, authorization: str | None, activity: Mapping[str, Any]) -> Verified:
        """Return what is certain of an activity that came with this Authorization header.

        Raises Unauthenticated, Forbidden, or KeysUnavailable when the issuer cannot be asked;
        nothing else, whatever the header and the activity are.
        """
        token = _token(authorization)
        digest = hashlib.sha256(token.encode()).digest()
        held = self._recall(digest)
        if held is None:
            held = await self._prove(token)
            self._remember(digest, held[0])
        proven, key = held
        return self._admit(proven.service_url, key.endorsements, activity)

    async def stop(self) -> None:
        """End what runs in the background."""
        await self._keys.stop()

    def _recall(self, digest: bytes) -> tuple[_Proven, SigningKey] | None:
        """Return a token that was proven before, unless it ended or its key was withdrawn."""
        proven = self._remembered.get(digest)
        if proven is None:
            return None
        key = self._keys.known(proven.kid)
        if key is None or key.public is not proven.public or self._clock() >= proven.ends_at:
            del self._remembered[digest]
            return None
        return proven, key

    def _remember(self, digest: bytes, proven: _Proven) -> None:
        if len(self._remembered) >= _MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[digest] = proven

    async def _prove(self, token: str) -> tuple[_Proven, SigningKey]:
        header, claims, _ = token.split(".")
        kid = _kid(_object(header))
        # Only the last of two claims of one name would be judged by the library below.
        _object(claims)
        key = await self._keys.find(kid)
        if key is None:
            raise Unauthenticated("key")
        proven = self._claims(token, key)
        ends_at = _ends_at(proven, self._clock())
        return _Proven(kid, key.public, canonical(proven.get("serviceurl")), ends_at), key

    def _claims(self, token: str, key: SigningKey) -> Json:
        try:
            return jwt.decode(
                token,
                key.public,
                algorithms=[_ALGORITHM],
                issuer=self._settings.issuer,
                audience=self._settings.app_id,
                options={
                    "require": ["exp", "iss", "aud"],
                    "strict_aud": True,
                    # The library reads the machine's clock and takes text for a time.
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except jwt.InvalidSignatureError:
            raise Unauthenticated("signature") from None
        except Exception:  # noqa: BLE001 - whatever it trips over, the token proves nothing
            raise Unauthenticated("claims") from None

    def _admit(
        self, claimed_url: str | None, endorsements: frozenset[str], activity: Any
    ) -> Verified:
        service_url = canonical(_at(activity, "serviceUrl"))
        if service_url is None or service_url != claimed_url:
            raise Forbidden("service_url")
        verified = admitted(self._settings, activity)
        if CHANNEL not in endorsements:
            raise Forbidden("endorsement")
        return verified


def admitted(settings: TokenSettings, activity: Any) -> Verified:
    """Return what an activity says of itself, where it may come here; raises Forbidden."""
    service_url = canonical(_at(activity, "serviceUrl"))
    if not is_allowed(service_url, settings.service_hosts, loopback=settings.loopback):
        raise Forbidden("host")
    if _at(activity, "channelId") != CHANNEL:
        raise Forbidden("channel")
    tenant = _tenant(activity, frozenset(tenant.lower() for tenant in settings.tenants if tenant))
    return Verified(settings.app_id, tenant, f"{service_url}/", CHANNEL)


def _tenant(activity: Any, allowed: frozenset[str]) -> str:
    """Return the tenant of an activity; every tenant that it names must be allowed."""
    named = [
        _at(activity, "channelData", "tenant", "id"),
        _at(activity, "conversation", "tenantId"),
    ]
    tenants = [tenant for tenant in named if tenant is not None]
    if not tenants:
        raise Forbidden("tenant")
    for tenant in tenants:
        if not isinstance(tenant, str) or tenant.lower() not in allowed:
            raise Forbidden("tenant")
    return str(tenants[0]).lower()


def _token(authorization: str | None) -> str:
    """Return the token of a header, by its form alone."""
    if not authorization:
        raise Unauthenticated("absent")
    if len(authorization) > _LONGEST_TOKEN:
        raise Unauthenticated("size")
    found = _BEARER.fullmatch(authorization)
    if found is None:
        raise Unauthenticated("form")
    return found[1]


def _kid(header: Json) -> str:
    """Return the key's id from a header; no header may bring its own rules."""
    if header.get("alg") != _ALGORITHM or "crit" in header or "b64" in header:
        raise Unauthenticated("header")
    kid = header.get("kid")
    if not isinstance(kid, str):
        raise Unauthenticated("header")
    return kid


def _object(part: str) -> Json:
    """Return one part of a token as an object, in which no name stands twice."""
    try:
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        found = json.loads(decoded, object_pairs_hook=_single)
    except (ValueError, RecursionError):
        raise Unauthenticated("form") from None
    if not isinstance(found, dict):
        raise Unauthenticated("form")
    return found


def _single(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _ends_at(claims: Json, now: float) -> float:
    """Return when a token ends, in Unix seconds with the leeway; raises Unauthenticated."""
    times = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
    if not all(_is_time(value) for value in times.values()):
        raise Unauthenticated("claims")
    ends_at = float(times["exp"]) + LEEWAY_SECONDS
    if now >= ends_at:
        raise Unauthenticated("expired")
    if max(times.get("nbf", 0), times.get("iat", 0)) > now + LEEWAY_SECONDS:
        raise Unauthenticated("early")
    return ends_at


def _is_time(value: Any) -> bool:
    """Tell whether a claim is a number that can be a moment: no text, truth value or infinity."""
    return type(value) in (int, float) and 0 <= value < _LATEST


def _at(activity: Any, *path: str) -> Any:
    """Return what stands at a path of JSON; None where there is nothing."""
    for name in path:
        activity = activity.get(name) if isinstance(activity, Mapping) else None
    return activity
