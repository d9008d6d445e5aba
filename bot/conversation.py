"""What is pending with whom: kept in memory, briefly, and no more than needed."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.messages import ConversationRef, Language, RequestType, Sender

TOPIC_LIFETIME = timedelta(minutes=30)
_MOST_CONVERSATIONS = 10_000

Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class PendingChoice:
    """A button that was offered: its label and the goal and activities it stands for."""

    label: str
    goal: str
    activities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """The state of one person's conversation."""

    language: Language | None = None
    goal: str = ""
    activities: tuple[str, ...] = ()
    choices: tuple[PendingChoice, ...] = ()
    offered: RequestType | None = None
    draft: RequestType | None = None
    misunderstood: int = 0
    touched: datetime | None = None


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
    """Conversation states in memory, the least recently used dropped first."""

    def __init__(self) -> None:
        """Start with none."""
        self._states: OrderedDict[Key, Conversation] = OrderedDict()

    def get(self, key: Key, now: datetime) -> Conversation:
        """Return the state, without what has expired."""
        state = self._states.get(key, Conversation())
        if state.touched is not None and now - state.touched > TOPIC_LIFETIME:
            return Conversation(language=state.language)
        return state

    def put(self, key: Key, state: Conversation, now: datetime) -> None:
        """Keep a state."""
        self._states[key] = replace(state, touched=now)
        self._states.move_to_end(key)
        while len(self._states) > _MOST_CONVERSATIONS:
            self._states.popitem(last=False)
