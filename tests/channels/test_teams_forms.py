"""Every form keeps Teams' rules in a task module, and what was filled in comes back as text."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app import House
from bot.channels.teams_render import (
    ADDRESSING,
    card_of,
    form_card,
    is_cut,
    message_task,
    task_of,
    values_of,
)
from bot.messages import (
    LANGUAGES,
    Form,
    FormField,
    Kind,
    Language,
    Notice,
    Reply,
    RequestType,
    Text,
    TicketKind,
)
from bot.request_form import RequestForm
from bot.tickets.rules import STAFF_ACTIONS
from tests.channels.teams_judges import HOSTILE, check_card, read_card, remarks_on
from tests.conftest import Clock, a_house
from tests.tickets.conftest import OFFICER, DeskAtWork

REQUEST_TYPE = {TicketKind.REQUEST: RequestType.ACCESS}


@pytest.fixture(scope="module")
def house() -> House:
    return a_house(Clock())


@pytest.fixture(scope="module")
def forms(house: House) -> list[tuple[Form, Language]]:
    """Return every form of staff and of requesters, as it opens and with all its problems."""
    at_work = DeskAtWork(house, Clock())
    cards = house.triage.cards
    found: list[tuple[Form, Language]] = []
    for kind in TicketKind:
        ticket = at_work.open(kind=kind, type=REQUEST_TYPE.get(kind))
        found += [(cards.form(ticket, action, opened=True), "nl") for action in STAFF_ACTIONS]
    values = {"text": HOSTILE, "author": "U1", "author_tenant": "T1"}
    values |= {"author_place": "a:1", "written_at": "2026-11-24T11:00:00+00:00"}
    intake = house.triage.intake
    found += [(intake.message_form(values, OFFICER), "nl"), (intake.open_form(), "nl")]
    for language, asks_name in itertools.product(LANGUAGES, (True, False)):
        draw = RequestForm(house.front_desk).draw
        found.append((draw(language, asks_name=asks_name), language))
    return [*found, *((_wrong(form), language) for form, language in found)]


def _wrong(form: Form) -> Form:
    long = '"wat\nik schreef" ' * 250
    fields = tuple(
        field if field.kind == "hidden" else replace(field, problem="Vul dit in.", value=long)
        for field in form.fields
    )
    return replace(form, fields=fields)


def test_every_form_keeps_the_rules(forms: list[tuple[Form, Language]]) -> None:
    for form, language in forms:
        check_card(form_card(form, language))


def test_microsofts_own_reader_has_no_remarks(forms: list[tuple[Form, Language]]) -> None:
    cards = [form_card(form, language) for form, language in forms]

    assert [said for said in remarks_on(cards) if said] == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(("text", "line", "choice", "checks", "date", "flag")), max_size=6))
def test_any_form_keeps_the_rules(kinds: list[str]) -> None:
    fields = tuple(
        FormField(f"f{n}", "Veld", kind, required=True, choices=(("a", "A"),), value='"\n' * 3_000)
        for n, kind in enumerate(kinds)
    )

    check_card(form_card(Form("close", "PR-2222-2222", "Sluit", fields, 1, opened=True), "nl"))


def test_inputs_are_labelled_and_a_problem_stands_above_its_field(
    forms: list[tuple[Form, Language]],
) -> None:
    for form, language in forms:
        body = form_card(form, language)["body"]
        inputs = [n for n, element in enumerate(body) if element["type"].startswith("Input.")]
        assert all(body[n]["label"] and body[n]["errorMessage"] for n in inputs)
        if any(field.problem for field in form.fields):
            above = [body[n - 1] for n in inputs]
            assert all(block["color"] == "Attention" for block in above)
            assert all(body[n]["label"] in read_card([body[n - 1]]) for n in inputs)


def test_a_form_sends_ids_beside_what_is_filled_in(forms: list[tuple[Form, Language]]) -> None:
    for form, language in forms:
        names = {field.name for field in form.fields}
        data = form_card(form, language)["body"][-1 - is_cut(form_card(form, language))]
        hidden = {field.name for field in form.fields if field.kind == "hidden"}

        assert not names & ADDRESSING
        assert set(data["actions"][0]["data"]) == hidden | {"verb", "action", "ticket", "version"}


def test_a_form_says_above_it_what_it_is_about() -> None:
    above = Reply(Kind.CARD, "nl", (Notice("Zo leest de aanvrager het:"), Text("Beste Anna")))
    card = form_card(Form("send", "PR", "Verstuur", (), 1, opened=True), "nl", above)

    assert "Beste Anna" in read_card(card)
    assert "Beste Anna" in card["fallbackText"]


@pytest.mark.parametrize(
    ("filled_in", "value"),
    [
        ("tekst", "tekst"),
        ("a,b", "a,b"),
        (["a", "b", None], "a,b"),
        (True, "yes"),
        (False, ""),
        (12, "12"),
        (None, ""),
        ({"a": {"b": 1}}, ""),
        ("half \ud800 teken\r\n", "half  teken\n"),
    ],
)
def test_what_was_filled_in_becomes_text(filled_in: Any, value: str) -> None:
    assert values_of({"verb": "desk", "msteams": {}, "ticket": "PR", "reason": filled_in}) == {
        "reason": value
    }


@pytest.mark.parametrize("data", [None, [], "tekst", 3, [{"a": "b"}]])
def test_data_that_is_no_object_holds_nothing(data: Any) -> None:
    assert values_of(data) == {}


def test_a_task_module_shows_a_card_or_a_message() -> None:
    card = card_of(Reply(Kind.NOTICE, "nl", (Text("Klaar"),)))
    task = task_of(card, "Een verzoek")["task"]

    assert (task["type"], task["value"]["title"]) == ("continue", "Een verzoek")
    assert task["value"]["card"]["content"] == card
    assert message_task("Klaar") == {"task": {"type": "message", "value": "Klaar"}}
