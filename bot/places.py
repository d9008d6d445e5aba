"""How a conversation can be written to again: what a vendor needs for it, as plain JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bot.database import Transaction, one

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlaceKey:
    """Which conversation, in our own words: channel, tenant and conversation id."""

    channel: str
    tenant_id: str
    conversation_id: str


class Places:
    """Keeps one reference a conversation, and whether somebody was greeted there."""

    def find(self, transaction: Transaction, key: PlaceKey) -> Json | None:
        """Return the reference, or None when we may not write there."""
        row = one(transaction, f"SELECT document FROM places {_WHERE}", *_values(key))  # noqa: S608
        return json.loads(row["document"]) if row and row["document"] else None

    def keep(self, transaction: Transaction, key: PlaceKey, reference: Json) -> None:
        """Keep the newest reference; nothing is written where it is known already."""
        document = json.dumps(reference, sort_keys=True)
        transaction.execute(
            "INSERT INTO places (channel, tenant_id, conversation_id, document)"
            " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET document = excluded.document"
            " WHERE document IS NOT excluded.document",
            [*_values(key), document],
        )

    def drop(self, transaction: Transaction, key: PlaceKey) -> None:
        """Forget a conversation in which we may not write any more."""
        transaction.execute(f"DELETE FROM places {_WHERE}", _values(key))  # noqa: S608

    def greet(self, transaction: Transaction, key: PlaceKey) -> bool:
        """Note a greeting; True when it is the first one there."""
        cursor = transaction.execute(
            f"UPDATE places SET greeted = 1 {_WHERE} AND greeted = 0",  # noqa: S608
            _values(key),
        )
        return cursor.rowcount == 1


_WHERE = "WHERE channel = ? AND tenant_id = ? AND conversation_id = ?"


def _values(key: PlaceKey) -> list[str]:
    return [key.channel, key.tenant_id, key.conversation_id]
