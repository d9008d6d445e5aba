"""Who somebody is in a payload of Slack, and where to talk with them alone."""

from __future__ import annotations

from bot.channels.slack_client import CHANNEL, Json
from bot.messages import ConversationRef, Sender


def sender_of(user: str, named: Json, body: Json, team_id: str) -> Sender:
    """Return who it is: the workspace of the person, not the one where it was said."""
    team = named.get("user_team") or named.get("source_team") or named.get("team_id")
    team = team or named.get("team") or body.get("team_id") or team_id
    return Sender(str(team), str(user))


def private_place(sender: Sender) -> ConversationRef:
    """Return the direct message with somebody."""
    return ConversationRef(CHANNEL, sender.tenant_id, f"im:{sender.user_id}")
