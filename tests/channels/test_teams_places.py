"""The book of places: what is known is not asked again, and what is closed is forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from bot.database import Database
from bot.places import PlaceKey
from bot.serving_teams import KeptPlaces
from bot.writer import Writer

CHAT = PlaceKey("teams", "home", "chat:anna")
FIRST, SECOND = {"conversation": {"id": "a:1"}}, {"conversation": {"id": "a:2"}}


@pytest.fixture
def database() -> Iterator[Database]:
    opened = Database()
    yield opened
    opened.close()


@pytest.fixture
def writer(database: Database) -> Iterator[Writer]:
    begun = Writer(database)
    yield begun
    begun.close()


@pytest.fixture
def places(database: Database, writer: Writer) -> KeptPlaces:
    return KeptPlaces(database, writer)


async def test_a_place_that_was_kept_is_found_while_the_database_is_busy(
    places: KeptPlaces, writer: Writer
) -> None:
    await places.keep(CHAT, FIRST)
    writer.close()

    assert await places.find(CHAT) == FIRST


async def test_another_start_finds_what_the_last_one_kept(
    places: KeptPlaces, database: Database, writer: Writer
) -> None:
    await places.keep(CHAT, FIRST)
    await places.keep(CHAT, SECOND)

    assert await KeptPlaces(database, writer).find(CHAT) == SECOND


async def test_a_place_that_was_dropped_is_forgotten_and_can_be_kept_again(
    places: KeptPlaces,
) -> None:
    await places.keep(CHAT, FIRST)
    await places.drop(CHAT)
    assert await places.find(CHAT) is None

    await places.keep(CHAT, FIRST)
    assert await places.find(CHAT) == FIRST


async def test_what_was_asked_for_last_holds(
    places: KeptPlaces, database: Database, writer: Writer
) -> None:
    await asyncio.gather(places.keep(CHAT, FIRST), places.drop(CHAT))
    assert await places.find(CHAT) is None

    await places.keep(CHAT, FIRST)
    await asyncio.gather(places.drop(CHAT), places.keep(CHAT, FIRST))
    assert await KeptPlaces(database, writer).find(CHAT) == FIRST
