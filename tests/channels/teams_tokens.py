"""Authorization headers that an activity may come with, and the status that each should get."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.channels.teams_auth import TokenSettings, TokenValidator
from bot.errors import NotAdmitted
from tests.channels.fake_issuer import (
    APP,
    SERVICE_URL,
    TENANT,
    Everywhere,
    FakeIssuer,
    Json,
    activity,
    base64url,
    jwk,
    private_key,
    signed,
)

MINUTES = 60
Make = Callable[[FakeIssuer], str | None]


@asynccontextmanager
async def validating(issuer: FakeIssuer, **more: Any) -> AsyncIterator[TokenValidator]:
    """Give a validator that trusts the issuer on this machine."""
    fields = {"metadata_url": issuer.metadata_url, "loopback": True, **more}
    settings = TokenSettings(**{"app_id": APP, "tenants": frozenset({TENANT}), **fields})
    connector = aiohttp.TCPConnector(resolver=Everywhere())
    async with aiohttp.ClientSession(connector=connector) as session:
        validator = TokenValidator(settings, lambda: session, issuer.clock)
        yield validator
        await validator.stop()


async def status(validator: TokenValidator, header: str | None, said: Json | None = None) -> int:
    """Return the HTTP status that a check leads to."""
    try:
        await validator.check(header, activity() if said is None else said)
    except NotAdmitted as refusal:
        return refusal.status
    return 200


def bearer(**more: Any) -> Make:
    return lambda issuer: f"Bearer {issuer.token(**more)}"


def late(seconds: float, claim: str = "exp") -> Make:
    """Return a token with a time claim this far after now."""
    return lambda issuer: f"Bearer {issuer.token(more={claim: issuer.clock.now + seconds})}"


def hmac_with_public_key(issuer: FakeIssuer) -> str:
    """Return the old trick: the public key, which all know, as the secret of an HMAC."""
    public = private_key("first").public_key()
    secret = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _, claims, _ = issuer.token().split(".")
    said = f"{base64url(json.dumps({'alg': 'HS256', 'kid': 'first'}).encode())}.{claims}"
    return f"Bearer {said}.{base64url(hmac.digest(secret, said.encode(), hashlib.sha256))}"


def unsigned(signature: str) -> Make:
    return lambda issuer: (
        f"Bearer {issuer.token(header={'alg': 'none'}).rsplit('.', 1)[0]}.{signature}"
    )


def changed(part: int, change: Callable[[str], str]) -> Make:
    """Return a good token with one of its parts changed after it was signed."""

    def make(issuer: FakeIssuer) -> str:
        parts = issuer.token().split(".")
        parts[part] = change(parts[part])
        return f"Bearer {'.'.join(parts)}"

    return make


def with_texts(header: str, claims: str) -> Make:
    """Return a signed token of these very texts; {more} stands for the usual claims."""

    def make(issuer: FakeIssuer) -> str:
        usual = json.dumps(issuer.claims())[1:-1]
        return f"Bearer {signed(header, claims.replace('{more}', usual))}"

    return make


def other_app(claims: str) -> str:
    decoded = json.loads(base64.urlsafe_b64decode(claims + "=="))
    return base64url(json.dumps({**decoded, "serviceurl": "https://evil.example/"}).encode())


HEADER = '{"alg":"RS256","kid":"first"}'
ROGUE = {"jku": "https://evil.example/keys", "x5u": "https://evil.example/x5u", "jwk": jwk("rogue")}

THE_TWENTY: dict[str, tuple[Make, int]] = {
    "valid": (bearer(), 200),
    "no header": (lambda _: None, 401),
    "an empty header": (lambda _: "", 401),
    "garbage": (lambda _: "\x00\xff garbage", 401),
    "no JWT": (lambda _: "Bearer not-a-token", 401),
    "alg none": (unsigned(""), 401),
    "HS256": (hmac_with_public_key, 401),
    "signed by another key under our kid": (
        lambda issuer: f"Bearer {issuer.token(key='rogue', header={'kid': 'first'})}",
        401,
    ),
    "an unknown kid": (bearer(key="rogue"), 401),
    "no kid": (bearer(drop=["kid"]), 401),
    "another audience": (bearer(aud="another app"), 401),
    "no audience": (bearer(drop=["aud"]), 401),
    "another issuer": (bearer(iss="https://sts.windows.net/x/"), 401),
    "ended ten minutes ago": (late(-10 * MINUTES), 401),
    "ended a minute ago, inside the leeway": (late(-1 * MINUTES), 200),
    "valid in ten minutes": (late(10 * MINUTES, "nbf"), 401),
    "no end": (bearer(drop=["exp"]), 401),
    "another service URL": (bearer(serviceurl="https://smba.trafficmanager.net/amer/"), 403),
    "no service URL": (bearer(drop=["serviceurl"]), 403),
    "a channel that the key is not endorsed for": (bearer(key="webchat only"), 403),
}

MORE: dict[str, tuple[Make, int]] = {
    "alg none with a signature": (unsigned("c2ln"), 401),
    "alg None": (bearer(header={"alg": "None"}), 401),
    "RS512 over an RS256 signature": (bearer(header={"alg": "RS512"}), 401),
    "alg as a list": (bearer(header={"alg": ["RS256"]}), 401),
    "no alg": (bearer(drop=["alg"]), 401),
    "a header that brings its own keys": (bearer(key="rogue", header=ROGUE), 401),
    "its own keys under our kid": (bearer(key="rogue", header={**ROGUE, "kid": "first"}), 401),
    "a kid that is a path": (bearer(header={"kid": "../../../../dev/null"}), 401),
    "a kid that is an address": (bearer(header={"kid": "https://evil.example/keys"}), 401),
    "a kid that is a number": (bearer(header={"kid": 1}), 401),
    "a kid that is an object": (bearer(header={"kid": {"a": []}}), 401),
    "a long kid": (bearer(header={"kid": "k" * 1000}), 401),
    "an unencoded payload": (bearer(header={"b64": False, "crit": ["b64"]}), 401),
    "a payload that must be encoded": (bearer(header={"b64": True, "crit": ["b64"]}), 401),
    "critical fields that nobody knows": (bearer(header={"crit": ["exp"]}), 401),
    "a key without endorsements": (bearer(key="without endorsements"), 403),
    "two audiences, one ours": (bearer(aud=[APP, "another app"]), 401),
    "our audience in a list": (bearer(aud=[APP]), 401),
    "an empty audience": (bearer(aud=""), 401),
    "an issuer in a list": (bearer(iss=["https://api.botframework.com"]), 401),
    "an issuer with a slash more": (bearer(iss="https://api.botframework.com/"), 401),
    "an end in text": (bearer(exp="1900000000"), 401),
    "an end that is true": (bearer(exp=True), 401),
    "an end that is null": (bearer(exp=None), 401),
    "an end beyond all time": (bearer(exp=float("inf")), 401),
    "an end that is no number": (bearer(exp=float("nan")), 401),
    "an end of 400 digits": (bearer(exp=10**400), 401),
    "an end of 5000 digits": (with_texts(HEADER, '{"exp":' + "9" * 5000 + "}"), 401),
    "ended five minutes ago to the second": (late(-5 * MINUTES), 401),
    "a start in text": (bearer(nbf="0"), 401),
    "a start that is true": (bearer(nbf=True), 401),
    "issued in ten minutes": (late(10 * MINUTES, "iat"), 401),
    "a service URL that is a list": (bearer(serviceurl=[SERVICE_URL]), 403),
    "a changed claim": (changed(1, other_app), 401),
    "a changed signature": (changed(2, lambda part: "AAAA" + part[4:]), 401),
    "a signature cut short": (changed(2, lambda part: part[:-8]), 401),
    "padding": (changed(0, lambda part: part + "="), 401),
    "a line break in the token": (changed(1, lambda part: part + "\n"), 401),
    "two algorithms": (with_texts('{"alg":"none",' + HEADER[1:], "{{more}}"), 401),
    "a claim twice": (with_texts(HEADER, '{"aud":"another app",{more}}'), 401),
    "claims that are a list": (with_texts(HEADER, "[]"), 401),
    "a header that is a list": (with_texts("[]", "{{more}}"), 401),
    "no text in the claims": (changed(1, lambda _: base64url(b"\xff\xfe")), 401),
    "claims as deep as can be": (with_texts(HEADER, "[" * 4000), 401),
    "a token of a megabyte": (bearer(padding="x" * 1_000_000), 401),
    "four parts": (lambda issuer: f"Bearer {issuer.token()}.AAAA", 401),
    "five parts, as if encrypted": (lambda _: "Bearer " + ".".join(["AAAA"] * 5), 401),
    "no scheme": (lambda issuer: issuer.token(), 401),
    "another scheme": (lambda issuer: f"Basic {issuer.token()}", 401),
    "the scheme twice": (lambda issuer: f"Bearer Bearer {issuer.token()}", 401),
    "two tokens": (lambda issuer: f"Bearer {issuer.token()}, {issuer.token()}", 401),
    "a tab for a space": (lambda issuer: f"Bearer\t{issuer.token()}", 401),
    "something after the token": (lambda issuer: f"Bearer {issuer.token()} ", 401),
    "letters that look alike": (lambda issuer: f"Be\u0430rer {issuer.token()}", 401),
}  # fmt: skip
