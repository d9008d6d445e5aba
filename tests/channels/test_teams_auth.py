"""Only what the Bot Connector signed for us, from where it may come, is let in."""

from __future__ import annotations

import string
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.teams_auth import TokenSettings, TokenValidator, Verified
from bot.errors import Forbidden, NotAdmitted, SettingsError, Unauthenticated
from tests.channels.fake_issuer import (
    APP,
    SERVICE_URL,
    TENANT,
    FakeIssuer,
    Json,
    Time,
    activity,
    jwk,
)
from tests.channels.teams_tokens import MINUTES, MORE, THE_TWENTY, status, validating
from tests.channels.test_teams_addresses import STRANGE

VERIFIED = Verified(APP, TENANT, SERVICE_URL, "msteams")


@pytest.fixture
async def issuer() -> AsyncIterator[FakeIssuer]:
    async with FakeIssuer(Time()).serving() as issuer:
        issuer.keys.append(jwk("webchat only", endorsements=["webchat"]))
        issuer.keys.append(jwk("without endorsements", endorsements=None))
        yield issuer


@pytest.fixture
async def validator(issuer: FakeIssuer) -> AsyncIterator[TokenValidator]:
    async with validating(issuer) as validator:
        yield validator


CASES = {**THE_TWENTY, **MORE}


@pytest.mark.parametrize("name", CASES)
async def test_a_token_gets_the_status_that_it_should(
    validator: TokenValidator, issuer: FakeIssuer, name: str
) -> None:
    make, expected = CASES[name]

    assert await status(validator, make(issuer)) == expected


def test_the_table_holds_the_twenty_cases_and_more() -> None:
    assert len(THE_TWENTY) == 20
    assert {name for name, (_, code) in CASES.items() if code == 200} == {
        "valid",
        "ended a minute ago, inside the leeway",
    }


async def test_what_is_certain_is_told(validator: TokenValidator, issuer: FakeIssuer) -> None:
    assert await validator.check(f"Bearer {issuer.token()}", activity()) == VERIFIED


@pytest.mark.parametrize("scheme", ["bearer ", "BEARER ", "Bearer  "])
async def test_the_scheme_is_read_as_http_defines_it(
    validator: TokenValidator, issuer: FakeIssuer, scheme: str
) -> None:
    assert await status(validator, scheme + issuer.token()) == 200


SPELLINGS = [
    "https://smba.trafficmanager.net/emea",
    "HTTPS://SMBA.TrafficManager.net/emea/",
    "https://smba.trafficmanager.net:443/emea/",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_a_service_url_is_the_same_in_another_spelling(
    validator: TokenValidator, issuer: FakeIssuer, spelling: str
) -> None:
    header = f"Bearer {issuer.token()}"

    assert await validator.check(header, activity(serviceUrl=spelling)) == VERIFIED


@pytest.mark.parametrize("address", STRANGE)
async def test_a_strange_service_url_is_refused_even_when_the_token_names_it(
    validator: TokenValidator, issuer: FakeIssuer, address: str
) -> None:
    header = f"Bearer {issuer.token(serviceurl=address)}"

    with pytest.raises(Forbidden):
        await validator.check(header, activity(serviceUrl=address))


async def test_this_machine_may_serve_in_development(
    validator: TokenValidator, issuer: FakeIssuer
) -> None:
    here = "http://127.0.0.1:56150/_connector"
    header = f"Bearer {issuer.token(serviceurl=here)}"

    verified = await validator.check(header, activity(serviceUrl=here))

    assert verified.service_url == f"{here}/"


ELSEWHERE = "another tenant"
REFUSED: dict[str, Json] = {
    "no tenant": activity(channelData={}, conversation={}),
    "a tenant that is not allowed": activity(channelData={"tenant": {"id": ELSEWHERE}}),
    "a conversation elsewhere": activity(conversation={"tenantId": ELSEWHERE}),
    "an empty tenant": activity(channelData={"tenant": {"id": ""}}),
    "a tenant that is a list": activity(channelData={"tenant": {"id": [TENANT]}}),
    "a tenant that is true": activity(channelData={"tenant": {"id": True}}),
    "data that is text": activity(channelData="tenant", conversation="tenantId"),
    "another channel": activity(channelId="webchat"),
    "a channel in capitals": activity(channelId="MSTeams"),
    "no channel": activity(channelId=None),
    "a channel that is a list": activity(channelId=["msteams"]),
    "no service URL": activity(serviceUrl=None),
    "another service URL": activity(serviceUrl="https://smba.trafficmanager.net/amer/"),
    "a service URL with another path": activity(serviceUrl="https://smba.trafficmanager.net/EMEA/"),
    "a service URL that is an object": activity(serviceUrl={"href": SERVICE_URL}),
    "nothing": {},
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
async def test_an_activity_is_judged_although_its_token_was_remembered(
    validator: TokenValidator, issuer: FakeIssuer, name: str
) -> None:
    header = f"Bearer {issuer.token()}"
    assert await status(validator, header) == 200

    with pytest.raises(Forbidden):
        await validator.check(header, REFUSED[name])


@pytest.mark.parametrize("said", [None, [], "text", 1, True])
async def test_an_activity_that_is_no_object_is_refused(
    validator: TokenValidator, issuer: FakeIssuer, said: Any
) -> None:
    with pytest.raises(Forbidden):
        await validator.check(f"Bearer {issuer.token()}", said)


@pytest.mark.parametrize("missing", ["channelData", "conversation"])
async def test_either_place_may_name_the_tenant(
    validator: TokenValidator, issuer: FakeIssuer, missing: str
) -> None:
    said = activity(**{missing: None})

    assert (await validator.check(f"Bearer {issuer.token()}", said)).tenant_id == TENANT


async def test_without_allowed_tenants_none_is_let_in(issuer: FakeIssuer) -> None:
    async with validating(issuer, tenants=frozenset()) as validator:
        assert await status(validator, f"Bearer {issuer.token()}") == 403


async def test_an_empty_entry_in_the_settings_lets_no_tenant_in(issuer: FakeIssuer) -> None:
    async with validating(issuer, tenants=frozenset({"", TENANT})) as validator:
        said = activity(channelData={"tenant": {"id": ""}}, conversation={})

        assert await status(validator, f"Bearer {issuer.token()}", said) == 403


async def test_a_remembered_token_ends_when_its_time_is_over(
    validator: TokenValidator, issuer: FakeIssuer
) -> None:
    header = f"Bearer {issuer.token()}"
    assert await status(validator, header) == 200

    issuer.clock.now += 3600 + 5 * MINUTES

    with pytest.raises(Unauthenticated):
        await validator.check(header, activity())


async def test_few_tokens_are_remembered(
    validator: TokenValidator, issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.teams_auth._MOST_REMEMBERED", 3)
    for number in range(10):
        assert await status(validator, f"Bearer {issuer.token(number=number)}") == 200

    assert len(validator._remembered) == 3  # noqa: SLF001


async def test_a_refused_token_is_not_remembered(
    validator: TokenValidator, issuer: FakeIssuer
) -> None:
    await status(validator, f"Bearer {issuer.token(aud='another app')}")

    assert not validator._remembered  # noqa: SLF001


async def test_a_flood_of_one_token_is_cheap(validator: TokenValidator, issuer: FakeIssuer) -> None:
    header, said = f"Bearer {issuer.token()}", activity()
    await validator.check(header, said)

    begun = time.process_time()
    for _ in range(1000):
        await validator.check(header, said)

    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize(
    "settings",
    [
        TokenSettings("", frozenset({TENANT})),
        TokenSettings(APP, frozenset(), metadata_url="http://login.botframework.com/v1"),
        TokenSettings(APP, frozenset(), metadata_url="https://login.evil.example/v1"),
        TokenSettings(APP, frozenset(), metadata_url="http://127.0.0.1:1/v1"),
    ],
)
def test_settings_that_let_strangers_in_are_refused_at_the_start(settings: TokenSettings) -> None:
    with pytest.raises(SettingsError):
        TokenValidator(settings, aiohttp.ClientSession, Time())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
FIELDS = st.sampled_from(["serviceUrl", "channelId", "channelData", "conversation", "from"])
ACTIVITIES = JSON | st.dictionaries(FIELDS, JSON).map(lambda more: activity(**more))
HEADERS = st.none() | st.text() | st.text().map("Bearer {}".format)
CLAIMS = ["iss", "aud", "exp", "nbf", "iat", "sub", "jti", "serviceurl"]
ANYTHING = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@ANYTHING
@given(header=HEADERS, said=ACTIVITIES)
async def test_any_header_and_any_activity_are_answered_by_a_refusal(
    validator: TokenValidator, header: str | None, said: Any
) -> None:
    with pytest.raises(NotAdmitted):
        await validator.check(header, said)


@ANYTHING
@given(said=ACTIVITIES)
async def test_any_activity_with_a_good_token_is_judged(
    validator: TokenValidator, issuer: FakeIssuer, said: Any
) -> None:
    assert await status(validator, f"Bearer {issuer.token()}", said) in {200, 403}


@ANYTHING
@given(header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64"]), JSON),
       claims=st.dictionaries(st.sampled_from(CLAIMS), JSON))  # fmt: skip
async def test_any_signed_token_is_judged(
    validator: TokenValidator, issuer: FakeIssuer, header: Json, claims: Json
) -> None:
    token = issuer.token(header=header, **claims)

    assert await status(validator, f"Bearer {token}") in {200, 401, 403}


@ANYTHING
@given(data=st.data())
async def test_no_token_with_another_letter_is_let_in(
    validator: TokenValidator, issuer: FakeIssuer, data: st.DataObject
) -> None:
    token = issuer.token()
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from(string.ascii_letters) | st.characters())

    expected = 200 if token[at] == letter else 401
    assert await status(validator, f"Bearer {token[:at]}{letter}{token[at + 1 :]}") == expected
