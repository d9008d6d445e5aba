"""Block Kit as a page that looks like Slack closely enough to judge messages by eye.

`python -m tests.channels.block_kit_page OUT.html` fills it with every kind of message that the
app sends. A block or element that the page does not know is an error: it was never looked at.
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Json = Mapping[str, Any]
Frame = Literal["message", "thread", "ephemeral", "modal", "home"]

STYLE = """
body { margin: 0; padding: 24px; background: #f4f4f4; color: #1d1c1d;
  font: 15px/1.46 Lato, "Helvetica Neue", Arial, sans-serif; }
h2 { font-size: 20px; margin: 28px 0 8px; }
h3 { font-size: 13px; font-weight: 700; color: #616061; margin: 18px 0 4px; }
.message, .thread, .home { background: #fff; padding: 8px 20px; max-width: 680px; display: flex; }
.thread { margin-left: 44px; max-width: 560px; border-left: 3px solid #ddd; }
.home { display: block; padding: 20px; border: 1px solid #ddd; }
.avatar { flex: none; width: 36px; height: 36px; border-radius: 6px; background: #0b5c56;
  color: #fff; text-align: center; line-height: 36px; font-weight: 700; margin-right: 10px; }
.body { flex: 1; min-width: 0; }
.who { font-weight: 900; } .app { font-size: 10px; background: #e8e8e8; padding: 0 3px; }
.only-you { color: #616061; font-size: 13px; }
.section, .context, .actions, .input { margin: 4px 0 8px; overflow-wrap: anywhere; }
.context { color: #616061; font-size: 12px; }
.header { font-size: 18px; font-weight: 900; margin: 4px 0 8px; }
hr { border: 0; border-top: 1px solid #ddd; margin: 8px 0; }
blockquote { margin: 0; padding-left: 10px; border-left: 4px solid #ddd; }
code { color: #c01343; background: #f7f7f7; border: 1px solid #ddd; border-radius: 3px;
  padding: 1px 3px; font-size: 12px; }
.mention { background: #e8f5fa; color: #1264a3; padding: 0 2px; }
button { font: 700 13px Lato, Arial, sans-serif; background: #fff; border: 1px solid #bbb;
  border-radius: 4px; padding: 5px 12px; margin: 0 8px 8px 0; }
button.primary { background: #007a5a; color: #fff; border-color: #007a5a; }
button.danger { color: #e01e5a; border-color: #e01e5a; }
.modal { background: #fff; width: 520px; border: 1px solid #999; border-radius: 8px;
  box-shadow: 0 8px 24px #0003; }
.modal-head { font-size: 20px; font-weight: 900; padding: 16px 24px;
  border-bottom: 1px solid #ddd; }
.modal-body { padding: 16px 24px; } .modal-foot { padding: 12px 24px; text-align: right;
  border-top: 1px solid #ddd; }
.label { font-weight: 700; display: block; margin-bottom: 4px; }
.optional { color: #616061; font-weight: 400; }
.field { border: 1px solid #888; border-radius: 4px; padding: 8px 12px; white-space: pre-wrap;
  min-height: 20px; } .field.tall { min-height: 60px; } .empty { color: #888; }
.problem { color: #e01e5a; font-size: 13px; margin-top: 4px; }
.option { display: block; }
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """One message, modal or Home, with a word on what it is; problems stand at their fields."""

    what: str
    frame: Frame
    blocks: Sequence[Json] = ()
    view: Json = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


def page(groups: Mapping[str, Sequence[Shown]], names: Mapping[str, str] | None = None) -> str:
    """Return one page with everything that is shown; raises ValueError on an unknown block.

    `names` are those of members by their ids, as Slack would show them.
    """
    parts = [
        f"<h2>{html.escape(name)}</h2>" + "".join(map(_shown, shown))
        for name, shown in groups.items()
    ]
    body = "".join(parts)
    for member, name in (names or {}).items():
        body = body.replace(f"@{member}", f"@{html.escape(name)}")
    head = f'<meta charset="utf-8"><title>Slack</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="nl">{head}<body>{body}</body></html>'


def mrkdwn(text: str) -> str:
    """Return Slack's markup as HTML; its three escaped signs are HTML's own."""
    lines = []
    for line in text.split("\n"):
        quoted = line.startswith(">")
        shown = _inline(line.removeprefix(">").removeprefix(" ") if quoted else line)
        lines.append(f"<blockquote>{shown or '&nbsp;'}</blockquote>" if quoted else f"{shown}<br>")
    return "".join(lines).removesuffix("<br>").replace("<br><blockquote>", "<blockquote>")


def _inline(line: str) -> str:
    parts = re.split(r"(<[^>]+>)", line)
    return "".join(_reference(p) if p.startswith("<") else _formatted(p) for p in parts)


def _formatted(text: str) -> str:
    text = text.replace('"', "&quot;").replace(">", "&gt;")
    for sign, tag in (("`", "code"), (r"\*", "b"), ("_", "i"), ("~", "s")):
        pattern = rf"(?<!\w){sign}(?=\S)(.+?)(?<=\S){sign}(?!\w)"
        text = re.sub(pattern, rf"<{tag}>\1</{tag}>", text)
    return text


def _reference(marked: str) -> str:
    inside = marked[1:-1]
    if inside[:1] in {"@", "#", "!"}:
        return f'<span class="mention">{html.escape(inside)}</span>'
    if inside.startswith("/") or " " in inside:
        raise ValueError(f"not escaped: {marked}")
    address, _, label = inside.partition("|")
    return f'<a href="{html.escape(address)}">{label or html.escape(address)}</a>'


def _shown(shown: Shown) -> str:
    what = f"<h3>{html.escape(shown.what)}</h3>" if shown.what else ""
    if shown.frame == "modal":
        return what + _modal(shown)
    if shown.frame == "home":
        return what + f'<div class="home">{_blocks(shown.view["blocks"])}</div>'
    seen = '<div class="only-you">Only visible to you</div>' if shown.frame == "ephemeral" else ""
    name = '<span class="who">Privacy desk</span> <span class="app">APP</span>'
    body = f'<div class="body">{seen}{name}{_blocks(shown.blocks)}</div>'
    frame = "thread" if shown.frame == "thread" else "message"
    return f'{what}<div class="{frame}"><div class="avatar">P</div>{body}</div>'


def _modal(shown: Shown) -> str:
    view = shown.view
    buttons = f"<button>{_plain(view['close'])}</button>"
    if "submit" in view:
        buttons += f'<button class="primary">{_plain(view["submit"])}</button>'
    return (
        f'<div class="modal"><div class="modal-head">{_plain(view["title"])}</div>'
        f'<div class="modal-body">{_blocks(view["blocks"], shown.problems)}</div>'
        f'<div class="modal-foot">{buttons}</div></div>'
    )


def _blocks(blocks: Sequence[Json], problems: Mapping[str, str] | None = None) -> str:
    return "".join(_block(block, problems or {}) for block in blocks)


def _block(block: Json, problems: Mapping[str, str]) -> str:
    match block["type"]:
        case "section":
            shown = _text(block["text"]) if "text" in block else ""
            shown += "".join(f"<div>{_text(each)}</div>" for each in block.get("fields", ()))
            beside = _element(block["accessory"]) if "accessory" in block else ""
            return f'<div class="section">{shown}{beside}</div>'
        case "context":
            return f'<div class="context">{" ".join(map(_text, block["elements"]))}</div>'
        case "actions":
            return f'<div class="actions">{"".join(map(_element, block["elements"]))}</div>'
        case "header":
            return f'<div class="header">{_plain(block["text"])}</div>'
        case "divider":
            return "<hr>"
        case "input":
            return _input(block, problems)
    raise ValueError(f"unknown block: {block['type']}")


def _input(block: Json, problems: Mapping[str, str]) -> str:
    optional = ' <span class="optional">(optional)</span>' if block.get("optional") else ""
    label = f'<span class="label">{_plain(block["label"])}{optional}</span>'
    hint = f'<div class="context">{_plain(block["hint"])}</div>' if "hint" in block else ""
    wrong = problems.get(block.get("block_id", ""), "")
    problem = f'<div class="problem">{html.escape(wrong)}</div>' if wrong else ""
    return f'<div class="input">{label}{_element(block["element"])}{hint}{problem}</div>'


def _element(element: Json) -> str:
    match element["type"]:
        case "button":
            style = element.get("style", "")
            return f'<button class="{style}">{_plain(element["text"])}</button>'
        case "users_select":
            placeholder = f'<span class="empty">{_plain(element["placeholder"])}</span>'
            return f'<div class="field">{placeholder} ▾</div>'
        case "static_select":
            chosen = element.get("initial_option")
            placeholder = f'<span class="empty">{_plain(element["placeholder"])}</span>'
            return f'<div class="field">{_plain(chosen["text"]) if chosen else placeholder} ▾</div>'
        case "checkboxes":
            chosen = [option["value"] for option in element.get("initial_options", ())]
            return "".join(
                f'<span class="option">{"☑" if o["value"] in chosen else "☐"}'
                f" {_plain(o['text'])}</span>"
                for o in element["options"]
            )
        case "datepicker":
            return f'<div class="field">{html.escape(element.get("initial_date", ""))}</div>'
        case "plain_text_input":
            tall = "tall" if element.get("multiline") else ""
            return (
                f'<div class="field {tall}">{html.escape(element.get("initial_value", ""))}</div>'
            )
    raise ValueError(f"unknown element: {element['type']}")


def _text(text: Json) -> str:
    return mrkdwn(text["text"]) if text["type"] == "mrkdwn" else _plain(text)


def _plain(text: Json) -> str:
    if text["type"] != "plain_text":
        raise ValueError(f"not plain: {text['type']}")
    return html.escape(text["text"]).replace("\n", "<br>")


def main(target: Path) -> None:
    """Write the page with every kind of message."""
    from tests.channels.slack_gallery import gallery  # noqa: PLC0415 - it imports us
    from tests.channels.slack_gallery_words import NAMES  # noqa: PLC0415

    target.write_text(page(gallery(), NAMES), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
