"""What waits together is kept together, and nobody is told before it is on the disk."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.database import Database, Transaction, one
from bot.errors import StoreError
from bot.writer import Writer


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "desk.sqlite")
    yield opened
    opened.close()


def count(database: Database, name: str) -> None:
    with database.transaction() as handle:
        _count(handle, name)


def _count(handle: Transaction, name: str) -> None:
    handle.execute("INSERT INTO counts VALUES ('2026-03', ?, 1)", [name])


def names(path: Path | None) -> set[str]:
    """Return what another connection sees: what is kept, and not what is merely meant."""
    assert path is not None
    with sqlite3.connect(path) as other:
        return {name for (name,) in other.execute("SELECT name FROM counts")}


async def test_each_is_told_only_after_it_was_kept(database: Database) -> None:
    writer = Writer(database)

    async def write(name: str) -> None:
        await writer.run(lambda: count(database, name))
        assert name in names(database.path)

    await asyncio.gather(*(write(f"number {i}") for i in range(200)))
    writer.close()


async def test_one_that_fails_takes_no_other_with_it(database: Database) -> None:
    writer = Writer(database)

    def fails() -> None:
        with database.transaction() as handle:
            _count(handle, "half")
            raise KeyError("no")

    kept, failed, also = await asyncio.gather(
        writer.run(lambda: count(database, "before")),
        writer.run(fails),
        writer.run(lambda: count(database, "after")),
        return_exceptions=True,
    )
    writer.close()

    assert isinstance(failed, KeyError)
    assert (kept, also) == (None, None)
    assert names(database.path) == {"before", "after"}


def test_a_group_that_is_not_kept_says_so_and_leaves_nothing(database: Database) -> None:
    def loses() -> None:
        with database.group():
            count(database, "lost")
            with database.reading() as handle:
                handle.execute("ROLLBACK")  # as SQLite does by itself where the disk is full
            with pytest.raises(StoreError):
                count(database, "lost")

    with pytest.raises(StoreError):
        loses()
    assert names(database.path) == set()
    count(database, "later")
    assert names(database.path) == {"later"}


async def test_what_a_lost_group_held_is_done_again_one_by_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Writer(database)
    runs: list[str] = []

    def write(name: str) -> None:
        count(database, name)
        runs.append(name)
        if len(runs) == 2:
            with database.reading() as handle:
                handle.execute("ROLLBACK")

    await asyncio.gather(
        *(writer.run(partial(write, name)) for name in ("a", "b", "c")),
        return_exceptions=True,
    )
    writer.close()

    assert names(database.path) >= {"a", "b"}


async def test_all_who_wait_are_told_together_that_another_process_holds_the_database(
    tmp_path: Path,
) -> None:
    database = Database(tmp_path / "desk.sqlite", busy_seconds=0.5)
    writer = Writer(database)
    with sqlite3.connect(tmp_path / "desk.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        asked = (writer.run(partial(count, database, f"number {i}")) for i in range(20))
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert time.monotonic() - began < 1.5
        assert {str(error) for error in told} == {"busy"}
        other.execute("ROLLBACK")

    await writer.run(partial(count, database, "later"))
    writer.close()
    assert names(database.path) == {"later"}
    database.close()


async def test_a_transaction_inside_another_belongs_to_it(database: Database) -> None:
    writer = Writer(database)

    def nested() -> None:
        with database.transaction() as handle:
            _count(handle, "outer")
            count(database, "inner")
            raise KeyError("no")

    with pytest.raises(KeyError):
        await writer.run(nested)
    writer.close()

    assert one(database._handle, "SELECT count(*) AS n FROM counts") == {"n": 0}  # noqa: SLF001
