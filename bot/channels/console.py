"""The terminal as a channel: reads lines, draws replies; plain text where there is no terminal."""

from __future__ import annotations

import locale
from collections.abc import Callable
from datetime import datetime

from rich.console import Console as Terminal
from rich.markup import escape

from bot.messages import (
    Block,
    Card,
    Choices,
    ConversationRef,
    Facts,
    Form,
    Message,
    Notice,
    Reply,
    Sender,
    SourceLine,
    Text,
    block_text,
)

_TONES = {"law": "cyan", "note": "default", "warning": "yellow", "team": "green"}


class Console:
    """One conversation in one terminal."""

    def __init__(
        self,
        answer: Callable[[Message], Reply],
        clock: Callable[[], datetime],
        user: str = "terminal",
        terminal: Terminal | None = None,
    ) -> None:
        """Take the core, the clock, who types and the terminal to draw on."""
        self.user = user
        self.answer = answer
        self.clock = clock
        self.terminal = terminal or Terminal(highlight=False, soft_wrap=True)
        self._count = 0
        self._started = clock().isoformat()

    def run(self) -> None:
        """Read questions until the input ends."""
        self.say("hallo" if _dutch_terminal() else "hello")
        while True:
            try:
                typed = self.terminal.input("[bold]> [/bold]")
            except (EOFError, KeyboardInterrupt):
                break
            if not typed.strip():
                break
            self.say(typed)

    def say(self, typed: str) -> None:
        """Answer one line."""
        self._count += 1
        message = Message(
            id=f"{self._started}-{self._count}",
            channel="console",
            conversation=ConversationRef("console", "local", "terminal"),
            sender=Sender("local", self.user),
            text=typed,
            sent_at=self.clock(),
        )
        self.terminal.print()
        for block in self.answer(message).blocks:
            self.terminal.print(_drawn(block))
        self.terminal.print()


def _drawn(block: Block) -> str:
    match block:
        case Text(text):
            return escape(text)
        case SourceLine(text):
            return f"[dim]{escape(text)}[/dim]"
        case Notice(text, tone):
            return f"[{_TONES[tone]}]{escape(text)}[/{_TONES[tone]}]"
        case Facts(rows):
            return "\n".join(f"[bold]{escape(name)}[/bold] {escape(value)}" for name, value in rows)
        case Choices(choices):
            return "\n".join(
                f"  [bold]{n}[/bold] {escape(c.label)}" for n, c in enumerate(choices, 1)
            )
        case Form() | Card():
            return escape(block_text(block))


def _dutch_terminal() -> bool:
    return (locale.getlocale()[0] or "nl").startswith("nl")
