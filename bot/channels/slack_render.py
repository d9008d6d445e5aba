"""A reply as Slack's Block Kit: pure, within Slack's limits, with a text that says it all.

Everything that is not ours is escaped, so that nobody can smuggle in a mention or a link.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from bot.messages import (
    Block,
    Card,
    Choices,
    Facts,
    Form,
    FormField,
    Notice,
    Reply,
    SourceLine,
    Text,
    plain_text,
)

MOST_BLOCKS = 50
LONGEST_SECTION = 3_000
LONGEST_TEXT = 39_000
LONGEST_BUTTON = 75
LONGEST_OPTION = 75
LONGEST_TITLE = 24
LONGEST_INPUT = 3_000
MOST_BUTTONS = 25
CHOICE, DESK, REQUEST = "choice", "desk", "request"
_CUT = "…"
_MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")
_LINK = re.compile(r"<(?:mailto:|tel:)?([^|>]+)(?:\|([^>]*))?>")
_LABELS = {"nl": ("Sluiten", "Kies…"), "en": ("Close", "Choose…")}

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
    said = tuple(b for b in reply.blocks if not isinstance(b, Form) or b.opened)
    return _cut(escape(plain_text(Reply(reply.kind, reply.language, said))), LONGEST_TEXT)


def blocks_of(reply: Reply) -> list[Json]:
    """Return the blocks of a message; what does not fit is in its text."""
    made: list[Json] = []
    buttons: list[Json] = []
    for block in reply.blocks:
        if isinstance(block, Form):
            buttons.append(_form_button(block))
            continue
        made += _actions(buttons)
        buttons = []
        made += _drawn(block)
    made += _actions(buttons)
    return made if len(made) <= MOST_BLOCKS else [*made[: MOST_BLOCKS - 1], _context(_CUT)]


def view_of(form: Form, callback: str, language: str) -> Json:
    """Return a form as a modal; only ids stand in its metadata, never a text."""
    close, choose = _LABELS[language]
    hidden = {field.name: field.value for field in form.fields if field.kind == "hidden"}
    metadata = {"action": form.action, "ticket": form.ticket, "version": form.version, **hidden}
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": json.dumps(metadata),
        "title": _plain(form.title or form.label, LONGEST_TITLE),
        "submit": _plain(form.label, LONGEST_TITLE),
        "close": _plain(close, LONGEST_TITLE),
        "blocks": [_input(f, choose) for f in form.fields if f.kind != "hidden"]
        or [_section(escape(form.label))],
    }


def message_view(reply: Reply, title: str) -> Json:
    """Return a reply as a modal that is only read, such as the details of a ticket."""
    close, _ = _LABELS[reply.language]
    return {
        "type": "modal",
        "title": _plain(title, LONGEST_TITLE),
        "close": _plain(close, LONGEST_TITLE),
        "blocks": blocks_of(reply)[:100],
    }


def loading_view(title: str, language: str) -> Json:
    """Return the modal that stands until the real one is there: a trigger lasts three seconds."""
    close, _ = _LABELS[language]
    return {
        "type": "modal",
        "title": _plain(title, LONGEST_TITLE),
        "close": _plain(close, LONGEST_TITLE),
        "blocks": [_section(_CUT)],
    }


def values_of(state: Json) -> dict[str, str]:
    """Return what was filled in, from the state of a submitted view."""
    found = {}
    for name, elements in state.get("values", {}).items():
        for element in elements.values():
            found[str(name)] = _value(element)
    return found


def _value(element: Json) -> str:
    if "selected_options" in element:
        return ",".join(str(option["value"]) for option in element["selected_options"] or [])
    if "selected_option" in element:
        return str((element["selected_option"] or {}).get("value", ""))
    return str(element.get("selected_date") or element.get("value") or "")


def _drawn(block: Block) -> Iterator[Json]:
    match block:
        case Text(text):
            yield from _sections(escape(text))
        case Notice(text):
            quoted = "\n".join(f"&gt; {line}" for line in escape(text).splitlines())
            yield from _sections(quoted.replace("&gt; ", "> "))
        case SourceLine(text):
            yield _context(escape(text))
        case Facts(rows):
            yield from _sections(_pairs(rows))
        case Choices(choices):
            yield from _actions(
                [
                    {
                        "type": "button",
                        "action_id": f"{CHOICE}:{number}",
                        "text": _plain(choice.label, LONGEST_BUTTON),
                        "value": choice.value,
                    }
                    for number, choice in enumerate(choices)
                ]
            )
        case Card(title=title, rows=rows, mark=mark):
            head = f"*{escape(title)}*" + (f"  `{escape(mark)}`" if mark else "")
            yield from _sections(f"{head}\n{_pairs(rows)}")


def _pairs(rows: tuple[tuple[str, str], ...]) -> str:
    return "\n".join(f"*{escape(label)}:* {escape(value)}" for label, value in rows) or _CUT


def _form_button(form: Form) -> Json:
    return {
        "type": "button",
        "action_id": f"{DESK}:{form.action}",
        "text": _plain(form.label, LONGEST_BUTTON),
        "value": json.dumps(
            {"ticket": form.ticket, "version": form.version, "form": bool(form.fields)}
        ),
    }


def _actions(buttons: list[Json]) -> Iterator[Json]:
    for start in range(0, len(buttons), MOST_BUTTONS):
        yield {"type": "actions", "elements": buttons[start : start + MOST_BUTTONS]}


def _sections(text: str) -> Iterator[Json]:
    """Yield the text in sections, cut between lines or words where it is too long for one."""
    while len(text) > LONGEST_SECTION:
        place = max(text.rfind(sign, 1, LONGEST_SECTION) for sign in ("\n", " "))
        place = place if place > 0 else LONGEST_SECTION
        yield _section(text[:place])
        text = text[place:].lstrip()
    if text:
        yield _section(text)


def _section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _context(text: str) -> Json:
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": _cut(text, 2_000), "verbatim": True}],
    }


def _input(field: FormField, choose: str) -> Json:
    element = _element(field, choose)
    return {
        "type": "input",
        "block_id": field.name,
        "label": _plain(field.label, 2_000),
        "optional": not field.required,
        "element": element,
    }


def _element(field: FormField, choose: str) -> Json:
    options = [
        {"text": _plain(label, LONGEST_OPTION), "value": value} for value, label in field.choices
    ]
    chosen = [option for option in options if option["value"] in field.value.split(",")]
    if field.kind == "choice":
        made: Json = {
            "type": "static_select",
            "options": options,
            "placeholder": _plain(choose, 150),
        }
        return made | ({"initial_option": chosen[0]} if chosen else {}) | {"action_id": "value"}
    if field.kind in {"checks", "flag"}:
        if field.kind == "flag":
            options = [{"text": _plain(field.label, LONGEST_OPTION), "value": "yes"}]
            chosen = options if field.value == "yes" else []
        made = {"type": "checkboxes", "options": options, "action_id": "value"}
        return made | ({"initial_options": chosen} if chosen else {})
    if field.kind == "date":
        made = {"type": "datepicker", "action_id": "value"}
        return made | ({"initial_date": field.value} if field.value else {})
    made = {
        "type": "plain_text_input",
        "action_id": "value",
        "multiline": field.kind == "text",
        "max_length": LONGEST_INPUT,
    }
    return made | ({"initial_value": field.value[:LONGEST_INPUT]} if field.value else {})


def _plain(text: str, longest: int) -> Json:
    return {"type": "plain_text", "text": _cut(text, longest), "emoji": False}


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + _CUT
