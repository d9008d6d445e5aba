"""The issuer's keys are at hand whatever the issuer does, and never older than they may be."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.channels.teams_auth import TokenSettings, TokenValidator
from bot.errors import KeysUnavailable
from tests.channels.fake_issuer import APP, TENANT, FakeIssuer, Time, activity, jwk
from tests.channels.teams_tokens import status, validating

MINUTE, DAY = 60.0, 24 * 3600.0
TICK_SECONDS = 0.005


@pytest.fixture
async def issuer() -> AsyncIterator[FakeIssuer]:
    async with FakeIssuer(Time()).serving() as issuer:
        yield issuer


@pytest.fixture
async def validator(issuer: FakeIssuer) -> AsyncIterator[TokenValidator]:
    async with validating(issuer) as validator:
        yield validator


def header_of(issuer: FakeIssuer, key: str = "first") -> str:
    return f"Bearer {issuer.token(key=key, more={'exp': issuer.clock.now + 30 * DAY})}"


async def longest_stall(until: asyncio.Task[Any]) -> float:
    """Return the longest time in seconds that the loop ran late until a task was done."""
    longest = 0.0
    while not until.done():
        begun = time.perf_counter()
        await asyncio.sleep(TICK_SECONDS)
        longest = max(longest, time.perf_counter() - begun - TICK_SECONDS)
    return longest


async def test_keys_fetched_slowly_stall_nothing(
    validator: TokenValidator, issuer: FakeIssuer
) -> None:
    issuer.delay = 2.0
    checks = [
        asyncio.create_task(validator.check(header_of(issuer), activity())) for _ in range(20)
    ]
    await asyncio.sleep(0)
    begun = time.perf_counter()
    assert await status(validator, "Bearer not-a-token") == 401
    assert time.perf_counter() - begun < 0.1

    stall = await longest_stall(checks[0])

    assert stall < 0.2
    assert {verified.tenant_id for verified in await asyncio.gather(*checks)} == {TENANT}
    assert issuer.asked == ["openidconfiguration", "keys"]


async def test_keys_fetched_at_the_start_are_there_for_the_first_activity(
    validator: TokenValidator, issuer: FakeIssuer
) -> None:
    validator.start()
    await issuer.fetched(rounds=1)
    issuer.status = 500

    assert await status(validator, header_of(issuer)) == 200


async def test_rotated_keys_are_picked_up(validator: TokenValidator, issuer: FakeIssuer) -> None:
    assert await status(validator, header_of(issuer)) == 200
    issuer.keys = [jwk("second")]
    issuer.clock.now += MINUTE

    assert await status(validator, header_of(issuer, "second")) == 200
    assert await status(validator, header_of(issuer)) == 401


async def test_the_tokens_of_a_withdrawn_key_are_forgotten(
    validator: TokenValidator, issuer: FakeIssuer
) -> None:
    header = header_of(issuer)
    assert await status(validator, header) == 200
    issuer.keys = [jwk("second")]
    issuer.clock.now += DAY + 1
    assert await status(validator, header) == 200
    await issuer.fetched(rounds=2)

    assert await status(validator, header) == 401


async def test_a_key_replaced_under_its_own_kid_takes_its_tokens_along(
    validator: TokenValidator, issuer: FakeIssuer
) -> None:
    header = header_of(issuer)
    assert await status(validator, header) == 200
    issuer.keys = [jwk("second", kid="first")]
    issuer.clock.now += DAY + 1
    await status(validator, header)
    await issuer.fetched(rounds=2)

    assert await status(validator, header) == 401


async def test_an_endorsement_taken_away_counts_for_remembered_tokens(
    validator: TokenValidator, issuer: FakeIssuer
) -> None:
    header = header_of(issuer)
    assert await status(validator, header) == 200
    issuer.keys = [jwk("first", endorsements=["webchat"])]
    issuer.clock.now += DAY + 1
    await status(validator, header)
    await issuer.fetched(rounds=2)

    assert await status(validator, header) == 403


async def test_unknown_kids_ask_the_issuer_once_a_minute(
    validator: TokenValidator, issuer: FakeIssuer
) -> None:
    assert await status(validator, header_of(issuer)) == 200
    for seconds, rounds in ((0, 1), (30, 1), (60, 2), (90, 2), (121, 3)):
        issuer.clock.now = Time().now + seconds
        for attempt in range(5):
            token = issuer.token(key="rogue", header={"kid": f"{seconds} {attempt}"})
            assert await status(validator, f"Bearer {token}") == 401

        assert issuer.rounds == rounds


async def test_old_keys_serve_while_new_ones_are_fetched_once(
    validator: TokenValidator, issuer: FakeIssuer
) -> None:
    assert await status(validator, header_of(issuer)) == 200
    issuer.clock.now += DAY + 1
    issuer.delay = 0.2

    begun = time.perf_counter()
    for _ in range(20):
        assert await status(validator, header_of(issuer)) == 200
    assert time.perf_counter() - begun < 0.2

    await issuer.fetched(rounds=2)
    assert issuer.rounds == 2


async def test_an_issuer_that_is_down_leaves_old_keys_serving(
    validator: TokenValidator, issuer: FakeIssuer
) -> None:
    assert await status(validator, header_of(issuer)) == 200
    issuer.status = 500
    issuer.clock.now += 3 * DAY

    for _ in range(3):
        assert await status(validator, header_of(issuer)) == 200
        await asyncio.sleep(0.05)

    assert issuer.rounds == 2
    assert await status(validator, header_of(issuer, "second")) == 503


async def test_an_empty_list_of_keys_leaves_old_keys_serving(
    validator: TokenValidator, issuer: FakeIssuer
) -> None:
    assert await status(validator, header_of(issuer)) == 200
    issuer.keys = []
    issuer.clock.now += DAY + 1
    await status(validator, header_of(issuer))
    await issuer.fetched(rounds=2)

    assert await status(validator, header_of(issuer)) == 200


async def test_keys_serve_a_week_without_their_issuer_and_no_longer(
    validator: TokenValidator, issuer: FakeIssuer
) -> None:
    header = header_of(issuer)
    assert await status(validator, header) == 200
    issuer.status = 500
    issuer.clock.now += 7 * DAY + 1

    assert await status(validator, header) == 503

    issuer.status = 200
    issuer.clock.now += MINUTE
    assert await status(validator, header) == 200


async def test_an_issuer_never_reached_is_asked_at_longer_and_longer_pauses(
    validator: TokenValidator, issuer: FakeIssuer
) -> None:
    issuer.status = 503
    for seconds, rounds in ((0, 1), (1, 1), (2, 2), (5, 2), (6, 3), (13, 3), (14, 4)):
        issuer.clock.now = Time().now + seconds
        with pytest.raises(KeysUnavailable):
            await validator.check(header_of(issuer), activity())

        assert issuer.rounds == rounds

    issuer.status = 200
    issuer.clock.now += MINUTE
    assert await status(validator, header_of(issuer)) == 200


async def test_an_issuer_that_nobody_serves_means_try_again(issuer: FakeIssuer) -> None:
    nowhere = "http://127.0.0.1:1/openidconfiguration"
    async with validating(issuer, metadata_url=nowhere) as validator:
        assert await status(validator, header_of(issuer)) == 503
        assert await status(validator, "Bearer not-a-token") == 401


async def test_a_closed_session_means_try_again(issuer: FakeIssuer) -> None:
    session = aiohttp.ClientSession()
    await session.close()
    settings = TokenSettings(
        APP, frozenset({TENANT}), metadata_url=issuer.metadata_url, loopback=True
    )

    assert await status(TokenValidator(settings, session, Time()), header_of(issuer)) == 503


async def test_an_issuer_that_does_not_answer_in_time_is_given_up(
    validator: TokenValidator, issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.teams_keys._FETCH_SECONDS", 0.1)
    issuer.delay = 1.0

    begun = time.perf_counter()
    assert await status(validator, header_of(issuer)) == 503
    assert time.perf_counter() - begun < 0.8


async def test_a_request_that_goes_away_takes_nothing_from_the_others(
    validator: TokenValidator, issuer: FakeIssuer
) -> None:
    issuer.delay = 0.1
    first, second = (
        asyncio.create_task(validator.check(header_of(issuer), activity())) for _ in range(2)
    )
    await asyncio.sleep(0.05)
    first.cancel()

    assert (await second).tenant_id == TENANT
    assert issuer.rounds == 1


async def test_stopping_answers_those_who_wait(
    validator: TokenValidator, issuer: FakeIssuer
) -> None:
    issuer.delay = 5.0
    waiting = asyncio.create_task(status(validator, header_of(issuer)))
    await asyncio.sleep(0.05)

    await validator.stop()

    assert await waiting == 503


async def test_a_key_is_parsed_once(
    validator: TokenValidator, issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await status(validator, header_of(issuer)) == 200
    parsed: list[object] = []
    monkeypatch.setattr("jwt.algorithms.RSAAlgorithm.from_jwk", parsed.append)
    issuer.clock.now += DAY + 1
    await status(validator, header_of(issuer))
    await issuer.fetched(rounds=2)

    assert await status(validator, header_of(issuer)) == 200
    assert not parsed
