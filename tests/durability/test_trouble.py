"""A database that is busy, full or read-only: a clear word to the person, and nothing lost."""

from __future__ import annotations

import resource
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from bot.app import House
from bot.database import Database, rows
from bot.errors import StoreError
from bot.messages import Kind, Reply, plain_text
from tests.conftest import Clock, a_house, message

LOCKER = textwrap.dedent("""
    import sqlite3, sys, time
    connection = sqlite3.connect(sys.argv[1], isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    print("locked", flush=True)
    time.sleep(float(sys.argv[2]))
""")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    database = Database(tmp_path / "desk.sqlite")
    yield a_house(Clock(), database=database)
    database.close()


def say(house: House, text: str, identifier: str = "") -> Reply:
    more = {"id": identifier} if identifier else {}
    return house.assistant.answer(message(text, user="anna", **more))


def ready_to_file(house: House) -> None:
    say(house, "ik wil inzage in mijn gegevens")
    say(house, "Anna de Wit")


def tickets(house: House) -> int:
    with house.database.reading() as handle:
        return int(rows(handle, "SELECT count(*) AS n FROM tickets")[0]["n"])


def test_a_locked_database_is_told_within_seconds_and_the_same_message_works_later(
    house: House,
) -> None:
    ready_to_file(house)
    command = [sys.executable, "-c", LOCKER, str(house.database.path), "10"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as locker:
        assert locker.stdout is not None
        locker.stdout.readline()
        started = time.monotonic()
        refused = say(house, "ja", "the-yes")
        assert time.monotonic() - started < 5
        locker.kill()

    assert refused.kind is Kind.ERROR
    assert "Er is niets ingediend" in plain_text(refused)
    assert tickets(house) == 0
    assert say(house, "ja", "the-yes").ticket
    assert tickets(house) == 1


@contextmanager
def read_only(house: House) -> Iterator[None]:
    """Let SQLite refuse every write."""
    with house.database.reading() as handle:
        handle.execute("PRAGMA query_only = ON").fetchall()
    yield
    with house.database.reading() as handle:
        handle.execute("PRAGMA query_only = OFF").fetchall()


@contextmanager
def full(house: House) -> Iterator[None]:
    """Let the operating system refuse that the file grows, as a full disk does."""
    assert house.database.path is not None
    journal = house.database.path.with_name("desk.sqlite-wal")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (journal.stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("trouble", [read_only, full])
def test_a_full_disk_or_a_read_only_file_is_told_and_nothing_is_half_done(
    house: House, trouble: Callable[[House], AbstractContextManager[None]]
) -> None:
    ready_to_file(house)
    with trouble(house):
        refused = say(house, "ja")

    assert refused.kind is Kind.ERROR
    assert "privacy@mixedbytes.nl" in plain_text(refused)
    assert tickets(house) == 0
    assert say(house, "ja").ticket


def test_the_file_and_its_folder_are_for_this_user_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "desk.sqlite"
    Database(path).close()

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError):
        Database(tmp_path / "file" / "desk.sqlite")
