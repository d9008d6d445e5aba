"""The request as one form: filed once, with each problem at its field."""

from __future__ import annotations

import pytest

from bot.app import House
from bot.messages import Action, ConversationRef, Form, Reply, Sender, plain_text
from tests.conftest import NOON, Clock, a_house


@pytest.fixture
def house() -> House:
    return a_house(Clock())


def act(house: House, action: str = "file_request", **values: str) -> Reply:
    place = ConversationRef("web", "local", "anna")
    sender = Sender("local", "anna")
    return house.assistant.act(Action("form-1", action, sender, place, NOON, values=values))


def test_it_is_filed_when_it_is_sent_in(house: House) -> None:
    reply = act(house, types="access,erasure", name="Anna")

    assert reply.ticket
    assert act(house, types="access,erasure", name="Anna").ticket == reply.ticket


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"types": ""}, "types"),
        ({"types": "everything"}, "types"),
        ({"types": "rectification"}, "correction"),
        ({"types": "access", "reach": "nergens"}, "reach"),
        ({"types": "access", "words": "x" * 5_000}, "words"),
    ],
)
def test_a_problem_stands_at_its_field_and_nothing_is_lost(
    house: House, values: dict[str, str], field: str
) -> None:
    reply = act(house, **values)

    (form,) = reply.blocks
    assert isinstance(form, Form)
    wrong = {each.name: each.value for each in form.fields if each.problem}
    assert wrong == {field: values.get(field, "")}


def test_it_is_drawn_in_the_language_of_the_page(house: House) -> None:
    assert "What do you want?" in plain_text(act(house, "request_form", language="en"))
