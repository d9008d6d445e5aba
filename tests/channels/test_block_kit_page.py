"""The page on which Slack's messages are looked at shows every kind of them, and no unknown one."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from tests.channels.block_kit_page import Shown, mrkdwn, page
from tests.channels.block_kit_rules import check_message, check_view
from tests.channels.slack_gallery import Groups, gallery

BLOCKS = {"section", "context", "actions", "header", "divider", "input"}


@pytest.fixture(scope="module")
def shown() -> Groups:
    return gallery()


def blocks_in(groups: Groups) -> list[Mapping[str, object]]:
    all_shown = [each for group in groups.values() for each in group]
    return [block for each in all_shown for block in each.view.get("blocks", each.blocks)]


def test_everything_that_is_shown_keeps_the_rules_and_is_drawn(shown: Groups) -> None:
    for group in shown.values():
        for each in group:
            if each.view:
                check_view(dict(each.view))
            else:
                check_message("text", list(each.blocks))

    drawn = page(shown, {"U0SAM23456": "Sam de Vries"})

    frames = re.findall(r'class="(?:message|thread|modal|home)"', drawn)
    assert len(frames) == sum(map(len, shown.values()))
    assert "@Sam de Vries" in drawn


def test_every_kind_of_block_that_we_use_is_looked_at(shown: Groups) -> None:
    assert {block["type"] for block in blocks_in(shown)} == BLOCKS


@pytest.mark.parametrize(
    "block",
    [
        {"type": "video"},
        {"type": "actions", "elements": [{"type": "timepicker"}]},
        {"type": "section", "text": {"type": "markdown", "text": "x"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "a <script src=x>"}},
    ],
)
def test_what_the_page_does_not_know_is_an_error(block: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError)):
        page({"one": [Shown("x", "message", [block])]})


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("*Stand:* open", "<b>Stand:</b> open"),
        ("`te laat` _nu_", "<code>te laat</code> <i>nu</i>"),
        ("> a\n> b", "<blockquote>a</blockquote><blockquote>b</blockquote>"),
        ("&lt;!channel&gt;", "&lt;!channel&gt;"),
        ("<@U0SAM>", '<span class="mention">@U0SAM</span>'),
        ("a*b*c", "a*b*c"),
    ],
)
def test_markup_is_read_as_slack_reads_it(text: str, drawn: str) -> None:
    assert mrkdwn(text) == drawn
