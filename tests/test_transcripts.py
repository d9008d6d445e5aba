"""Whole conversations, kept as text that a privacy officer can read.

A line that starts with `> ` is typed by the person; below it stands the reply as plain text.
After a deliberate change of wording, `UPDATE_TRANSCRIPTS=1 pytest tests/test_transcripts.py`
writes them anew; read the difference before you commit it.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.messages import plain_text
from bot.tickets.reference import references_in
from tests.conftest import NOON, Clock, message

FOLDER = Path(__file__).parent / "transcripts"
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))


def replayed(assistant: Assistant, clock: Clock, name: str) -> str:
    """Return the transcript with every reply as the desk gives it now."""
    written = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    heading = [line for line in written if line.startswith("# ")]
    lines = [*heading]
    for line in written:
        if line.startswith("> "):
            clock.now += timedelta(minutes=1)
            said = message(line.removeprefix("> "), conversation=name, user=name)
            reply = assistant.answer(said)
            lines += ["", line, f"[{reply.kind}]", plain_text(reply)]
    return numbered("\n".join(lines) + "\n")


def numbered(text: str) -> str:
    """Return a text with its references as PR-1, PR-2, in the order in which they appear."""
    for number, reference in enumerate(dict.fromkeys(references_in(text)), 1):
        text = text.replace(reference, f"PR-{number}")
    return text


@pytest.mark.parametrize("name", NAMES)
def test_a_conversation_goes_as_written(assistant: Assistant, clock: Clock, name: str) -> None:
    clock.now = NOON
    path = FOLDER / f"{name}.txt"
    text = replayed(assistant, clock, name)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(text, encoding="utf-8")

    assert text == path.read_text(encoding="utf-8")
