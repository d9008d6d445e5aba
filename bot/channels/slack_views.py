"""Modals and the Home in Slack's Block Kit: pure, and with no more in their metadata than ids."""

from __future__ import annotations

import json
from typing import Any

from bot.channels.base import begin_request, opened_form, without_forms
from bot.channels.slack_render import (
    CHOICE,
    REQUEST,
    blocks_of,
    button,
    context,
    cut,
    plain,
    section,
)
from bot.channels.slack_texts import common_questions, said
from bot.messages import Form, FormField, Language, Reply

MOST_BLOCKS = 100
LONGEST_OPTION = 75
LONGEST_TITLE = 24
LONGEST_INPUT = 3_000
LONGEST_LABEL = 2_000
LONGEST_PLACEHOLDER = 150
LONGEST_HEADER = 150
_VALUE = "value"
# Fields that hold a member of the workspace: a person is chosen, an id is not typed.
_MEMBERS = frozenset({"user"})

Json = dict[str, Any]


def form_view(reply: Reply, callback: str) -> Json | None:
    """Return the form that a reply opens, below what it says, as a modal; None without a form.

    Its metadata hold only ids: what is in there comes back from the reader's own machine.
    """
    form = opened_form(reply)
    if form is None:
        return None
    hidden = {field.name: field.value for field in form.fields if field.kind == "hidden"}
    metadata = {"action": form.action, "ticket": form.ticket, "version": form.version, **hidden}
    inputs = [_input(f, reply.language) for f in form.fields if f.kind != "hidden"]
    said_before = any(not isinstance(block, Form) for block in reply.blocks)
    above = blocks_of(without_forms(reply), MOST_BLOCKS - len(inputs)) if said_before else []
    return {
        **_modal(form.title or form.label, "cancel", reply.language),
        "callback_id": callback,
        "private_metadata": json.dumps(metadata),
        "submit": plain(form.label, LONGEST_TITLE),
        "blocks": [*above, *inputs] or [section(said("loading", reply.language))],
    }


def reading_view(reply: Reply, title: str, *, hint: str = "") -> Json:
    """Return a reply as a modal that is only read, such as the details of a ticket."""
    blocks = blocks_of(reply, MOST_BLOCKS - 1)
    added = [context(hint)] if hint else []
    return {**_modal(title, "close", reply.language), "blocks": [*blocks, *added]}


def loading_view(title: str, language: Language) -> Json:
    """Return the modal that stands until the real one is there: a trigger lasts three seconds."""
    return {
        **_modal(title, "close", language),
        "blocks": [section(said("loading", language))],
    }


def home_view(own: Reply) -> Json:
    """Return the Home: one's own requests, the way to a new one, and common questions."""
    language = own.language
    begin = begin_request(language)
    questions = [
        button(f"{CHOICE}:home:{number}", question, question)
        for number, question in enumerate(common_questions(language))
    ]
    blocks = [
        _header(said("own_requests", language)),
        *blocks_of(own),
        {
            "type": "actions",
            "elements": [button(f"{REQUEST}:form", begin.label, language, "primary")],
        },
        {"type": "divider"},
        _header(said("questions", language)),
        {"type": "actions", "elements": questions},
    ]
    return {"type": "home", "blocks": blocks}


def modal_of(body: Json) -> Json | None:
    """Return the modal in which a button was pressed, or None for one anywhere else."""
    view: Json = body.get("view") or {}
    return view if view.get("type") == "modal" else None


def opening(body: Json) -> str:
    """Return the method that shows a modal: on top of the one in which a button was pressed."""
    return "views.push" if modal_of(body) else "views.open"


def values_of(state: Json) -> dict[str, str]:
    """Return what was filled in, from the state of a submitted view."""
    found = {}
    for name, elements in state.get("values", {}).items():
        for element in elements.values():
            found[str(name)] = _value(element)
    return found


def input_names(view: Json) -> list[str]:
    """Return the names of the fields of a view, at which a problem can stand."""
    return [str(b["block_id"]) for b in view.get("blocks", ()) if b.get("type") == "input"]


def _value(element: Json) -> str:
    if "selected_options" in element:
        return ",".join(str(option["value"]) for option in element["selected_options"] or [])
    if "selected_option" in element:
        return str((element["selected_option"] or {}).get("value", ""))
    given = element.get("selected_date") or element.get("selected_user") or element.get("value")
    return str(given or "")


def _modal(title: str, closing: str, language: Language) -> Json:
    return {
        "type": "modal",
        "title": plain(title, LONGEST_TITLE),
        "close": plain(said(closing, language), LONGEST_TITLE),
    }


def _header(text: str) -> Json:
    return {"type": "header", "text": plain(text, LONGEST_HEADER)}


def _input(field: FormField, language: Language) -> Json:
    return {
        "type": "input",
        "block_id": field.name,
        "label": plain(field.label, LONGEST_LABEL),
        "optional": not field.required,
        "element": {**_element(field, language), "action_id": _VALUE},
    }


def _element(field: FormField, language: Language) -> Json:
    if field.name in _MEMBERS:
        asked = plain(said("choose_person", language), LONGEST_PLACEHOLDER)
        return {"type": "users_select", "placeholder": asked}
    match field.kind:
        case "choice":
            chosen = _options(field, field.value)
            asked = plain(said("choose", language), LONGEST_PLACEHOLDER)
            made: Json = {
                "type": "static_select",
                "options": _options(field),
                "placeholder": asked,
            }
            return made | ({"initial_option": chosen[0]} if chosen else {})
        case "checks":
            chosen = _options(field, field.value)
            made = {"type": "checkboxes", "options": _options(field)}
            return made | ({"initial_options": chosen} if chosen else {})
        case "flag":
            options = [_option("yes", said("yes", language))]
            made = {"type": "checkboxes", "options": options}
            return made | ({"initial_options": options} if field.value == "yes" else {})
        case "date":
            return {"type": "datepicker"} | ({"initial_date": field.value} if field.value else {})
    made = {
        "type": "plain_text_input",
        "multiline": field.kind == "text",
        "max_length": LONGEST_INPUT,
    }
    return made | ({"initial_value": cut(field.value, LONGEST_INPUT)} if field.value else {})


def _options(field: FormField, wanted: str | None = None) -> list[Json]:
    """Return the choices of a field, or those of them that are wanted."""
    names = None if wanted is None else wanted.split(",")
    return [
        _option(value, label) for value, label in field.choices if names is None or value in names
    ]


def _option(value: str, label: str) -> Json:
    return {"text": plain(label, LONGEST_OPTION), "value": value}
