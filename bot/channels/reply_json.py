"""A Reply as JSON, for pages and other programs that draw the blocks themselves."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

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
    plain_text,
)


def reply_json(reply: Reply) -> dict[str, Any]:
    """Return what a page needs to draw the reply, and the same content as plain text."""
    return {
        "kind": reply.kind.value,
        "language": reply.language,
        "blocks": [_block_json(block) for block in reply.blocks],
        "facts": list(reply.facts),
        "ticket": reply.ticket,
        "text": plain_text(reply),
    }


def _block_json(block: Block) -> dict[str, Any]:
    match block:
        case Text(text):
            return {"type": "text", "text": text}
        case Facts(rows):
            return {"type": "facts", "rows": [list(row) for row in rows]}
        case Choices(choices):
            buttons = [{"label": choice.label, "value": choice.value} for choice in choices]
            return {"type": "choices", "choices": buttons}
        case Notice(text, tone):
            return {"type": "notice", "tone": tone, "text": text}
        case SourceLine(text):
            return {"type": "source", "text": text}
        case Form() | Card():
            return {"type": type(block).__name__.lower(), **asdict(block)}
