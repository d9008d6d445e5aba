"""The tables, as steps that are applied once each, in order."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

_TABLES = (
    """CREATE TABLE tickets (
        reference TEXT PRIMARY KEY, version INTEGER NOT NULL, kind TEXT NOT NULL,
        state TEXT NOT NULL, channel TEXT NOT NULL, tenant_id TEXT NOT NULL,
        user_id TEXT NOT NULL, opened_at TEXT NOT NULL, due_on TEXT, claimed TEXT,
        purge_on TEXT, test INTEGER NOT NULL, document TEXT NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX tickets_queue ON tickets (due_on, opened_at) WHERE state <> 'closed'",
    "CREATE INDEX tickets_open ON tickets (reference) WHERE state <> 'closed'",
    "CREATE INDEX tickets_person ON tickets (channel, tenant_id, user_id, opened_at)",
    "CREATE INDEX tickets_purge ON tickets (purge_on) WHERE purge_on IS NOT NULL",
    """CREATE TABLE events (
        number INTEGER PRIMARY KEY, reference TEXT NOT NULL, action TEXT NOT NULL,
        state_before TEXT NOT NULL, state_after TEXT NOT NULL, at TEXT NOT NULL,
        digest TEXT NOT NULL, link TEXT NOT NULL, salt TEXT, actor TEXT, payload TEXT
    )""",
    "CREATE INDEX events_ticket ON events (reference)",
    """CREATE TABLE register (
        reference TEXT PRIMARY KEY, month TEXT NOT NULL, kind TEXT NOT NULL, type TEXT,
        channel TEXT NOT NULL, result TEXT NOT NULL, days INTEGER NOT NULL, on_time INTEGER,
        extended INTEGER NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE counts (
        month TEXT NOT NULL, name TEXT NOT NULL, number INTEGER NOT NULL,
        PRIMARY KEY (month, name)
    ) WITHOUT ROWID""",
    """CREATE TABLE marks (
        reference TEXT NOT NULL, name TEXT NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (reference, name)
    ) WITHOUT ROWID""",
    """CREATE TABLE conversations (
        key TEXT PRIMARY KEY, touched REAL NOT NULL, drafted REAL, document TEXT NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX conversations_touched ON conversations (touched)",
    "CREATE INDEX conversations_drafted ON conversations (drafted) WHERE drafted IS NOT NULL",
    """CREATE TABLE inbox (
        id INTEGER PRIMARY KEY, event_key TEXT NOT NULL UNIQUE, utterance_key TEXT UNIQUE,
        kind TEXT NOT NULL, body TEXT, received REAL NOT NULL, next_try REAL NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0, leased_until REAL NOT NULL DEFAULT 0,
        handled REAL, dead INTEGER NOT NULL DEFAULT 0, result TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX inbox_waiting ON inbox (next_try) WHERE handled IS NULL AND dead = 0",
    "CREATE INDEX inbox_handled ON inbox (handled) WHERE handled IS NOT NULL",
    """CREATE TABLE outbox (
        id TEXT PRIMARY KEY, reference TEXT NOT NULL, channel TEXT NOT NULL,
        address TEXT NOT NULL, document TEXT, created REAL NOT NULL, next_try REAL NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0, leased_until REAL NOT NULL DEFAULT 0,
        state TEXT NOT NULL DEFAULT 'waiting', problem TEXT NOT NULL DEFAULT ''
    ) WITHOUT ROWID""",
    "CREATE INDEX outbox_waiting ON outbox (channel, next_try) WHERE state = 'waiting'",
    "CREATE INDEX outbox_ticket ON outbox (reference)",
    """CREATE TABLE cards (
        reference TEXT NOT NULL, channel TEXT NOT NULL, conversation_id TEXT NOT NULL,
        message_id TEXT NOT NULL, PRIMARY KEY (reference, channel, conversation_id)
    ) WITHOUT ROWID""",
    """CREATE TABLE sessions (
        digest TEXT PRIMARY KEY, id TEXT NOT NULL, expires REAL NOT NULL
    ) WITHOUT ROWID""",
)

_PLACES = """CREATE TABLE places (
    channel TEXT NOT NULL, tenant_id TEXT NOT NULL, conversation_id TEXT NOT NULL,
    document TEXT, greeted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (channel, tenant_id, conversation_id)
) WITHOUT ROWID"""


def migrations() -> Migrations:
    """Return the steps from an empty database to the present one."""
    steps = Migrations("privacy_desk")

    @steps(name="0001_desk")
    def first(database: Database) -> None:
        for statement in _TABLES:
            database.execute(statement)

    @steps(name="0002_places")
    def second(database: Database) -> None:
        database.execute(_PLACES)

    return steps
