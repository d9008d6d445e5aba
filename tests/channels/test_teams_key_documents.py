"""Whatever the issuer's documents hold, only keys that can be trusted are taken from them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels.teams_auth import TokenValidator
from tests.channels.fake_issuer import FakeIssuer, Json, Time, jwk
from tests.channels.teams_tokens import status, validating


@pytest.fixture
async def issuer() -> AsyncIterator[FakeIssuer]:
    async with FakeIssuer(Time()).serving() as issuer:
        yield issuer


@pytest.fixture
async def validator(issuer: FakeIssuer) -> AsyncIterator[TokenValidator]:
    async with validating(issuer) as validator:
        yield validator


BAD_DOCUMENTS: dict[str, Json] = {
    "no JSON": {"body": b"<html>"},
    "no text": {"body": b"\xff\xfe\x00"},
    "a list": {"body": b"[]"},
    "deep": {"body": b"[" * 100_000},
    "nothing": {"body": b""},
    "two megabytes": {"padding": 2_000_000},
    "no address of keys": {"body": b"{}"},
    "keys over http": {"jwks_uri": "http://login.botframework.com/v1/.well-known/keys"},
    "keys from elsewhere": {"jwks_uri": "https://evil.example/keys"},
    "keys from elsewhere that answer": {
        "jwks_uri": "http://evil.example:{port}/v1/.well-known/keys"
    },
    "keys from a file": {"jwks_uri": "file:///etc/passwd"},
    "no keys": {"keys": []},
    "keys that are text": {"keys": "first"},
    "a weak key alone": {"keys": [jwk("first", bits=1024)]},
    "a redirect": {"location": "/v1/.well-known/elsewhere"},
    "an error": {"status": 500},
}


@pytest.mark.parametrize("name", BAD_DOCUMENTS)
async def test_a_document_that_cannot_be_trusted_gives_no_keys(
    validator: TokenValidator, issuer: FakeIssuer, name: str
) -> None:
    for field, value in BAD_DOCUMENTS[name].items():
        setattr(issuer, field, value)

    assert await status(validator, f"Bearer {issuer.token()}") == 503


ODD_KEYS: dict[str, Any] = {
    "a number": 1,
    "an empty object": {},
    "no kid": jwk("second", kid=None),
    "a kid that is a list": jwk("second", kid=["second"]),
    "a modulus that is no number": jwk("second", n="!!"),
    "a modulus of nothing": jwk("second", n=""),
    "an even exponent": jwk("second", e="Ag"),
    "an exponent of one": jwk("second", e="AQ"),
    "a secret": {"kty": "oct", "kid": "second", "k": "c2VjcmV0"},
    "another kind": jwk("second", kty="EC"),
    "for secrecy": jwk("second", use="enc"),
    "for another algorithm": jwk("second", alg="PS256"),
    "a weak one": jwk("second", bits=1024),
    "endorsements that are text": jwk("second", endorsements="msteams"),
    "endorsements that are a number": jwk("second", endorsements=5),
    "endorsements that are an object": jwk("second", endorsements={"msteams": True}),
    "endorsements of lists": jwk("second", endorsements=[["msteams"], None]),
}


@pytest.mark.parametrize("name", ODD_KEYS)
async def test_an_odd_key_counts_for_nothing_and_spoils_no_other(
    validator: TokenValidator, issuer: FakeIssuer, name: str
) -> None:
    issuer.keys.insert(0, ODD_KEYS[name])

    assert await status(validator, f"Bearer {issuer.token()}") == 200
    assert await status(validator, f"Bearer {issuer.token(key='second')}") in {401, 403}
