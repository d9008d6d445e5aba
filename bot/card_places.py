"""Where the card of a ticket stands, so that a channel of staff has one and edits it."""

from __future__ import annotations

from bot.database import Transaction, one
from bot.messages import ConversationRef


class CardPlaces:
    """Where the one card of a ticket stands in a channel of staff, so that it can be edited."""

    def find(self, transaction: Transaction, reference: str, address: ConversationRef) -> str:
        """Return the id of the message with the card, or an empty text."""
        row = one(
            transaction,
            "SELECT message_id FROM cards WHERE reference = ? AND channel = ?"
            " AND conversation_id = ?",
            reference,
            address.channel,
            address.conversation_id,
        )
        return str(row["message_id"]) if row else ""

    def keep(
        self, transaction: Transaction, reference: str, address: ConversationRef, message_id: str
    ) -> None:
        """Remember the message with the card."""
        transaction.execute(
            "INSERT OR REPLACE INTO cards VALUES (?, ?, ?, ?)",
            [reference, address.channel, address.conversation_id, message_id],
        )
