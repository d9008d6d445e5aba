"""Sessions of the local page in the database, so that a restart shuts nobody out."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.channels.local_access import Session
from bot.database import Database, one


class StoredSessions:
    """Sessions by the digest of their secret."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def keep(self, digest: bytes, session: Session) -> None:
        """Keep a session, and drop those that have ended."""
        with self._database.transaction() as handle:
            handle.execute("DELETE FROM sessions WHERE expires < ?", [_now()])
            row = [digest.hex(), session.id, session.until.timestamp()]
            handle.execute("INSERT INTO sessions VALUES (?, ?, ?)", row)

    def find(self, digest: bytes) -> Session | None:
        """Return a session, or None."""
        with self._database.reading() as handle:
            row = one(handle, "SELECT * FROM sessions WHERE digest = ?", digest.hex())
        return Session(row["id"], datetime.fromtimestamp(row["expires"], UTC)) if row else None


def _now() -> float:
    return datetime.now(UTC).timestamp()
