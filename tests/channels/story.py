"""Plays a story through the page in a browser: what somebody types and presses, in both panes.

A line `> text` is typed in the chat and `> [Label]` pressed there; `@ [Label]` is pressed at the
staff desk and `@ Field = value` filled in there; `~ 3 days` lets time pass. Below each stands
what the page shows next. References are shown as PR-1, PR-2, in the order in which they appear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from playwright.sync_api import Page

_REFERENCE = re.compile(r"PR-\w{4}-\w{4}")
_SETTLED_MS = 200
_DELIVERED_MS = 1500
_TRIES = 40
# The cards, facts, forms and problems of the staff desk, a line each; buttons are left out.
_WHAT_STAFF_SEES = """() => {
  const pairs = (list) => [...list.querySelectorAll(":scope > div")]
    .map((row) => `${row.children[0].textContent}: ${row.children[1].textContent}`);
  const lines = [];
  const newest = document.querySelector("#arrivals .arrival > .text, #arrivals .notice .text");
  if (newest) lines.push(`(${newest.textContent})`);
  const found = "#board .card, #board .shown > .facts, #board .shown > .text, #board form";
  for (const each of document.querySelectorAll(found)) {
    if (each.matches(".card")) {
      const facts = pairs(each.querySelector(".facts")).join(" · ");
      lines.push(`${each.querySelector("h3").textContent} — ${facts}`);
    } else if (each.matches("form")) {
      lines.push(`[${each.querySelector("h3").textContent}]`);
      for (const field of each.querySelectorAll(".field")) {
        const problem = field.querySelector(".field-problem")?.textContent ?? "";
        lines.push(`  ${field.querySelector(".field-label").textContent} ${problem}`);
      }
    } else lines.push(...(each.matches("dl") ? pairs(each) : [each.textContent]));
  }
  const problem = document.querySelector("#staff-problem").textContent;
  return [...lines, problem].join("\\n");
}"""


class Player:
    """One page on which a story is played, with the clock of its server."""

    def __init__(self, page: Page, pass_time: Callable[[timedelta], None]) -> None:
        self.page = page
        self.pass_time = pass_time
        self.names: dict[str, str] = {}
        self.shown = page.locator(".log .turn.desk").count()
        self.board = ""

    def play(self, story: str) -> str:
        """Return the story with what the page shows now."""
        return "\n".join(self._lines(story)) + "\n"

    def _lines(self, story: str) -> Iterator[str]:
        for line in story.splitlines():
            if line.startswith("# "):
                yield line
            elif line.startswith((">", "@", "~")):
                yield ""
                yield line
                self._do(line[0], line[2:])
                yield from self._seen()

    def _do(self, who: str, what: str) -> None:
        if who == "~":
            number, unit = what.split()
            self.pass_time(timedelta(**{unit: float(number)}))
            self.page.wait_for_timeout(_DELIVERED_MS)
            return
        pane = self.page.locator("section.pane").nth(0 if who == ">" else 1)
        for name, reference in self.names.items():
            what = re.sub(rf"\b{name}\b", reference, what)
        if what.startswith("["):
            button = pane.get_by_role("button", name=what.strip("[]"), exact=True)
            if who == ">" and not button.count():
                button = pane.get_by_role("button", name=what.strip("[]"))
            button.last.click()
        elif who == ">":
            self.page.locator("#input").fill(what)
            self.page.keyboard.press("Enter")
        else:
            self._fill(*(part.strip() for part in what.split("=", 1)))

    def _fill(self, label: str, value: str) -> None:
        form = self.page.locator("#board form")
        checks = form.get_by_role("checkbox", name=value, exact=True)
        if form.get_by_role("group", name=label).count() and checks.count():
            checks.check()
            return
        field = form.get_by_label(label).first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)

    def _seen(self) -> Iterator[str]:
        """Yield what is new in the chat and, where it changed, what the staff desk shows."""
        self._settle()
        turns = self.page.locator(".log .turn.desk")
        for number in range(self.shown, turns.count()):
            yield from (f"    {line}" for line in self._readable(turns.nth(number).inner_text()))
        self.shown = turns.count()
        board = self.page.evaluate(_WHAT_STAFF_SEES)
        if board != self.board:
            self.board = board
            yield from (f"        | {line}" for line in self._readable(board))

    def _settle(self) -> None:
        before = ""
        for _ in range(_TRIES):
            self.page.wait_for_timeout(_SETTLED_MS)
            now = self.page.locator("main").inner_text()
            if now == before:
                return
            before = now

    def _readable(self, text: str) -> Iterator[str]:
        for line in text.splitlines():
            if line.strip():
                yield _REFERENCE.sub(self._named, line.rstrip())

    def _named(self, found: re.Match[str]) -> str:
        known = {reference: name for name, reference in self.names.items()}
        if found[0] not in known:
            known[found[0]] = f"PR-{len(self.names) + 1}"
            self.names[known[found[0]]] = found[0]
        return known[found[0]]
