"""The Bot Connector's issuer: its OpenID document and its keys over HTTP, and tokens that it signs.

It signs with cryptography alone, so that a fault of a JWT library cannot hide on both sides. It
can be slow, fail, answer anything, and rotate its keys.
"""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

APP, TENANT = "0a0a0a0a-app", "72f988bf-home"
ISSUER = "https://api.botframework.com"
SERVICE_URL = "https://smba.trafficmanager.net/emea/"
Json = dict[str, Any]


class Everywhere(AbstractResolver):
    """Names of the whole world that lead to this machine: what must not be asked could answer."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        """Nothing is held."""


class Time:
    """A clock in Unix seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@cache
def private_key(kid: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return the key of this name; making one takes long, so all tests share it."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def number(value: int) -> str:
    return base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def jwk(name: str, bits: int = 2048, **more: Any) -> Json:
    """Return a public key as Microsoft lists it."""
    numbers = private_key(name, bits).public_key().public_numbers()
    listed = {"kty": "RSA", "use": "sig", "kid": name, "x5t": name, "endorsements": ["msteams"]}
    return {**listed, "n": number(numbers.n), "e": number(numbers.e), **more}


def signed(header: str, claims: str, kid: str = "first", bits: int = 2048) -> str:
    """Return a token of these very texts, signed by a key whatever they say."""
    said = f"{base64url(header.encode())}.{base64url(claims.encode())}"
    signature = private_key(kid, bits).sign(said.encode(), PKCS1v15(), SHA256())
    return f"{said}.{base64url(signature)}"


def activity(**more: Any) -> Json:
    """Return an activity as Teams sends it, with what a test changes."""
    return {
        "type": "message",
        "id": "1",
        "channelId": "msteams",
        "serviceUrl": SERVICE_URL,
        "from": {"id": "29:sam", "aadObjectId": "sam"},
        "conversation": {"id": "a:chat", "conversationType": "personal", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
        **more,
    }


@dataclass
class FakeIssuer:
    """One issuer; change a field and the next answer follows it."""

    clock: Time
    keys: list[Any] = field(default_factory=lambda: [jwk("first")])
    delay: float = 0.0
    status: int = 200
    body: bytes | None = None
    jwks_uri: str | None = None
    location: str = ""
    padding: int = 0
    asked: list[str] = field(default_factory=list)
    port: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def metadata_url(self) -> str:
        return f"{self.base}/openidconfiguration"

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1/.well-known"

    @property
    def rounds(self) -> int:
        """How often somebody began to fetch the keys."""
        return self.asked.count("openidconfiguration")

    async def fetched(self, rounds: int) -> None:
        """Wait until the keys were fetched so often, and a moment for them to be taken in."""
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(lambda: self.asked.count("keys") >= rounds)
        await asyncio.sleep(0.05)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[FakeIssuer]:
        app = web.Application()
        app.router.add_get("/v1/.well-known/{document}", self.answer)
        server = TestServer(app)
        await server.start_server()
        self.port = server.port or 0
        try:
            yield self
        finally:
            await server.close()

    async def answer(self, request: web.Request) -> web.Response:
        document = request.match_info["document"]
        async with self.changed:
            self.asked.append(document)
            self.changed.notify_all()
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.location and document == "openidconfiguration":
            return web.Response(status=302, headers={"Location": self.location})
        if self.body is not None:
            return web.Response(body=self.body, content_type="application/json")
        # An error comes with good documents too: the status alone must tell.
        return web.json_response(self.document(document), status=self.status)

    def document(self, name: str) -> Json:
        if name == "keys":
            return {"keys": self.keys}
        address = self.jwks_uri.format(port=self.port) if self.jwks_uri else f"{self.base}/keys"
        return {"issuer": ISSUER, "jwks_uri": address, "padding": "x" * self.padding}

    def claims(self, **more: Any) -> Json:
        now = self.clock.now
        return {
            "iss": ISSUER,
            "aud": APP,
            "nbf": now - 60,
            "exp": now + 3600,
            "serviceurl": SERVICE_URL,
            **more,
        }

    def token(
        self,
        *,
        key: str = "first",
        header: Json | None = None,
        drop: Collection[str] = (),
        more: Json | None = None,
        **claims: Any,
    ) -> str:
        """Return a token with claims and header fields changed, or dropped by name."""
        head = {"alg": "RS256", "kid": key, "typ": "JWT", "x5t": key, **(header or {})}
        body = self.claims(**(more or {}), **claims)
        for fields in (head, body):
            for name in drop:
                fields.pop(name, None)
        return signed(json.dumps(head), json.dumps(body), key)
