"""Every reply, card and form keeps Teams' rules and says it all; nothing typed becomes markup."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app import House
from bot.assistant import Assistant
from bot.channels.teams_render import (
    card_of,
    is_cut,
    reading_card,
    summary_of,
    text_of,
    without_actions,
)
from bot.channels.teams_text import clean, escape
from bot.messages import (
    Block,
    Card,
    Choice,
    Choices,
    Facts,
    Form,
    FormField,
    Kind,
    Notice,
    Reply,
    RequestType,
    SourceLine,
    Text,
    TicketKind,
    block_text,
    plain_text,
)
from bot.tickets.model import Actor, Person, Result, Role, State
from tests.channels.teams_judges import (
    HOSTILE,
    TYPED,
    check_card,
    flat,
    read_card,
    remarks_on,
    shown,
)
from tests.conftest import Clock, a_house, message
from tests.questions import ROUNDS, read_set
from tests.tickets.conftest import OFFICER, SUPPORT, DeskAtWork

Json = dict[str, Any]
REQUEST_TYPE = {TicketKind.REQUEST: RequestType.ACCESS}
SETS = sorted(path.stem for path in ROUNDS.glob("*.jsonl"))


@pytest.fixture(scope="module")
def house() -> House:
    return a_house(Clock())


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> list[Reply]:
    """Return the reply to every question of the example sets."""
    found = []
    for item in itertools.chain.from_iterable(map(read_set, SETS)):
        person = f"teams {item['id']}"
        found.append(assistant.answer(message(item["text"], conversation=person, user=person)))
    return found


@pytest.fixture(scope="module")
def at_the_desk(house: House) -> list[Reply]:
    """Return what staff see of a ticket of every kind in every state: the card and the details."""
    at_work = DeskAtWork(house, Clock())
    cards = house.triage.cards
    found = []
    for state, kind in itertools.product(State, TicketKind):
        opened = at_work.open(kind=kind, type=REQUEST_TYPE.get(kind))
        result = Result.NO_DATA if state is State.CLOSED else None
        ticket = replace(opened, state=state, result=result, words=HOSTILE, name=TYPED)
        for actor in (SUPPORT, OFFICER):
            buttons = cards.buttons(ticket, actor)
            found.append(Reply(Kind.CARD, "nl", (cards.card(ticket), *buttons)))
        found.append(Reply(Kind.CARD, "nl", cards.details(ticket, ())))
        found.append(house.triage.channel_card(opened.reference))
    return found


def test_every_answer_of_the_example_sets_keeps_the_rules(answers: list[Reply]) -> None:
    for reply in answers:
        check_card(card_of(reply))


def test_every_answer_stands_on_its_card_and_in_its_text_whole(answers: list[Reply]) -> None:
    for reply in answers:
        check_whole(reply)


def test_every_answer_is_read_aloud_and_shown_by_an_old_client_whole(answers: list[Reply]) -> None:
    for reply in answers:
        card = card_of(reply)

        assert flat(card["speak"]) == flat(plain_text(reply))
        assert flat(shown(card["fallbackText"])) == flat(plain_text(reply))


def test_every_card_and_detail_of_every_state_keeps_the_rules(at_the_desk: list[Reply]) -> None:
    for reply in at_the_desk:
        check_card(card_of(reply, addressee="29:staff"))
        check_card(reading_card(reply))
        check_whole(reply)


def test_microsofts_own_reader_has_no_remarks(
    answers: list[Reply], at_the_desk: list[Reply]
) -> None:
    cards = [card_of(reply) for reply in (*answers, *at_the_desk)]

    assert [said for said in remarks_on(cards) if said] == []


TEXTS = st.text(min_size=1, max_size=8_000).filter(str.strip)
ROWS = st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5).map(tuple)
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    TEXTS.map(Text),
    st.builds(Notice, TEXTS, st.sampled_from(("law", "note", "warning", "team"))),
    TEXTS.map(SourceLine),
    ROWS.map(Facts),
    st.lists(st.builds(Choice, TEXTS, st.just("/status")), min_size=1, max_size=30).map(
        lambda choices: Choices(tuple(choices))
    ),
    TEXTS.map(lambda title: Card("PR-2222-2222", title, (), "late", "te laat")),
    TEXTS.map(lambda label: Form("claim", "PR-2222-2222", label, version=1)),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=60))
def test_any_reply_keeps_the_rules(blocks: list[Block]) -> None:
    reply = Reply(Kind.ANSWER, "nl", tuple(blocks))

    check_card(card_of(reply))
    assert summary_of(reply)
    shown(text_of(reply))


MARKS = "*_`~#>-+=.)(][<>!|&;:@/\\{}1\n\t wAt\u2028\u00a0"
ADDRESSES = ("https://", "http://localhost", "//evil.example", "www.", "evil.example", "@1.2.3.4")
SIGNS = ("mailto:", "<at>", "</at>", "<!--", "](", "![", "```", "&lt;", "{{DATE(", "    ", "jan@")
PIECES = st.sampled_from((*ADDRESSES, *SIGNS))


@settings(max_examples=600, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(MARKS, max_size=6), st.text(max_size=3))).map("".join))
def test_nothing_typed_becomes_markup_or_a_link(text: str) -> None:
    escaped = escape(text)

    assert flat(shown(escaped)) == flat(clean(text))
    assert not re.search(r"(?<!\\)<|\{\{|\]\(|://", escaped)


def test_what_staff_read_of_a_request_is_as_it_was_typed(at_the_desk: list[Reply]) -> None:
    details = [json.dumps(card_of(r)["body"]) for r in at_the_desk if len(r.blocks) > 4]

    assert any("iedereen" in said for said in details)
    assert not any(re.search(r"<at>|\{\{DATE|\]\(https", said) for said in details)


def test_a_card_too_long_says_so_and_its_text_carries_the_rest() -> None:
    reply = Reply(Kind.ANSWER, "en", (Text("word " * 3_000 + "end"), Form("claim", "PR", "Claim")))
    card = card_of(reply)

    check_card(card)
    assert is_cut(card)
    assert "Shortened" in read_card(card)
    assert "Claim" in read_card(card)
    assert shown(text_of(reply)).rstrip().endswith("end")


def test_only_the_longest_texts_are_cut() -> None:
    short = tuple(Text(f"Zin {number}.") for number in range(20))
    card = card_of(Reply(Kind.ANSWER, "nl", (*short, Text("woord " * 4_000), Notice("Slot."))))
    read = read_card(card)

    assert all(block.text in read for block in short)
    assert "Slot." in read


def test_a_notice_and_a_ticket_have_a_word_beside_their_colour() -> None:
    ticket = Card("PR-2222-2222", "Inzage", (("Status", "open"),), "late", "te laat")
    reply = Reply(Kind.CARD, "nl", (Notice("Artikel 15.", "law"), ticket))
    law, late = card_of(reply)["body"]

    assert (law["style"], "Uit de wet" in read_card(law["items"])) == ("accent", True)
    assert (late["style"], "te laat" in read_card(late["items"])) == ("attention", True)


def test_buttons_say_what_they_mean_and_for_whom() -> None:
    open_form = Form(
        "close", "PR", "Sluit", (FormField("reason", "Reden", "text", required=True),), 3
    )
    blocks = (Choices((Choice("Ja", "ja"),)), Form("claim", "PR", "Pak op", version=3), open_form)
    card = card_of(Reply(Kind.CARD, "nl", (*blocks, Form("details", "PR", "Details"))), "29:anna")
    chosen, *desk = [action["data"] for row in card["body"] for action in row["actions"]]

    assert chosen == {"verb": "choice", "value": "ja", "label": "Ja", "for": "29:anna"}
    claim = {"verb": "desk", "action": "claim", "ticket": "PR", "version": 3, "for": "29:anna"}
    opens = {"form": True, "msteams": {"type": "task/fetch"}}
    assert desk == [
        claim,
        claim | opens | {"action": "close"},
        claim | opens | {"action": "details", "version": None},
    ]


def test_buttons_stand_in_rows_of_six(at_the_desk: list[Reply]) -> None:
    rows = [e for r in at_the_desk for e in card_of(r)["body"] if e["type"] == "ActionSet"]

    assert max(len(row["actions"]) for row in rows) == 6


def test_a_choice_that_was_taken_leaves_the_card_without_buttons() -> None:
    reply = Reply(Kind.CLARIFY, "nl", (Text("Welke?"), Choices((Choice("Inzage", "inzage"),))))
    taken = without_actions(card_of(reply), "Inzage")

    check_card(taken)
    assert read_card(taken["body"]).split() == ["Welke?", "✓", "Inzage"]


def test_a_person_is_never_on_a_card(house: House) -> None:
    at_work = DeskAtWork(house, Clock())
    anna = Person("teams", "T", "29:anna")
    ticket = at_work.open(requester=anna, actor=Actor(anna, Role.REQUESTER), name="Anna de Wit")
    said = json.dumps(card_of(house.triage.channel_card(ticket.reference)))

    assert "Anna" not in said
    assert "29:anna" not in said


def check_whole(reply: Reply) -> None:
    """Refuse a card or a text in which something of the reply is missing."""
    card, text = card_of(reply), flat(shown(text_of(reply)))
    read = flat(read_card(card))
    assert not is_cut(card)
    for block in reply.blocks:
        if not isinstance(block, Form):
            assert flat(clean(block_text(block))) in text
        for piece in _pieces(block):
            assert flat(clean(piece)) in read, piece


def _pieces(block: Block) -> list[str]:
    match block:
        case Text(text) | SourceLine(text) | Notice(text):
            return [text]
        case Facts(rows):
            return [piece for row in rows for piece in row]
        case Choices(choices):
            return [choice.label for choice in choices]
        case Form(label=label):
            return [label]
        case Card(title=title, rows=rows, mark=mark):
            return [title, mark, *(piece for row in rows for piece in row)]
