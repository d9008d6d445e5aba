"""Every reply and every card keeps Slack's rules, and its text says it all."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app import House
from bot.assistant import Assistant
from bot.channels.slack_manifest import EVENTS, SCOPES, manifest, manifest_yaml
from bot.channels.slack_render import LONGEST_SECTION, blocks_of, escape, text_of
from bot.channels.slack_texts import common_questions
from bot.channels.slack_views import form_view, reading_view
from bot.config import Settings
from bot.messages import (
    LANGUAGES,
    Card,
    Choice,
    Choices,
    Facts,
    Form,
    Kind,
    Language,
    Notice,
    Reply,
    RequestType,
    SourceLine,
    Text,
    TicketKind,
    plain_text,
)
from bot.request_form import RequestForm
from bot.tickets.model import Actor, Person, Result, Role, State
from bot.tickets.rules import STAFF_ACTIONS
from tests.channels.block_kit_rules import check_message, check_view
from tests.channels.fake_slack import SCOPES as CALLED
from tests.conftest import Clock, a_house, message
from tests.questions import ROUNDS, read_set
from tests.tickets.conftest import OFFICER, DeskAtWork

REQUEST_TYPE = {TicketKind.REQUEST: RequestType.ACCESS}
SETS = sorted(path.stem for path in ROUNDS.glob("*.jsonl"))


@pytest.mark.parametrize("name", SETS)
def test_every_answer_of_the_example_sets_keeps_the_rules(assistant: Assistant, name: str) -> None:
    for item in read_set(name):
        person = f"slack {item['id']}"
        reply = assistant.answer(message(item["text"], conversation=person, user=person))

        check_message(text_of(reply), blocks_of(reply))


@pytest.fixture(scope="module")
def house() -> House:
    return a_house(Clock())


def test_every_card_form_and_detail_of_every_state_keeps_the_rules(house: House) -> None:
    clock = Clock()
    at_work = DeskAtWork(house, clock)
    cards = house.triage.cards
    for state, kind in itertools.product(State, TicketKind):
        opened = at_work.open(kind=kind, type=REQUEST_TYPE.get(kind))
        result = Result.NO_DATA if state is State.CLOSED else None
        ticket = replace(opened, state=state, result=result, words="x" * 4_000, name="<!channel>")
        card = Reply(Kind.CARD, "nl", (cards.card(ticket), *cards.buttons(ticket, OFFICER)))
        check_message(text_of(card), blocks_of(card))
        details = Reply(Kind.CARD, "nl", cards.details(ticket, ()))
        check_view(reading_view(details, "Details"))
        for action in STAFF_ACTIONS:
            form = cards.form(ticket, action, opened=True)
            view = form_view(Reply(Kind.CARD, "nl", (cards.card(ticket), form)), "desk")
            assert view is not None
            check_view(view)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_request_form_keeps_the_rules(house: House, language: str) -> None:
    form = RequestForm(house.front_desk).draw("nl" if language == "nl" else "en")
    view = form_view(Reply(Kind.REQUEST, "nl", (form,)), "request")

    assert view is not None
    check_view(view)


TEXTS = st.text(min_size=1, max_size=8_000).filter(str.strip)
BLOCKS = st.one_of(
    TEXTS.map(Text),
    TEXTS.map(Notice),
    TEXTS.map(SourceLine),
    st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5).map(lambda rows: Facts(tuple(rows))),
    st.lists(TEXTS, min_size=1, max_size=30).map(
        lambda labels: Choices(tuple(Choice(label, "/status") for label in labels))
    ),
    TEXTS.map(lambda title: Card("PR-2222-2222", title, (), "late", "te laat")),
    TEXTS.map(lambda label: Form("claim", "PR-2222-2222", label, version=1)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=60))
def test_any_reply_keeps_the_rules(blocks: list[Text]) -> None:
    reply = Reply(Kind.ANSWER, "nl", tuple(blocks))

    check_message(text_of(reply) or "-", blocks_of(reply))


@given(st.text(alphabet="<>&!@#|abc ", max_size=40))
def test_nothing_typed_can_become_a_mention_or_a_link(text: str) -> None:
    assert "<" not in escape(text)
    assert ">" not in escape(text)


def test_the_text_of_a_message_carries_the_whole_answer(assistant: Assistant) -> None:
    reply = assistant.answer(message("hoe lang bewaren jullie gespreksopnames?", user="whole"))

    assert text_of(reply) == escape(plain_text(reply))


def test_a_person_is_never_on_a_card(house: House) -> None:
    at_work = DeskAtWork(house, Clock())
    ticket = at_work.open(
        requester=Person("slack", "T", "U0ANNA"),
        actor=Actor(Person("slack", "T", "U0ANNA"), Role.REQUESTER),
        name="Anna de Wit",
    )
    shown = text_of(house.triage.channel_card(ticket.reference))

    assert "Anna" not in shown
    assert "U0ANNA" not in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_that_the_home_offers_has_an_answer(
    assistant: Assistant, language: Language
) -> None:
    # What happens to a chat is told by the desk itself, since the statement does not say.
    *from_the_statement, about_the_chat = common_questions(language)
    for question in from_the_statement:
        person = f"home {question}"
        reply = assistant.answer(message(question, conversation=person, user=person))
        assert (reply.kind, reply.language) == (Kind.ANSWER, language)
    told = plain_text(assistant.answer(message(about_the_chat, conversation="chat", user="chat")))
    assert "Slack" in told


def test_the_manifest_is_what_the_code_needs() -> None:
    written = (Path(__file__).parents[2] / "slack" / "manifest.yaml").read_text(encoding="utf-8")

    assert written == manifest_yaml()
    assert set(filter(None, CALLED.values())) <= set(SCOPES)


def test_by_socket_mode_the_manifest_has_no_address() -> None:
    made = manifest("https://privacy.example.org/slack/", socket_mode=True)

    assert "https://" not in json.dumps(made)
    assert made["settings"]["socket_mode_enabled"] is True
    assert "https://privacy.example.org/slack/" in manifest_yaml(
        "https://privacy.example.org/slack/"
    )


def test_the_guide_names_every_scope_event_and_setting() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "slack.md").read_text(encoding="utf-8")
    settings = (name for name in Settings.model_fields if name.startswith("slack_"))
    wanted = {f"PRIVACY_DESK_{name.upper()}" for name in settings} - {"PRIVACY_DESK_SLACK_API"}

    assert [word for word in (*SCOPES, *EVENTS, *wanted) if word not in guide] == []


class TestRendering:
    def test_more_cards_than_one_take_a_line_each(self) -> None:
        rows = (("Stand", "ontvangen"), ("Bij", "U0SAM23456"))
        listed = [Card(f"PR-{n}", f"Verzoek PR-{n}", rows, "late", "te laat") for n in range(60)]
        reply = Reply(Kind.CARD, "nl", (Text("Overzicht"), *listed))

        blocks = blocks_of(reply)

        check_message(text_of(reply), blocks)
        assert blocks[1]["text"]["text"] == (
            "*Verzoek PR-0*  `te laat`\nStand: ontvangen · Bij: <@U0SAM23456>"
        )

    def test_where_not_everything_fits_it_says_so_and_the_buttons_stay(self) -> None:
        lines = tuple(Text(f"regel {n}") for n in range(80))
        made = blocks_of(Reply(Kind.ANSWER, "nl", (*lines, Choices((Choice("Ja", "ja"),)))))

        assert len(made) == 50
        assert "past niet alles" in json.dumps(made[-2], ensure_ascii=False)
        assert made[-1]["type"] == "actions"

    def test_an_escaped_sign_is_never_cut_in_half(self) -> None:
        made = blocks_of(Reply(Kind.ANSWER, "nl", (Text("x" * (LONGEST_SECTION - 2) + "&" * 9),)))
        texts = [block["text"]["text"] for block in made]

        assert "".join(texts) == "x" * (LONGEST_SECTION - 2) + "&amp;" * 9
        assert all(text.count("&") == text.count("&amp;") for text in texts)

    def test_a_quotation_of_several_lines_stays_one_however_long(self) -> None:
        words = "\n".join(["*Stand:* gesloten", "woord " * 1_000])
        made = blocks_of(Reply(Kind.CARD, "nl", (Facts((("In eigen woorden", words),)),)))
        lines = "\n".join(block["text"]["text"] for block in made).splitlines()

        assert lines[0] == "*In eigen woorden:*"
        assert all(line.startswith("> ") for line in lines[1:])

    def test_an_id_that_a_requester_typed_is_no_mention(self) -> None:
        reply = Reply(Kind.CARD, "nl", (Facts((("Naam", "U0SAM23456"),)), Text("U0SAM23456")))

        assert "<@" not in json.dumps(blocks_of(reply)) + text_of(reply)

    def test_buttons_come_after_the_source_and_no_two_have_one_id(self) -> None:
        forms = tuple(Form("note", f"PR-{n}", "Notitie", version=1) for n in range(3))
        (actions,) = blocks_of(Reply(Kind.CARD, "nl", forms))

        assert len({element["action_id"] for element in actions["elements"]}) == len(forms)

    @pytest.mark.parametrize("tone", ["law", "note", "warning", "team"])
    def test_a_notice_of_any_tone_keeps_its_words(self, tone: Any) -> None:
        (block,) = blocks_of(Reply(Kind.NOTICE, "nl", (Notice("Let op <dit>.", tone),)))

        assert "Let op &lt;dit&gt;." in json.dumps(block)
