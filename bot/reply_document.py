"""A reply as a document that can be kept in the outbox and read back unchanged."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.adapters import adapter
from bot.messages import (
    Block,
    Card,
    Choices,
    Facts,
    Form,
    Notice,
    Reply,
    SourceLine,
    Text,
)

_KINDS: dict[str, type[Block]] = {
    kind.__name__: kind for kind in (Text, Facts, Choices, Notice, SourceLine, Form, Card)
}


def reply_document(reply: Reply) -> str:
    """Return a reply as JSON, each block with the name of its kind."""
    blocks = [
        [type(block).__name__, adapter(type(block)).dump_python(block)] for block in reply.blocks
    ]
    frame = adapter(Reply).dump_python(replace(reply, blocks=()))
    return json.dumps({"reply": frame, "blocks": blocks}, ensure_ascii=False)


def reply_of(document: str) -> Reply:
    """Return the reply that a document holds."""
    stored = json.loads(document)
    frame = adapter(Reply).validate_python(stored["reply"])
    blocks = tuple(adapter(_KINDS[name]).validate_python(block) for name, block in stored["blocks"])
    return replace(frame, blocks=blocks)
