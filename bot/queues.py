"""Inbox and outbox: what came in and what must go out, kept until it is done.

Times are seconds since 1970. A row is leased while somebody works on it, so that a crash only
delays it; a row that fails is tried again later, each time after a longer wait.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from bot.adapters import adapter
from bot.database import Transaction, one, rows
from bot.errors import StoreError
from bot.messages import Action, ConversationRef, Message

LEASE_SECONDS = 60.0
LONGEST_QUEUE = 20_000
_COUNT_EVERY = 50
MOST_TRIES = 8
DEAD_LETTER_SECONDS = 24 * 3600.0
REMEMBERED_SECONDS = 3 * 24 * 3600.0
_FIRST_WAIT = 2.0
_LONGEST_WAIT = 3600.0
_ITEMS: dict[str, type[Message | Action]] = {"message": Message, "action": Action}


def wait_after(attempts: int) -> float:
    """Return how many seconds to wait after a number of failed tries."""
    return min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** max(0, attempts - 1))


@dataclass(frozen=True, slots=True)
class Incoming:
    """One row of the inbox, leased to whoever took it."""

    id: int
    event_key: str
    item: Message | Action
    attempts: int


class Inbox:
    """What was acknowledged to a vendor and still has to be handled."""

    def __init__(self) -> None:
        """Begin to count what is put in."""
        self._puts = 0

    def put(
        self,
        transaction: Transaction,
        item: Message | Action,
        *,
        event_key: str,
        now: float,
        utterance_key: str | None = None,
    ) -> bool:
        """Keep an item that is already guarded; False when it is known from its keys.

        Raises StoreError("full") when too much is waiting.
        """
        # A count of all that waits takes the longer the more there is, so it is not made each time.
        if self._puts % _COUNT_EVERY == 0 and self._is_full(transaction):
            raise StoreError("full")
        self._puts += 1
        is_message = isinstance(item, Message)
        body = adapter(type(item)).dump_json(item)
        cursor = transaction.execute(
            "INSERT OR IGNORE INTO inbox (event_key, utterance_key, kind, body, received, next_try)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                event_key,
                utterance_key,
                "message" if is_message else "action",
                body.decode(),
                now,
                now,
            ],
        )
        return cursor.rowcount == 1

    @staticmethod
    def _is_full(transaction: Transaction) -> bool:
        waiting = one(
            transaction, "SELECT count(*) AS n FROM inbox WHERE handled IS NULL AND dead = 0"
        )
        return waiting is not None and waiting["n"] >= LONGEST_QUEUE

    def take(self, transaction: Transaction, now: float, limit: int = 20) -> Sequence[Incoming]:
        """Lease the oldest rows that are due."""
        found = rows(
            transaction,
            "SELECT * FROM inbox WHERE handled IS NULL AND dead = 0 AND next_try <= ?"
            " AND leased_until <= ? ORDER BY id LIMIT ?",
            now,
            now,
            limit,
        )
        for row in found:
            transaction.execute(
                "UPDATE inbox SET leased_until = ?, attempts = attempts + 1 WHERE id = ?",
                [now + LEASE_SECONDS, row["id"]],
            )
        return [
            Incoming(
                row["id"],
                row["event_key"],
                adapter(_ITEMS[row["kind"]]).validate_json(row["body"]),
                row["attempts"] + 1,
            )
            for row in found
        ]

    def handled(self, transaction: Transaction, row_id: int, now: float) -> None:
        """Wipe the body of a row that is done; its keys stay a while, to know it again."""
        transaction.execute(
            "UPDATE inbox SET handled = ?, body = NULL, leased_until = 0 WHERE id = ?",
            [now, row_id],
        )

    def withdraw(self, transaction: Transaction, utterance_key: str, now: float) -> None:
        """Wipe what somebody deleted before anybody took it up."""
        transaction.execute(
            "UPDATE inbox SET handled = ?, body = NULL WHERE utterance_key = ? AND handled IS NULL"
            " AND leased_until <= ?",
            [now, utterance_key, now],
        )

    def failed(self, transaction: Transaction, incoming: Incoming, now: float) -> bool:
        """Try a row again later; True when this was the last try."""
        dead = incoming.attempts >= MOST_TRIES
        transaction.execute(
            "UPDATE inbox SET leased_until = 0, next_try = ?, dead = ? WHERE id = ?",
            [now + wait_after(incoming.attempts), int(dead), incoming.id],
        )
        return dead

    def remember(self, transaction: Transaction, event_key: str, result: str, now: float) -> None:
        """Keep what an item led to that was handled in its own request."""
        transaction.execute(
            "INSERT OR IGNORE INTO inbox (event_key, kind, received, next_try, handled, result)"
            " VALUES (?, 'direct', ?, ?, ?, ?)",
            [event_key, now, now, now, result],
        )

    def result_of(self, transaction: Transaction, event_key: str) -> str | None:
        """Return what an item led to, or None when it is new."""
        row = one(transaction, "SELECT result FROM inbox WHERE event_key = ?", event_key)
        return None if row is None else str(row["result"])

    def forget(self, transaction: Transaction, now: float, limit: int = 200) -> None:
        """Delete keys that are old enough, and the bodies of dead letters after a day."""
        transaction.execute(
            "DELETE FROM inbox WHERE id IN"
            " (SELECT id FROM inbox WHERE handled < ? ORDER BY handled LIMIT ?)",
            [now - REMEMBERED_SECONDS, limit],
        )
        transaction.execute(
            "UPDATE inbox SET body = NULL WHERE dead = 1 AND body IS NOT NULL AND received < ?",
            [now - DEAD_LETTER_SECONDS],
        )

    def counts(self, transaction: Transaction) -> dict[str, int]:
        """Return how many rows wait and how many are dead letters."""
        row = one(
            transaction,
            "SELECT coalesce(sum(handled IS NULL AND dead = 0), 0) AS waiting,"
            " coalesce(sum(dead), 0) AS dead FROM inbox",
        )
        return dict(row or {})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One row of the outbox; `document` is the announcement as JSON."""

    id: str
    reference: str
    channel: str
    address: ConversationRef
    document: str
    attempts: int
    created: float


class Outbox:
    """Notices on their way, each with one id that a retry keeps."""

    def put(
        self,
        transaction: Transaction,
        address: ConversationRef,
        document: str,
        *,
        reference: str,
        now: float,
    ) -> str:
        """Keep a notice until it is delivered or given up; return its id."""
        identifier = uuid.uuid4().hex
        transaction.execute(
            "INSERT INTO outbox (id, reference, channel, address, document, created, next_try)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                identifier,
                reference,
                address.channel,
                adapter(ConversationRef).dump_json(address).decode(),
                document,
                now,
                now,
            ],
        )
        return identifier

    def take(
        self, transaction: Transaction, channel: str, now: float, limit: int = 20
    ) -> Sequence[Outgoing]:
        """Lease the notices of a channel that are due, the oldest first."""
        found = rows(
            transaction,
            "SELECT * FROM outbox WHERE state = 'waiting' AND channel = ? AND next_try <= ?"
            " AND leased_until <= ? ORDER BY created LIMIT ?",
            channel,
            now,
            now,
            limit,
        )
        for row in found:
            transaction.execute(
                "UPDATE outbox SET leased_until = ?, attempts = attempts + 1 WHERE id = ?",
                [now + LEASE_SECONDS, row["id"]],
            )
        return [
            Outgoing(
                row["id"],
                row["reference"],
                row["channel"],
                adapter(ConversationRef).validate_json(row["address"]),
                row["document"],
                row["attempts"] + 1,
                row["created"],
            )
            for row in found
        ]

    def delivered(self, transaction: Transaction, identifier: str) -> None:
        """Note that a notice arrived; its content is wiped."""
        self._end(transaction, identifier, "delivered", "")

    def undeliverable(self, transaction: Transaction, identifier: str, problem: str) -> None:
        """Give a notice up; its content is wiped."""
        self._end(transaction, identifier, "undeliverable", problem)

    def later(
        self, transaction: Transaction, identifier: str, problem: str, next_try: float
    ) -> None:
        """Try a notice again at a time."""
        transaction.execute(
            "UPDATE outbox SET leased_until = 0, next_try = ?, problem = ? WHERE id = ?",
            [next_try, problem, identifier],
        )

    def next_due(self, transaction: Transaction) -> float | None:
        """Return when the next notice is due, or None when nothing waits."""
        row = one(
            transaction,
            "SELECT min(max(next_try, leased_until)) AS at FROM outbox WHERE state = 'waiting'",
        )
        return row["at"] if row else None

    def hurry(self, transaction: Transaction, channel: str, conversation_id: str) -> None:
        """Try what waits for a conversation at once: somebody is there again."""
        transaction.execute(
            "UPDATE outbox SET next_try = 0 WHERE state = 'waiting' AND channel = ?"
            " AND json_extract(address, '$.conversation_id') = ?",
            [channel, conversation_id],
        )

    def forget(self, transaction: Transaction, now: float) -> None:
        """Delete notices that arrived some days ago; they hold no content any more."""
        transaction.execute(
            "DELETE FROM outbox WHERE state = 'delivered' AND created < ?",
            [now - REMEMBERED_SECONDS],
        )

    def counts(self, transaction: Transaction) -> dict[str, int]:
        """Return how many notices are in each state."""
        found = rows(transaction, "SELECT state, count(*) AS n FROM outbox GROUP BY state")
        return {row["state"]: row["n"] for row in found}

    def _end(self, transaction: Transaction, identifier: str, state: str, problem: str) -> None:
        transaction.execute(
            "UPDATE outbox SET state = ?, problem = ?, document = NULL, leased_until = 0"
            " WHERE id = ?",
            [state, problem, identifier],
        )
