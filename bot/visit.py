"""Who is at the front desk, where and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.messages import ConversationRef, Language, Sender
from bot.tickets.model import Actor, Person, Role


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is here, where, in which language and when."""

    conversation: ConversationRef
    sender: Sender
    language: Language
    now: datetime

    @property
    def person(self) -> Person:
        """Return the identity of who is here."""
        return Person.of(self.conversation.channel, self.sender)

    @property
    def actor(self) -> Actor:
        """Return who is here as a requester."""
        return Actor(self.person, Role.REQUESTER)


def filing_key(visit: Visit, message_id: str) -> str:
    """Return what makes a filing message the same one when it comes in again."""
    place, user = visit.conversation, visit.sender.user_id
    parts = (place.channel, place.tenant_id, place.conversation_id, user, message_id)
    return "\n".join(("file", *parts))
