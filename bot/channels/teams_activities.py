"""Activities of Teams as our own values: pure, and lenient with what is missing."""

from __future__ import annotations

import hashlib
import html
import json
import re
from datetime import UTC, datetime
from typing import Any

from bot.messages import UNKNOWN, ConversationRef, Message, Scope, Sender
from bot.places import PlaceKey

CHANNEL = "teams"
CHAT = "chat:"
# What Teams does not call personal may be read by others.
_SCOPES = {"personal": Scope.PERSONAL, "channel": Scope.CHANNEL}
_THREAD = ";messageid="
_AT = re.compile(r"<at\b[^>]*>(.*?)</at>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li)\b[^>]*>", re.IGNORECASE)
# What Teams sends along with a formatted message is the message once more, and no file.
_NO_FILE = frozenset({"text/html", "text/plain"})

Json = dict[str, Any]


def at(value: Any, *path: str) -> Any:
    """Return what stands at a path of keys, or None where it does not go on."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text_at(value: Any, *path: str) -> str:
    """Return the text at a path of keys; what is no text counts as nothing."""
    found = at(value, *path)
    return found if isinstance(found, str) else ""


def list_at(value: Any, *path: str) -> list[Any]:
    """Return the list at a path of keys; what is no list counts as an empty one."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def tenant_of(activity: Json) -> str:
    """Return the tenant in which something was said."""
    named = text_at(activity, "channelData", "tenant", "id")
    return (named or text_at(activity, "conversation", "tenantId")).lower()


def sender_of(activity: Json) -> Sender:
    """Return who said it: by the object id of Entra, or marked as unknown where there is none."""
    known = text_at(activity, "from", "aadObjectId").lower()
    tenant = text_at(activity, "from", "tenantId").lower() or tenant_of(activity)
    return Sender(tenant, known or f"{UNKNOWN}{text_at(activity, 'from', 'id')}")


def private_place(sender: Sender) -> ConversationRef:
    """Return the chat between somebody and the app."""
    return ConversationRef(CHANNEL, sender.tenant_id, f"{CHAT}{sender.user_id}")


def place_of(activity: Json) -> ConversationRef:
    """Return where something was said; in a channel that is the thread."""
    scope = _SCOPES.get(text_at(activity, "conversation", "conversationType"), Scope.GROUP)
    if scope is Scope.PERSONAL:
        return private_place(sender_of(activity))
    name, _, root = text_at(activity, "conversation", "id").partition(_THREAD)
    thread = root or (text_at(activity, "id") if scope is Scope.CHANNEL else "")
    return ConversationRef(CHANNEL, tenant_of(activity), name, thread, scope=scope)


def key_of(place: ConversationRef) -> PlaceKey:
    """Return under which key the reference of a conversation is kept."""
    return PlaceKey(CHANNEL, place.tenant_id, place.conversation_id)


def thread_in(conversation_id: str, thread_id: str) -> str:
    """Return the id under which Teams takes a message for a thread of a channel."""
    return f"{conversation_id}{_THREAD}{thread_id}" if thread_id else conversation_id


def reference_of(activity: Json, service_url: str) -> Json:
    """Return what is needed to write here again, in the protocol's own names."""
    name = text_at(activity, "conversation", "id").partition(_THREAD)[0]
    return {
        "serviceUrl": service_url,
        "conversation": {"id": name},
        "bot": {"id": text_at(activity, "recipient", "id")},
        "user": {"id": text_at(activity, "from", "id")},
        "tenantId": tenant_of(activity),
    }


def message_of(activity: Json, now: datetime, text: str | None = None) -> Message:
    """Return a message with what was typed, or with the text that a button stands for."""
    return Message(
        id=identity_of(activity),
        channel=CHANNEL,
        conversation=place_of(activity),
        sender=sender_of(activity),
        text=typed(activity) if text is None else text,
        sent_at=min(moment(activity.get("timestamp")) or now, now),
        locale=locale_of(activity),
        attachments=files_in(activity),
    )


def identity_of(activity: Json) -> str:
    """Return the id of an activity, or what stands for it where it has none."""
    if named := text_at(activity, "id"):
        return named
    said = json.dumps(activity, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def utterance_key(activity: Json) -> str:
    """Return what makes an utterance the same one when it comes in again."""
    return f"teams\n{text_at(activity, 'conversation', 'id')}\n{identity_of(activity)}"


def typed(activity: Json) -> str:
    """Return what somebody typed, without the mention of the app, signs as themselves.

    Only the app's own mention goes: `what is the Privacy desk for?` keeps its words.
    """
    text, own = text_at(activity, "text"), text_at(activity, "recipient", "id")
    for entity in list_at(activity, "entities"):
        if at(entity, "type") == "mention" and at(entity, "mentioned", "id") == own:
            text = text.replace(text_at(entity, "text") or "\0", " ", 1)
    return plain(text)


def plain(marked_up: str) -> str:
    """Return text without its markup: mentions as their names, breaks as lines."""
    lines = _BREAK.sub("\n", _AT.sub(r"\1", marked_up))
    return html.unescape(_TAG.sub("", lines)).replace("\xa0", " ").strip()


def locale_of(activity: Json) -> str:
    """Return the language that somebody uses Teams in: a hint, no more."""
    told = (
        text_at(entity, "locale")
        for entity in list_at(activity, "entities")
        if at(entity, "type") == "clientInfo"
    )
    return text_at(activity, "locale") or next(told, "")


def files_in(activity: Json) -> int:
    """Return how many files came along; they are never fetched."""
    listed = list_at(activity, "attachments")
    return sum(text_at(each, "contentType") not in _NO_FILE for each in listed)


def moment(text: Any) -> datetime | None:
    """Return a moment with its zone, or None for what is none."""
    try:
        found = datetime.fromisoformat(str(text))
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def origin_of(activity: Json) -> dict[str, str]:
    """Return the message on which staff chose to act: its words, whose it is and since when."""
    payload = at(activity, "value", "messagePayload")
    author = text_at(payload, "from", "user", "id").lower()
    tenant = text_at(payload, "from", "user", "tenantId").lower() or tenant_of(activity)
    body = text_at(payload, "body", "content")
    written = moment(at(payload, "createdDateTime")) or datetime.now(UTC)
    return {
        "text": plain(body),
        "author": author,
        "author_tenant": tenant,
        "author_place": f"{CHAT}{author}" if author else "",
        "written_at": written.isoformat(),
    }
