"""`ask`: one answer, or a stream of JSON lines."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bot.app import build_assistant
from bot.assistant import Assistant
from bot.errors import InputError
from bot.explaining import explain
from bot.messages import ConversationRef, Message, Reply, Sender, plain_text


@click.command()
@click.argument("question", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the reply as one JSON object.")
@click.option("--jsonl", is_flag=True, help="Answer JSON lines from standard input, in order.")
@click.option("--explain", "explained", is_flag=True, help="Show how the question was read.")
@click.option("--database", type=click.Path(path_type=Path), help="Keep tickets in this file.")
def ask(
    question: str | None,
    *,
    as_json: bool,
    jsonl: bool,
    explained: bool,
    database: Path | None,
) -> None:
    """Answer one QUESTION, or a stream of them with --jsonl."""
    assistant = _kept_assistant(database) if database else build_assistant()
    if jsonl:
        _stream(assistant)
        return
    if question is None:
        raise click.UsageError("Give a question, or --jsonl.")
    message = _message({"id": "1", "text": question})
    started = time.perf_counter()
    reply, understood = assistant.understand(message)
    if explained:
        click.echo(explain(understood, assistant.reader))
        click.echo()
    if as_json:
        click.echo(json.dumps(_line("1", reply, started), ensure_ascii=False))
    else:
        click.echo(plain_text(reply))


def _kept_assistant(database: Path) -> Assistant:
    """Return the assistant over a file; the settings are read only where they matter."""
    from bot.commands.opening import opened_house  # noqa: PLC0415

    return opened_house(database).assistant


def _stream(assistant: Assistant) -> None:
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    for raw in sys.stdin:
        if not raw.strip():
            continue
        started = time.perf_counter()
        identifier: Any = None
        try:
            fields = _fields(raw)
            identifier = fields["id"]
            reply = assistant.answer(_message(fields))
        except InputError as error:
            reply = assistant.refusal(error.reason, "nl")
        line = json.dumps(_line(identifier, reply, started), ensure_ascii=False)
        sys.stdout.buffer.write(line.encode("utf-8", errors="replace") + b"\n")
        sys.stdout.buffer.flush()


def _fields(raw: str) -> dict[str, Any]:
    """Return the object on a line; raises InputError when it is not one with id and text."""
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError):
        raise InputError("bad_line") from None
    if not isinstance(fields, dict) or not {"id", "text"} <= set(fields):
        raise InputError("bad_line")
    if not isinstance(fields["text"], str) or not isinstance(fields["id"], str | int):
        raise InputError("bad_line")
    return fields


def _message(fields: dict[str, Any]) -> Message:
    conversation = str(fields.get("conversation") or fields["id"])
    user = str(fields.get("user") or conversation)
    return Message(
        id=str(fields["id"]),
        channel="batch",
        conversation=ConversationRef("batch", "local", conversation),
        sender=Sender("local", user),
        text=fields["text"],
        sent_at=datetime.now(UTC),
        locale=str(fields.get("locale") or ""),
    )


def _line(identifier: Any, reply: Reply, started: float) -> dict[str, Any]:
    return {
        "id": identifier,
        "kind": reply.kind,
        "intent": reply.intent,
        "request_type": reply.request_type,
        "lang": reply.language,
        "facts": list(reply.facts),
        "text": plain_text(reply),
        "ticket": reply.ticket,
        "score": round(reply.score, 3),
        "ms": round((time.perf_counter() - started) * 1000, 3),
    }
