"""The blocks of a reply as elements of an Adaptive Card for Teams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.channels.teams_text import CUT, Json, clean, cut, escape
from bot.messages import (
    Block,
    Card,
    Choices,
    Facts,
    Form,
    Language,
    Notice,
    Reply,
    SourceLine,
    Text,
)

CHOICE, DESK = "choice", "desk"
MOST_BUTTONS = 6
LONGEST_BUTTON = 75
_LONGEST_FACT = 200
_READ_ONLY = frozenset({"details", "queue", "card"})
_OPENS = _READ_ONLY | {"request_form"}
_NOTICE = {"law": "accent", "note": "emphasis", "warning": "warning", "team": "accent"}
_NAMES = {
    "nl": {
        "law": "Uit de wet",
        "note": "Goed om te weten",
        "warning": "Let op",
        "team": "Privacyteam",
        "cut": "Ingekort: hier past niet alles.",
        "choose": "Kies…",
        "choose_one": "Kies er een.",
        "fill_in": "Vul dit in.",
        "yes": "Ja",
    },
    "en": {
        "law": "From the law",
        "note": "Good to know",
        "warning": "Please note",
        "team": "Privacy team",
        "cut": "Shortened: not everything fits here.",
        "choose": "Choose…",
        "choose_one": "Please choose one.",
        "fill_in": "Please fill this in.",
        "yes": "Yes",
    },
}
_TONES = {"calm": "emphasis", "soon": "warning", "late": "attention", "closed": "emphasis"}
_COLORS = {"soon": "Warning", "late": "Attention"}


def new_card(language: Language, body: list[Json]) -> Json:
    """Return a card with these elements; an empty one would show nothing at all."""
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "lang": language,
        "body": body or [{"type": "TextBlock", "text": CUT}],
    }


def words(language: Language) -> dict[str, str]:
    """Return the few words that a card says by itself."""
    return _NAMES[language]


def body_of(reply: Reply, longest: int, addressee: str = "") -> list[Json]:
    """Return the elements of a reply, with texts of at most so many characters."""
    made: list[Json] = []
    buttons: list[Json] = []
    for block in reply.blocks:
        if isinstance(block, Form):
            buttons.append(_form_button(block, addressee))
            continue
        made += _rows(buttons)
        buttons = []
        made += _drawn(block, longest, words(reply.language), addressee)
    return [*made, *_rows(buttons)]


def text_block(text: str, longest: int, **more: Any) -> Json:
    """Return a text block that shows the text as it is."""
    shown = escape(cut(clean(text), longest)) or CUT
    return {"type": "TextBlock", "text": shown, "wrap": True, **more}


def submit(label: str, data: Json, addressee: str = "") -> Json:
    """Return a button; what does not fit on it is said when it is pointed at."""
    shown = cut(" ".join(clean(label).split()), LONGEST_BUTTON) or CUT
    bound = {"for": addressee} if addressee else {}
    made: Json = {"type": "Action.Submit", "title": shown, "data": {**data, **bound}}
    return made if len(label) <= LONGEST_BUTTON else {**made, "tooltip": cut(clean(label), 250)}


def _drawn(block: Block, longest: int, names: dict[str, str], addressee: str) -> Iterator[Json]:
    match block:
        case Text(text):
            yield text_block(text, longest)
        case SourceLine(text):
            yield text_block(text, longest, size="Small", isSubtle=True)
        case Notice(text, tone):
            name = text_block(names[tone], longest, weight="Bolder", size="Small")
            yield _container(_NOTICE[tone], [name, text_block(text, longest, spacing="Small")])
        case Facts(rows):
            yield from _facts(rows, longest)
        case Choices(choices):
            yield from _rows(
                [
                    submit(
                        choice.label,
                        {
                            "verb": CHOICE,
                            "value": choice.value,
                            "label": cut(clean(choice.label), LONGEST_BUTTON),
                        },
                        addressee,
                    )
                    for choice in choices
                ]
            )
        case Card():
            yield _ticket(block, longest)


def _ticket(card: Card, longest: int) -> Json:
    """Draw a ticket; its colour only repeats what the mark says in words."""
    items = [text_block(card.title, longest, weight="Bolder", size="Medium", style="heading")]
    if card.mark:
        color = {"color": _COLORS[card.tone]} if card.tone in _COLORS else {}
        items.append(text_block(card.mark, longest, weight="Bolder", spacing="None", **color))
    style = _TONES[card.tone] if card.mark else "emphasis"
    return _container(style, [*items, *_facts(card.rows, longest)])


def _facts(rows: tuple[tuple[str, str], ...], longest: int) -> Iterator[Json]:
    """Draw labels with their values: beside each other where a value is short, else below."""
    short: list[Json] = []
    for label, value in rows:
        if len(value) <= _LONGEST_FACT and "\n" not in clean(value).strip():
            shown = (escape(cut(clean(text), longest)) or CUT for text in (label, value))
            short.append(dict(zip(("title", "value"), shown, strict=True)))
            continue
        if short:
            yield {"type": "FactSet", "facts": short}
        short = []
        yield text_block(label, longest, weight="Bolder")
        yield text_block(value, longest, spacing="None")
    if short:
        yield {"type": "FactSet", "facts": short}


def _container(style: str, items: list[Json]) -> Json:
    return {"type": "Container", "style": style, "items": items}


def _form_button(form: Form, addressee: str) -> Json:
    """Return the button of an action; one with fields, or to be read, opens a task module."""
    data: Json = {
        "verb": DESK,
        "action": form.action,
        "ticket": form.ticket,
        "version": form.version,
    }
    if form.fields or form.action in _OPENS:
        data |= {"form": True, "msteams": {"type": "task/fetch"}}
    return submit(form.label, data, addressee)


def _rows(buttons: list[Json]) -> Iterator[Json]:
    for start in range(0, len(buttons), MOST_BUTTONS):
        yield {"type": "ActionSet", "actions": buttons[start : start + MOST_BUTTONS]}
