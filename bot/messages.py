"""The values that travel between a channel and the core."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "en")
UNKNOWN = "unknown:"
"""How the id of a sender begins whom the channel could not identify."""


class Kind(StrEnum):
    """What a reply is, in the words of the batch contract."""

    ANSWER = "answer"
    REQUEST = "request"
    NOT_COVERED = "not_covered"
    OUT_OF_SCOPE = "out_of_scope"
    SMALLTALK = "smalltalk"
    STATUS = "status"
    ESCALATE = "escalate"
    CLARIFY = "clarify"
    ERROR = "error"
    NOTICE = "notice"
    CARD = "card"


class RequestType(StrEnum):
    """The rights a data subject can exercise here (GDPR art. 15-18, 20, 21, 7(3), 77)."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    OBJECTION = "objection"
    RESTRICTION = "restriction"
    PORTABILITY = "portability"
    WITHDRAW_CONSENT = "withdraw_consent"
    COMPLAINT = "complaint"


class TicketKind(StrEnum):
    """What a ticket is: a right, a question for a human, or a possible breach."""

    REQUEST = "request"
    CONTACT = "contact"
    INCIDENT = "incident"


class Scope(StrEnum):
    """Who can read a conversation; group and channel are public."""

    PERSONAL = "personal"
    GROUP = "group"
    CHANNEL = "channel"


class Visibility(StrEnum):
    """Who may see a reply."""

    HERE = "here"
    ONLY_YOU = "only_you"
    PRIVATE_CHAT = "private_chat"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote: channel, tenant and user id are the identity, the name never is."""

    tenant_id: str
    user_id: str
    display_name: str = ""

    @property
    def is_known(self) -> bool:
        """Tell whether the channel could say who this is; nobody else can file."""
        return not self.user_id.startswith(UNKNOWN)


@dataclass(frozen=True, slots=True)
class ConversationRef:
    """Where a message stands and where its reply goes."""

    channel: str
    tenant_id: str
    conversation_id: str
    thread_id: str = ""
    reply_address: str = ""
    scope: Scope = Scope.PERSONAL


@dataclass(frozen=True, slots=True)
class Message:
    """What a person typed, already guarded; `masked` tells how many numbers were before it came."""

    id: str
    channel: str
    conversation: ConversationRef
    sender: Sender
    text: str
    sent_at: datetime
    locale: str = ""
    attachments: int = 0
    masked: int = 0


@dataclass(frozen=True, slots=True)
class Action:
    """A button, a form or a staff command."""

    id: str
    name: str
    actor: Sender
    conversation: ConversationRef
    sent_at: datetime
    ticket: str = ""
    values: dict[str, str] = field(default_factory=dict)
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A ticket that is being prepared: what is known, and what was asked last.

    `slots` holds what the person filled in or chose, by the name of the question.
    """

    kind: TicketKind
    received_at: datetime
    words: str
    types: tuple[RequestType, ...] = ()
    activities: tuple[str, ...] = ()
    slots: dict[str, str] = field(default_factory=dict)
    asked: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph of plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values, in order."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One button: what it says, and the text that means the same when typed."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Up to a handful of buttons."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark that stands apart from the answer, such as a rule of law."""

    text: str
    tone: Literal["law", "note", "warning", "team"] = "note"


@dataclass(frozen=True, slots=True)
class SourceLine:
    """Where the answer stands: section, row, version and date."""

    text: str


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form; `kind` is text, line, choice, checks, date or flag."""

    name: str
    label: str
    kind: str
    required: bool
    choices: tuple[tuple[str, str], ...] = ()
    value: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """An action with what it needs to know; without fields it is a plain button.

    `title` stands above an opened form; without one the label does.
    """

    action: str
    ticket: str
    label: str
    fields: tuple[FormField, ...] = ()
    version: int | None = None
    opened: bool = False
    title: str = ""


Tone = Literal["calm", "soon", "late", "closed"]


@dataclass(frozen=True, slots=True)
class Card:
    """One ticket at a glance; `tone` is drawn with a word beside the colour."""

    ticket: str
    title: str
    rows: tuple[tuple[str, str], ...]
    tone: Tone
    mark: str = ""


Block = Text | Facts | Choices | Notice | SourceLine | Form | Card


@dataclass(frozen=True, slots=True)
class Reply:
    """Everything a person reads in one turn, built once for all channels."""

    kind: Kind
    language: Language
    blocks: tuple[Block, ...]
    facts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    ticket: str | None = None
    visibility: Visibility = Visibility.HERE
    intent: str = ""
    request_type: RequestType | None = None
    score: float = 0.0


def block_text(block: Block) -> str:
    """Return one block as plain text."""
    match block:
        case Text(text) | SourceLine(text):
            return text
        case Notice(text):
            return text
        case Facts(rows):
            return "\n".join(f"{label}: {value}" for label, value in rows)
        case Choices(choices):
            return "\n".join(f"{number}. {c.label}" for number, c in enumerate(choices, 1))
        case Form(label=label, opened=opened, fields=fields, title=title):
            asked = "\n".join(f"  {f.label}: {f.problem or f.value}".rstrip() for f in fields)
            return f"[{title or label}]\n{asked}" if opened else f"[{label}]"
        case Card(title=title, rows=rows, mark=mark):
            head = f"{title} ({mark})" if mark else title
            return "\n".join([head, *(f"{label}: {value}" for label, value in rows)])


def plain_text(reply: Reply) -> str:
    """Return the whole reply as plain text, one blank line between blocks."""
    parts: list[str] = []
    for before, block in zip((None, *reply.blocks), reply.blocks, strict=False):
        buttons = isinstance(block, Form) and isinstance(before, Form) and not block.opened
        parts += [" " if buttons else "\n\n", block_text(block)]
    return "".join(parts[1:])
