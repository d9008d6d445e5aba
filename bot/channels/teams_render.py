"""A reply as an Adaptive Card for Teams: pure, within Teams' limits, with a text that says it all.

A card that carries everything needs no text beside it: Teams would show both. One that had to
be cut (`is_cut`) does. What a notification shows is `summary_of`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from bot.channels.teams_blocks import (
    CHOICE,
    DESK,
    LONGEST_BUTTON,
    body_of,
    new_card,
    submit,
    text_block,
    words,
)
from bot.channels.teams_text import CUT, CUT_ID, Json, clean, cut, escape, fitted, spoken
from bot.messages import Choices, Form, FormField, Language, Reply, plain_text

__all__ = [
    "ADDRESSING",
    "CHOICE",
    "DESK",
    "attachment",
    "card_of",
    "form_card",
    "is_cut",
    "message_task",
    "reading_card",
    "summary_of",
    "task_of",
    "text_of",
    "values_of",
    "without_actions",
]

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
ADDRESSING = frozenset({"verb", "action", "ticket", "version", "for", "form", "msteams"})
"""What a button says about itself; everything else that comes with it was filled in."""
LONGEST_TITLE = 60
LONGEST_SUMMARY = 200
LONGEST_TEXT = 28_000
LONGEST_INPUT = 4_000
_LONGEST_LINE = 200
_ROOM_FOR_TEXTS = 6_600


def text_of(reply: Reply) -> str:
    """Return the whole reply as Markdown text that shows everything as it is."""
    return escape(cut(said_of(reply), LONGEST_TEXT))


def summary_of(reply: Reply) -> str:
    """Return the start of a reply on one line, for a notification: no Markdown is read there."""
    return cut(" ".join(spoken(said_of(reply)).split()), LONGEST_SUMMARY) or CUT


def said_of(reply: Reply) -> str:
    """Return the whole reply as plain text, without the buttons of staff."""
    said = tuple(b for b in reply.blocks if not isinstance(b, Form) or b.opened)
    return clean(plain_text(replace(reply, blocks=said)))


def card_of(reply: Reply, addressee: str = "") -> Json:
    """Return the card of a reply; its buttons are for the addressee alone, where one is given."""

    def build(longest: int) -> Json:
        return new_card(reply.language, body_of(reply, longest, addressee))

    return fitted(build, said_of(reply), words(reply.language)["cut"])


def reading_card(reply: Reply) -> Json:
    """Return the card of a reply that is only read, such as the details of a ticket."""
    read = tuple(b for b in reply.blocks if not isinstance(b, Form | Choices))
    return card_of(replace(reply, blocks=read))


def form_card(form: Form, language: Language, above: Reply | None = None) -> Json:
    """Return an opened form as a card for a task module, below what is said about it.

    Problems stand above their fields; beside what is filled in, only ids come back.
    """
    shown = [field for field in form.fields if field.kind != "hidden"]
    hidden = {field.name: field.value for field in form.fields if field.kind == "hidden"}
    meant = {"action": form.action, "ticket": form.ticket, "version": form.version}
    button = submit(form.label, {**hidden, "verb": DESK, **meant})
    said = [said_of(above)] if above else []
    said += [form.title or form.label, *(f"{f.label}: {f.problem}".rstrip(": ") for f in shown)]

    def build(longest: int) -> Json:
        body = body_of(above, longest) if above else []
        if not body and not shown:
            body = [text_block(form.label, longest)]
        for field in shown:
            body += _field(field, _room_of(field, shown), longest, words(language))
        return new_card(language, [*body, {"type": "ActionSet", "actions": [button]}])

    return fitted(build, "\n".join(said), words(language)["cut"])


def values_of(data: Any) -> dict[str, str]:
    """Return what was filled in, from the data of a submitted card; what is odd becomes empty."""
    if not isinstance(data, dict):
        return {}
    return {str(name): _value(value) for name, value in data.items() if name not in ADDRESSING}


def is_cut(card: Json) -> bool:
    """Tell whether a card lost something, so that its text has to stand beside it."""
    return any(element.get("id") == CUT_ID for element in card["body"])


def without_actions(card: Json, taken: str = "") -> Json:
    """Return the same card with its buttons gone; what was chosen, where given, in their place."""
    chosen = [text_block(f"✓ {taken}", LONGEST_BUTTON, weight="Bolder")] if taken else []
    body: list[Json] = []
    for element in card["body"]:
        if element["type"] != "ActionSet":
            body.append(element)
        else:
            body += chosen
            chosen = []
    return {**card, "body": [*body, *chosen] or [{"type": "TextBlock", "text": CUT}]}


def attachment(card: Json) -> Json:
    """Return a card as an activity or a task module carries it."""
    return {"contentType": CARD_TYPE, "content": card}


def task_of(card: Json, title: str) -> Json:
    """Return the answer to an invoke that shows a card as a task module."""
    shown = {
        "title": cut(spoken(title), LONGEST_TITLE),
        "height": "medium",
        "width": "medium",
        "card": attachment(card),
    }
    return {"task": {"type": "continue", "value": shown}}


def message_task(text: str) -> Json:
    """Return the answer to an invoke that closes a task module with a message."""
    return {"task": {"type": "message", "value": spoken(text)}}


def _field(field: FormField, room: int, longest: int, names: dict[str, str]) -> Iterator[Json]:
    """Yield a field, below its problem where it has one."""
    if field.problem:
        between = " " if field.label.endswith("?") else ": "
        problem = f"{field.label}{between}{field.problem}"
        yield text_block(problem, longest, color="Attention", weight="Bolder")
    chosen = field.kind in {"choice", "checks"}
    wanted = names["choose_one" if chosen else "fill_in"]
    yield {
        **_input(field, room, longest, names),
        "id": field.name,
        "label": field.label,
        "isRequired": field.required,
        "errorMessage": field.problem or wanted,
    }


def _input(field: FormField, room: int, longest: int, names: dict[str, str]) -> Json:
    if field.kind in {"choice", "checks"}:
        many = field.kind == "checks"
        known = [value for value, _ in field.choices]
        given = field.value.split(",") if many else [field.value]
        value = ",".join(chosen for chosen in given if chosen in known)
        return {
            "type": "Input.ChoiceSet",
            "isMultiSelect": many,
            "style": "expanded" if many else "compact",
            "wrap": True,
            "choices": [{"title": label, "value": value} for value, label in field.choices],
            **({} if many else {"placeholder": names["choose"]}),
            **({"value": value} if value else {}),
        }
    if field.kind == "flag":
        on = {"title": names["yes"], "valueOn": "yes", "valueOff": ""}
        return {"type": "Input.Toggle", "wrap": True, **on, "value": field.value}
    if field.kind == "date":
        return {"type": "Input.Date", **({"value": field.value} if _is_day(field.value) else {})}
    value = cut(clean(field.value), longest)
    return {
        "type": "Input.Text",
        "isMultiline": field.kind == "text",
        "maxLength": room,
        **({"value": value} if value else {}),
    }


def _room_of(field: FormField, shown: list[FormField]) -> int:
    """Return how long a text may be, so that the form can show all of it again."""
    texts = sum(other.kind == "text" for other in shown)
    return min(LONGEST_INPUT, _ROOM_FOR_TEXTS // texts) if field.kind == "text" else _LONGEST_LINE


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list):
        return ",".join(_value(one) for one in value if isinstance(one, str | int))
    return clean(str(value)) if isinstance(value, str | int | float) else ""
