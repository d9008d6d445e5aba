"""Who judges what we send to Teams: Microsoft's schemas, Microsoft's own reader of cards, and a
reader of Markdown that also finds what could become a link."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft6Validator
from markdown_it import MarkdownIt

from bot.channels.teams_text import MOST_BYTES

JUDGES = Path(__file__).parents[1] / "teams"
MANIFEST_SCHEMAS = JUDGES / "node_modules/@microsoft/app-manifest/build/json-schemas/teams"
TYPED = "<at>iedereen</at> [hier](https://evil.example) **nu** {{DATE(2026-01-01T00:00:00Z)}}"
HOSTILE = (
    f"{TYPED}\n# kop\n- punt\n1. een\n> citaat\n| a | b |\n|---|---|\n```\n    code\n---\n<b>x</b>"
)
_SHOWN_AS_IT_IS = {"paragraph_open", "paragraph_close", "inline", "text", "softbreak"}
_MARKDOWN = MarkdownIt("js-default", {"html": True, "linkify": True})

Json = dict[str, Any]


def check_card(card: Json) -> None:
    """Refuse a card that the schema of Adaptive Cards 1.5 refuses, or that is too large."""
    problems = [error.message[:300] for error in _card_schema().iter_errors(card)]
    assert not problems, problems
    size = len(json.dumps(card, ensure_ascii=False).encode("utf-16-le"))
    assert size <= MOST_BYTES, size


def remarks_on(cards: list[Json]) -> list[list[str]]:
    """Return what Microsoft's own reader has to say about each card."""
    judges_at_hand()
    judged = subprocess.run(
        ["node", str(JUDGES / "judge.mjs")],
        input=json.dumps(cards).encode(),
        capture_output=True,
        check=True,
        timeout=120,
    )
    remarks: list[list[str]] = json.loads(judged.stdout)
    return remarks


def manifest_schema(version: str, name: str = "") -> Draft4Validator:
    """Return Microsoft's schema of a manifest, or of the texts in another language."""
    judges_at_hand()
    path = MANIFEST_SCHEMAS / version / f"MicrosoftTeams.{name}schema.json"
    return Draft4Validator(json.loads(path.read_text(encoding="utf-8-sig")))


def judges_at_hand() -> None:
    """Skip where there is no npm, except in CI; without its packages a test fails."""
    if shutil.which("npm") is None and not os.environ.get("CI"):
        pytest.skip("npm is missing, so that Microsoft's packages for tests are not installed")
    assert MANIFEST_SCHEMAS.exists(), "`make develop` installs the packages in tests/teams"


def shown(markdown: str) -> str:
    """Return what a reader sees of a text that must show nothing but text."""
    return "".join(_shown(markdown))


def _shown(markdown: str) -> Iterator[str]:
    for block in _MARKDOWN.parse(markdown):
        assert block.type in _SHOWN_AS_IT_IS, (block.type, markdown)
        for token in block.children or ():
            assert token.type in _SHOWN_AS_IT_IS, (token.type, markdown)
            yield token.content or "\n"
        if block.type == "paragraph_close":
            yield "\n"


def read_card(element: Any) -> str:
    """Return everything that a card shows, in order, as somebody reads it."""
    return "\n".join(_read(element))


def _read(element: Any) -> Iterator[str]:
    if isinstance(element, list):
        for one in element:
            yield from _read(one)
        return
    match element["type"]:
        case "TextBlock":
            yield shown(element["text"])
        case "FactSet":
            for fact in element["facts"]:
                yield f"{shown(fact['title']).strip()}: {shown(fact['value']).strip()}"
        case "Action.Submit":
            yield element["title"]
        case "Input.ChoiceSet":
            yield from (element["label"], *(choice["title"] for choice in element["choices"]))
        case kind if kind.startswith("Input."):
            yield from (element["label"], element.get("value", ""))
        case _:
            for name in ("body", "items", "actions"):
                yield from _read(element.get(name, []))


def flat(text: str) -> str:
    """Return the text with one space for every gap."""
    return " ".join(text.split())


@cache
def _card_schema() -> Draft6Validator:
    found = importlib.util.find_spec("adaptive_cards")
    assert found is not None
    assert found.origin is not None
    path = Path(found.origin).parent / "schemas" / "schema-1.5.json"
    return Draft6Validator(json.loads(path.read_text(encoding="utf-8")))
