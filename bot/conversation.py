"""What is pending with whom: kept briefly, and no more than needed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.adapters import adapter
from bot.database import Transaction, one, rows
from bot.messages import ConversationRef, Draft, Language, Sender

TOPIC_LIFETIME = timedelta(minutes=30)

Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class PendingChoice:
    """A button that was offered: its label and the goal and activities it stands for."""

    label: str
    goal: str
    activities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """The state of one person's conversation.

    `offered` is what a plain yes starts; `question` is what the statement did not answer, kept
    for asking the privacy team; `origin` stands beside a draft, to file it after a day.
    """

    language: Language | None = None
    goal: str = ""
    activities: tuple[str, ...] = ()
    choices: tuple[PendingChoice, ...] = ()
    offered: str = ""
    question: str = ""
    draft: Draft | None = None
    origin: tuple[ConversationRef, Sender] | None = None
    misunderstood: int = 0


def key_of(conversation: ConversationRef, sender: Sender) -> Key:
    """Return what identifies a conversation: the place and the person."""
    return (
        conversation.channel,
        conversation.tenant_id,
        conversation.conversation_id,
        conversation.thread_id,
        sender.user_id,
    )


class Conversations:
    """Conversation states in a database; a topic lasts half an hour, a draft until it is filed."""

    def get(self, transaction: Transaction, key: Key, now: datetime) -> Conversation:
        """Return the state, without what has expired."""
        row = one(transaction, "SELECT * FROM conversations WHERE key = ?", _text(key))
        if row is None:
            return Conversation()
        state = adapter(Conversation).validate_json(row["document"])
        if now.timestamp() - row["touched"] > TOPIC_LIFETIME.total_seconds():
            return Conversation(language=state.language, draft=state.draft, origin=state.origin)
        return state

    def put(self, transaction: Transaction, key: Key, state: Conversation, now: datetime) -> None:
        """Keep a state."""
        drafted = state.draft.received_at.timestamp() if state.draft else None
        transaction.execute(
            "INSERT OR REPLACE INTO conversations (key, touched, drafted, document)"
            " VALUES (?, ?, ?, ?)",
            [_text(key), now.timestamp(), drafted, adapter(Conversation).dump_json(state).decode()],
        )

    def abandoned(
        self, transaction: Transaction, before: datetime, limit: int = 50
    ) -> Sequence[tuple[str, Conversation]]:
        """Return the states, with their keys as text, whose draft was begun before a moment."""
        found = rows(
            transaction,
            "SELECT key, document FROM conversations WHERE drafted < ? ORDER BY drafted LIMIT ?",
            before.timestamp(),
            limit,
        )
        return [(row["key"], adapter(Conversation).validate_json(row["document"])) for row in found]

    def drop(self, transaction: Transaction, key: str) -> None:
        """Forget a state, given its key as text."""
        transaction.execute("DELETE FROM conversations WHERE key = ?", [key])

    def forget(self, transaction: Transaction, now: datetime, limit: int = 200) -> None:
        """Delete states that have expired and hold no draft."""
        transaction.execute(
            "DELETE FROM conversations WHERE key IN (SELECT key FROM conversations"
            " WHERE touched < ? AND drafted IS NULL ORDER BY touched LIMIT ?)",
            [(now - TOPIC_LIFETIME).timestamp(), limit],
        )


def _text(key: Key) -> str:
    return json.dumps(key, ensure_ascii=False)
