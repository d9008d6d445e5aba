"""What Slack refuses, by the models of its SDK and the documented rules that they miss."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

Json = dict[str, Any]
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# Where a block may stand.
_IN_MESSAGES = frozenset({"section", "context", "actions", "header", "divider"})
_IN_VIEWS = _IN_MESSAGES | {"input"}
_MOST_CHECKBOXES, _MOST_OPTIONS, _LONGEST_OPTION_VALUE, _LONGEST_OPTION = 10, 100, 150, 75
_LONGEST_PLACEHOLDER, _LONGEST_INPUT, _LONGEST_LABEL = 150, 3_000, 2_000


class Refused(Exception):  # noqa: N818 - Slack's word, and no defect
    """Raised with Slack's word for what is wrong."""


def check_message(text: str, blocks: Any) -> None:
    """Refuse a message without text, with too much of it, or with blocks that Slack refuses."""
    if not text.strip() or len(text) > 40_000:
        raise Refused("msg_too_long" if text.strip() else "no_text")
    _check_blocks(blocks or [], 50, _IN_MESSAGES, "invalid_blocks")


def check_view(view: Json) -> None:
    """Refuse a modal or Home that Slack refuses."""
    allowed = _IN_VIEWS if view["type"] == "modal" else _IN_MESSAGES
    _check_blocks(view["blocks"], 100, allowed, "invalid_arguments")
    if not view["blocks"]:
        raise Refused("invalid_arguments")
    if len(view.get("private_metadata", "")) > 3_000 or len(view.get("callback_id", "")) > 255:
        raise Refused("invalid_arguments")
    if view["type"] == "home":
        if {"title", "submit", "close"} & view.keys():
            raise Refused("invalid_arguments")
        return
    if not 0 < len(view.get("title", {}).get("text", "")) <= 24:
        raise Refused("invalid_arguments")
    View(**view).validate_json()
    if any(block["type"] == "input" for block in view["blocks"]) and "submit" not in view:
        raise Refused("invalid_arguments")


def check_answer(view: Json, answer: Json | None) -> None:
    """Refuse what may not answer the submission of a view."""
    if not answer:
        return
    match answer:
        case {"response_action": "clear", **rest} if not rest:
            return
        case {"response_action": "update" | "push", "view": shown, **rest} if not rest:
            check_view(shown)
            return
        case {"response_action": "errors", "errors": dict(errors), **rest} if errors and not rest:
            inputs = {b["block_id"] for b in view["blocks"] if b["type"] == "input"}
            if set(errors) <= inputs and all(isinstance(e, str) and e for e in errors.values()):
                return
    raise Refused("invalid_response")


def _check_blocks(blocks: list[Json], most: int, allowed: frozenset[str], word: str) -> None:
    names = [block["block_id"] for block in blocks if "block_id" in block]
    if len(blocks) > most or len(set(names)) != len(names):
        raise Refused(word)
    for block in blocks:
        parsed = Block.parse(block) if block.get("type") in allowed else None
        if parsed is None:
            raise Refused(word)
        try:
            parsed.to_dict()
        except Exception as error:
            raise Refused(word) from error
        if not _keeps_the_rules(block):
            raise Refused(word)


def _keeps_the_rules(block: Json) -> bool:
    elements = [*block.get("elements", ()), *([block["element"]] if "element" in block else [])]
    actions = [element["action_id"] for element in elements if "action_id" in element]
    return (
        all(text.strip() and len(text) <= longest for text, longest in _texts(block))
        and len(set(actions)) == len(actions)
        and ("elements" not in block or bool(elements))
        and all(map(_element_keeps_the_rules, elements))
    )


def _texts(block: Json) -> Iterator[tuple[str, int]]:
    if block["type"] == "section":
        if "text" in block:
            yield block["text"]["text"], 3_000
        for field in block.get("fields", ()):
            yield field["text"], 2_000
    if block["type"] == "header":
        yield block["text"]["text"], 150
    if block["type"] == "context":
        for element in block["elements"]:
            yield element["text"], 3_000
    if block["type"] == "input":
        yield block["label"]["text"], _LONGEST_LABEL


def _element_keeps_the_rules(element: Json) -> bool:
    match element["type"]:
        case "button":
            short = len(element["text"]["text"]) <= 75 and len(element.get("value", "")) <= 2_000
            return bool(short) and element.get("style", "primary") in {"primary", "danger"}
        case "static_select" | "checkboxes":
            return _options_keep_the_rules(element)
        case "datepicker":
            return bool(_DATE.fullmatch(element.get("initial_date", "2026-01-01")))
        case "plain_text_input":
            most = int(element.get("max_length", _LONGEST_INPUT))
            return 0 < most <= _LONGEST_INPUT and len(element.get("initial_value", "")) <= most
    return _short_placeholder(element)


def _short_placeholder(element: Json) -> bool:
    return len(element.get("placeholder", {}).get("text", "")) <= _LONGEST_PLACEHOLDER


def _options_keep_the_rules(element: Json) -> bool:
    options = element["options"]
    most = _MOST_CHECKBOXES if element["type"] == "checkboxes" else _MOST_OPTIONS
    values = [option["value"] for option in options]
    chosen = [*element.get("initial_options", ())]
    chosen += [element["initial_option"]] if "initial_option" in element else []
    empty = "initial_options" in element and not element["initial_options"]
    return (
        0 < len(options) <= most
        and not empty
        and len(set(values)) == len(values)
        and all(option in options for option in chosen)
        and all(0 < len(option["text"]["text"]) <= _LONGEST_OPTION for option in options)
        and all(0 < len(value) <= _LONGEST_OPTION_VALUE for value in values)
        and _short_placeholder(element)
    )
