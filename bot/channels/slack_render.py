"""A reply as a message in Slack's Block Kit: pure, within its limits, with a text that says all.

Everything that is not ours is escaped, so that nobody can smuggle in a mention or a link.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.channels.slack_texts import said
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

MOST_BLOCKS = 50
LONGEST_SECTION = 3_000
LONGEST_CONTEXT = 2_000
LONGEST_TEXT = 39_000
LONGEST_BUTTON = 75
LONGEST_VALUE = 2_000
MOST_BUTTONS = 25
CHOICE, DESK, REQUEST = "choice", "desk", "request"
CUT = "…"
_WARNING = "⚠️"
_LONG_VALUE = 120
_MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")
_LINK = re.compile(r"<(?:mailto:|tel:)?([^|>]+)(?:\|([^>]*))?>")
_MEMBER = re.compile(r"[UW][A-Z0-9]{4,}")
_MEMBER_LAST = re.compile(r"[UW][A-Z0-9]{4,}$")
_HALF_SIGN = re.compile(r"&[a-z]{0,3}$")
# What support does first with a ticket.
_FIRST = frozenset({"claim"})

Json = dict[str, Any]


def escape(text: str) -> str:
    """Return the text with Slack's three signs escaped, so that it is shown as it is."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def readable(text: str) -> str:
    """Return what somebody typed: without mentions, links as their words, signs as themselves."""
    plain = _LINK.sub(lambda m: m[2] or m[1], _MENTION.sub(" ", text))
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def text_of(reply: Reply) -> str:
    """Return the whole reply as text, for notifications and screen readers."""
    blocks = tuple(b for b in reply.blocks if not isinstance(b, Form) or b.opened)
    text = cut(escape(plain_text(Reply(reply.kind, reply.language, blocks))), LONGEST_TEXT)
    for member in _members_on_cards(blocks):
        text = text.replace(member, f"<@{member}>")
    return text


def blocks_of(reply: Reply, most: int = MOST_BLOCKS) -> list[Json]:
    """Return the blocks of a message, its buttons last; what does not fit is in its text."""
    ordered = sorted(reply.blocks, key=lambda block: isinstance(block, Choices))
    in_a_list = sum(isinstance(block, Card) for block in ordered) > 1
    made: list[Json] = []
    buttons: list[Json] = []
    for block in ordered:
        if isinstance(block, Form):
            buttons.append(_form_button(block))
            continue
        made += _actions(buttons)
        buttons = []
        made += _in_a_line(block) if in_a_list and isinstance(block, Card) else _drawn(block)
    made += _actions(buttons)
    if len(made) <= most:
        return made
    # The buttons at the end are what one acts with: rather less to read than those gone.
    last = [block for block in made[-2:] if block["type"] == "actions"]
    return [*made[: most - 1 - len(last)], context(said("cut", reply.language)), *last]


def context(text: str) -> Json:
    """Return a small line."""
    shown = cut(escape(text), LONGEST_CONTEXT)
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": shown, "verbatim": True}],
    }


def button(action_id: str, label: str, value: str, style: str = "") -> Json:
    """Return a button."""
    made = {
        "type": "button",
        "action_id": action_id,
        "text": plain(label, LONGEST_BUTTON),
        "value": value[:LONGEST_VALUE],
    }
    return made | ({"style": style} if style else {})


def plain(text: str, longest: int) -> Json:
    """Return a text without markup, cut where it is too long."""
    return {"type": "plain_text", "text": cut(text, longest), "emoji": False}


def cut(text: str, longest: int) -> str:
    """Return the text, cut where it is too long; an escaped sign is never halved."""
    if len(text) <= longest:
        return text
    return _HALF_SIGN.sub("", text[: longest - 1]) + CUT


def _drawn(block: Block) -> Iterator[Json]:
    match block:
        case Text(text):
            yield from _sections(escape(text))
        case Notice(text, "note"):
            yield context(text)
        case Notice(text, "warning"):
            yield from _sections(f"{_WARNING} {escape(text)}")
        case Notice(text):
            yield from _sections(_quoted(text))
        case SourceLine(text):
            yield context(text)
        case Facts(rows):
            yield from _sections(_pairs(rows))
        case Choices(choices):
            yield from _actions(
                [
                    button(f"{CHOICE}:{number}", choice.label, choice.value)
                    for number, choice in enumerate(choices)
                ]
            )
        case Card(rows=rows):
            yield from _sections(f"{_head(block)}\n{_pairs(rows, on_card=True)}")


def _in_a_line(card: Card) -> Iterator[Json]:
    """Yield a card among others: what else it says follows its title."""
    rows = " · ".join(f"{escape(label)}: {_named(value)}" for label, value in card.rows)
    yield from _sections(f"{_head(card)}\n{rows}")


def _head(card: Card) -> str:
    mark = f"  `{escape(card.mark)}`" if card.mark else ""
    return f"*{escape(card.title)}*{mark}"


def _pairs(rows: Sequence[tuple[str, str]], *, on_card: bool = False) -> str:
    return "\n".join(_pair(label, value, on_card=on_card) for label, value in rows) or CUT


def _pair(label: str, value: str, *, on_card: bool) -> str:
    """Return a label and its value; what takes several lines is quoted, so that it is one value."""
    shown = _label(label)
    if "\n" in value or len(value) > _LONG_VALUE:
        return f"{shown}\n{_quoted(value)}"
    return f"{shown} {_named(value) if on_card else escape(value)}"


def _label(label: str) -> str:
    """Return a label; a member of staff whose id ends it is shown by name. Labels are ours."""
    member = _MEMBER_LAST.search(label)
    if member:
        return f"*{escape(label[: member.start()].rstrip())}* <@{member[0]}>:"
    return f"*{escape(label)}:*"


def _named(value: str) -> str:
    """Return a value of a card, which is never a requester's; an id is shown as a name."""
    return f"<@{value}>" if _MEMBER.fullmatch(value) else escape(value)


def _members_on_cards(blocks: Iterable[Block]) -> set[str]:
    cards = (block for block in blocks if isinstance(block, Card))
    return {value for card in cards for _, value in card.rows if _MEMBER.fullmatch(value)}


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in escape(text).splitlines())


def _form_button(form: Form) -> Json:
    value = {"ticket": form.ticket, "version": form.version, "form": bool(form.fields)}
    style = "primary" if form.action in _FIRST else ""
    return button(f"{DESK}:{form.action}", form.label, json.dumps(value), style)


def _actions(buttons: list[Json]) -> Iterator[Json]:
    for start in range(0, len(buttons), MOST_BUTTONS):
        row = buttons[start : start + MOST_BUTTONS]
        yield {"type": "actions", "elements": [_told_apart(row, n) for n in range(len(row))]}


def _told_apart(row: Sequence[Json], number: int) -> Json:
    """Return a button of a row; no two in it may have the same id."""
    pressed = row[number]
    same = sum(other["action_id"] == pressed["action_id"] for other in row[:number])
    return {**pressed, "action_id": f"{pressed['action_id']}:{same}"} if same else pressed


def _sections(text: str) -> Iterator[Json]:
    """Yield the text in sections, cut between lines or words where it is too long for one."""
    while len(text) > LONGEST_SECTION:
        place = max(text.rfind(sign, 1, LONGEST_SECTION) for sign in ("\n", " "))
        if place <= 0:
            place = len(_HALF_SIGN.sub("", text[:LONGEST_SECTION]))
        part, rest = text[:place], text[place:].lstrip()
        # A quotation that is cut goes on as one.
        within = part.rpartition("\n")[2].startswith("> ") and text[place] != "\n"
        text = f"> {rest}" if within and rest else rest
        if part.strip("> \n"):
            yield section(part)
    if text.strip():
        yield section(text)


def section(text: str) -> Json:
    """Return a paragraph of what is escaped already."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
