"""One SQLite file, opened so that what was accepted stays: the only opener of connections."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlite_utils

from bot.errors import StoreError
from bot.migrations import migrations

BUSY_SECONDS = 2.0
_PAGES_A_CHECKPOINT = 1_000
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_PRIMARY_CODE = 0xFF

Transaction = sqlite_utils.Database
"""The handle that rooms take, so that one transaction can cross them."""


class Database:
    """A database file, or one in memory; safe to use from several threads, one at a time."""

    def __init__(self, path: Path | None = None, *, busy_seconds: float = BUSY_SECONDS) -> None:
        """Open or create it, private to this user, and bring its tables up to date.

        Raises StoreError when that is not possible.
        """
        self.path = path
        self._lock = threading.RLock()
        self._inside = self._grouped = self._begun = False
        self._refused: sqlite3.Error | None = None
        try:
            if path is not None:
                _make_private(path)
            connection = sqlite3.connect(
                str(path or ":memory:"), timeout=busy_seconds, check_same_thread=False
            )
            connection.isolation_level = None
            self._handle = sqlite_utils.Database(connection)
            for setting in (
                "journal_mode = WAL",
                "synchronous = FULL",
                "secure_delete = ON",
                f"wal_autocheckpoint = {_PAGES_A_CHECKPOINT}",
            ):
                self._handle.execute(f"PRAGMA {setting}").fetchall()
            migrations().apply(self._handle)
        except (sqlite3.Error, OSError) as error:
            raise _as_store_error(error) from error

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Yield the handle inside one transaction that is kept whole or not at all.

        Raises StoreError when the database is locked for too long, full or not writable.
        """
        with self._lock:
            if self._inside:
                yield self._handle
                return
            self._inside = True
            try:
                self._begin()
                yield self._handle
                self._handle.execute("RELEASE one" if self._grouped else "COMMIT")
            except sqlite3.Error as error:
                self._roll_back()
                raise _as_store_error(error) from error
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._inside = False

    @contextmanager
    def group(self) -> Iterator[None]:
        """Keep the transactions inside with one commit: none of them is kept before the end.

        Each is still whole or not at all. Raises StoreError when nothing of the group was kept.
        """
        with self._lock:
            self._grouped, self._begun, self._refused = True, False, None
            try:
                yield
                if self._begun:
                    self._check_alive()
                    self._handle.execute("COMMIT")
            except sqlite3.Error as error:
                raise _as_store_error(error) from error
            finally:
                self._grouped, self._refused = False, None
                if self._handle.conn.in_transaction:
                    self._handle.execute("ROLLBACK")

    @property
    def refuses(self) -> bool:
        """Tell whether the group could not begin, so that nobody in it need try."""
        return self._grouped and self._refused is not None

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Yield the handle for reading; raises StoreError when that fails."""
        with self._lock:
            try:
                yield self._handle
            except sqlite3.Error as error:
                raise _as_store_error(error) from error

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._handle.close()

    def back_up(self, target: Path) -> None:
        """Write a whole copy to a new file while others go on; raises StoreError."""
        if target.exists():
            raise StoreError("exists")
        try:
            _make_private(target)
            copy = sqlite3.connect(target)
            with self._lock:
                self._handle.conn.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            copy.close()
        except (sqlite3.Error, OSError) as error:
            raise _as_store_error(error) from error

    def _begin(self) -> None:
        if self._refused is not None:  # who comes next in the group need not wait as long
            raise self._refused
        if self._grouped and self._begun:
            self._check_alive()
        else:
            try:
                self._handle.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                self._refused = error if self._grouped else None
                raise
        if self._grouped:
            self._begun = True
            self._handle.execute("SAVEPOINT one")

    def _check_alive(self) -> None:
        """Raise StoreError where SQLite gave up the whole group, as it does on a full disk."""
        if not self._handle.conn.in_transaction:
            raise StoreError("failed")

    def _roll_back(self) -> None:
        if not self._handle.conn.in_transaction:
            return
        if self._grouped:
            self._handle.execute("ROLLBACK TO one")
            self._handle.execute("RELEASE one")
        else:
            self._handle.execute("ROLLBACK")


def rows(handle: Transaction, sql: str, *values: Any) -> list[dict[str, Any]]:
    """Return the rows of a query as dicts."""
    return list(handle.query(sql, list(values)))


def one(handle: Transaction, sql: str, *values: Any) -> dict[str, Any] | None:
    """Return the first row of a query, or None."""
    return next(iter(handle.query(sql, list(values))), None)


def _make_private(path: Path) -> None:
    """Create the file for this user only; its folder too, where it does not exist yet."""
    if not path.parent.exists():
        path.parent.mkdir(parents=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)


def _as_store_error(error: Exception) -> StoreError:
    """Return the error without its text, which may quote values."""
    code = getattr(error, "sqlite_errorcode", 0) or 0
    if code & _PRIMARY_CODE in _BUSY:
        return StoreError("busy")
    if code & _PRIMARY_CODE == sqlite3.SQLITE_FULL:
        return StoreError("full")
    if code & _PRIMARY_CODE == sqlite3.SQLITE_READONLY:
        return StoreError("read_only")
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    return StoreError("failed", str(name))
