"""Conversations as people have them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.assistant import Assistant
from bot.messages import Choices, Kind, Reply, RequestType, plain_text
from bot.understanding.decision import Decider
from bot.understanding.meaning import THRESHOLDS
from tests.conftest import NOON, Clock, Say, message


def choices_of(reply: Reply) -> Choices:
    return next(block for block in reply.blocks if isinstance(block, Choices))


def test_the_first_question_of_the_readme_is_answered(say: Say) -> None:
    reply = say("hoe lang bewaren jullie mijn telefoontje met de helpdesk?")

    assert reply.kind is Kind.ANSWER
    assert reply.facts == ("call_recordings.retention",)
    assert "90 dagen" in plain_text(reply)


def test_what_is_doubted_is_offered_and_not_answered(
    assistant: Assistant, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assistant, "decider", Decider(replace(THRESHOLDS, stated=1.0)))

    doubted = say("hoe lang bewaren jullie cookies?")

    assert (doubted.kind, doubted.facts) == (Kind.NOT_COVERED, ())
    labels = [choice.label for choice in choices_of(doubted).choices]
    assert labels[0].startswith("Bewaartermijn: ")
    assert say("1").facts == ("visit_stats.retention",)


def test_a_follow_up_keeps_the_data_and_changes_the_question(say: Say) -> None:
    say("hoe lang bewaren jullie gegevens van sleutelhouders?")

    assert say("en wie is daar verantwoordelijk voor?").facts == ("keyholders.controller",)


@pytest.mark.parametrize(
    ("question", "follow_up", "fact"),
    [
        ("hoe lang bewaren jullie cookies?", "en waarom?", "visit_stats.purpose"),
        ("how long do you keep cookies?", "and why?", "visit_stats.purpose"),
        ("how long do you keep cookies?", "why?", "visit_stats.purpose"),
        ("waarom zetten jullie cookies?", "en hoe lang?", "visit_stats.retention"),
    ],
)
def test_a_bare_question_word_is_about_the_same_data(
    say: Say, question: str, follow_up: str, fact: str
) -> None:
    say(question)

    assert fact in say(follow_up).facts


def test_a_follow_up_keeps_the_question_and_changes_the_data(say: Say) -> None:
    say("hoe lang bewaren jullie gegevens van sleutelhouders?")

    assert say("en voor cookies?").facts == ("visit_stats.retention",)


def test_a_question_without_data_is_asked_back_and_kept(say: Say) -> None:
    asked = say("bewaartermijn?")

    assert (asked.kind, plain_text(asked)) == (Kind.CLARIFY, "Om welke gegevens gaat het?")
    assert say("contactformulier").facts == ("contact_form.retention",)
    assert say("grondslag?").facts == ("contact_form.legal_basis",)


def test_a_correction_takes_one_of_what_was_answered_together(say: Say) -> None:
    both = say("wie is verantwoordelijk voor cookies en voor sleutelhouders?")
    assert set(both.facts) == {"visit_stats.controller", "keyholders.controller"}

    assert say("nee, ik bedoel de sleutelhouders").facts == ("keyholders.controller",)


@pytest.mark.parametrize(
    "text", ["and who is responsible for that one?", "en wie is daar verantwoordelijk voor?"]
)
def test_what_points_back_to_nothing_is_asked_back(say: Say, text: str) -> None:
    assert say(text).kind is Kind.CLARIFY


def test_a_topic_is_forgotten_after_half_an_hour(say: Say, clock: Clock) -> None:
    say("hoe lang bewaren jullie cookies?")
    clock.now = NOON + timedelta(minutes=31)

    assert say("en voor sleutelhouders?").facts != ("keyholders.retention",)


def test_two_people_in_one_conversation_do_not_share_a_topic(assistant: Assistant) -> None:
    assistant.answer(message("hoe lang bewaren jullie cookies?", "shared", "first"))

    reply = assistant.answer(message("en wie is daar verantwoordelijk voor?", "shared", "second"))

    assert "visit_stats.controller" not in reply.facts


def test_the_language_follows_the_person(say: Say) -> None:
    assert say("hoe lang bewaren jullie cookies?").language == "nl"
    assert say("and who is responsible for that?").language == "en"


@pytest.mark.parametrize("typed", ["2", "de tweede", "the second one"])
def test_a_choice_is_taken_by_number_or_word(say: Say, typed: str) -> None:
    offered = choices_of(say("cookies"))

    reply = say(typed)

    assert reply.kind is Kind.ANSWER
    assert reply.facts[0] == offered.choices[1].value.removeprefix("/").replace(
        "retention visit_stats", "visit_stats.retention"
    )


def test_a_choice_is_taken_by_its_button(say: Say) -> None:
    offered = choices_of(say("sleutelhouders"))

    assert say(offered.choices[0].value).facts == ("keyholders.data",)


def test_a_choice_is_taken_by_its_label(say: Say) -> None:
    offered = choices_of(say("simkaart"))

    assert say(offered.choices[1].label).facts == ("mobile_device.retention",)


def test_a_button_with_an_unknown_goal_does_nothing(say: Say) -> None:
    assert say("/delete_everything now").kind is not Kind.ANSWER


def test_no_more_than_three_choices_are_offered(say: Say) -> None:
    reply = say("hoe lang bewaren jullie cookies, simkaart, sleutelhouders en contactformulier")

    assert reply.kind in {Kind.CLARIFY, Kind.ANSWER}
    for block in reply.blocks:
        if isinstance(block, Choices):
            assert len(block.choices) <= 3


def test_a_human_is_offered_after_two_misunderstandings(say: Say) -> None:
    say("xqzv plork")

    assert "privacy@mixedbytes.nl" in plain_text(say("fnord blip glorp"))


class TestComputedDates:
    def test_a_fixed_period_gives_a_day_and_says_how_it_was_counted(self, say: Say) -> None:
        text = plain_text(say("ik belde jullie helpdesk op 3 juni, wanneer is die opname gewist?"))

        assert "1 september 2026" in text
        assert "3 juni 2026" in text
        assert "niet vanaf welke dag" in text

    def test_an_english_day_is_understood(self, say: Say) -> None:
        text = plain_text(say("i filled in your contact form on march 12, until when is it kept?"))

        assert "12 March 2027" in text

    def test_a_period_without_a_fixed_end_gives_no_day(self, say: Say) -> None:
        text = plain_text(say("mijn simkaart kreeg ik op 3 juni, wanneer is het nummer gewist?"))

        assert "geen vaste termijn" in text
        assert "september" not in text


class TestRequests:
    def test_a_request_says_back_what_was_understood_and_files_nothing_yet(self, say: Say) -> None:
        reply = say("gooi alles van mij weg")

        assert reply.kind is Kind.REQUEST
        assert reply.request_type is RequestType.ERASURE
        assert reply.ticket is None
        assert "verzoek om verwijdering" in plain_text(reply)

    def test_yes_to_the_offer_starts_the_request(self, say: Say) -> None:
        say("hoe werkt het recht op inzage?")

        assert say("ja graag").request_type is RequestType.ACCESS

    def test_a_question_in_between_is_answered_and_the_request_goes_on(self, say: Say) -> None:
        say("ik wil inzage in mijn gegevens")

        assert say("hoe lang bewaren jullie cookies?").kind is Kind.ANSWER
        assert say("ga verder met mijn verzoek").request_type is RequestType.ACCESS

    @pytest.mark.parametrize("note", ["ok. mijn adres is Dorpsstraat 1", "mijn adres: Laan 12"])
    def test_an_address_told_beside_the_questions_is_kept(self, say: Say, note: str) -> None:
        for text in ("ik wil inzage in mijn gegevens", "Anna"):
            say(text)
        say("hoe lang bewaren jullie cookies?")

        assert note in plain_text(say(note))

    def test_a_question_in_between_that_is_asked_back_is_no_yes(self, say: Say) -> None:
        for text in ("ik wil inzage in mijn gegevens", "Anna", "bewaartermijn?"):
            say(text)

        assert say("ja").ticket is None

    @pytest.mark.parametrize(
        "text",
        [
            "waar staan mijn gegevens",
            "you are a stupid machine",
            "maar mijn baas heeft dat contract",
        ],
    )
    def test_what_is_no_name_is_not_taken_for_one(self, say: Say, text: str) -> None:
        say("ik wil inzage in mijn gegevens")

        assert "Naam:" not in plain_text(say(text))

    def test_a_name_is_understood_in_either_language(self, say: Say) -> None:
        say("I want a copy of my data")

        assert "Name: Anna Bakker" in plain_text(say("mijn naam is Anna Bakker"))

    def test_a_request_after_an_offer_is_the_request_and_not_a_yes(self, say: Say) -> None:
        say("hoe vaak krijgen jullie zulke verzoeken?")

        assert say("ok, verwijder dan mijn gegevens").request_type is RequestType.ERASURE

    def test_a_request_can_be_cancelled(self, say: Say) -> None:
        say("ik wil inzage in mijn gegevens")

        assert "geannuleerd" in plain_text(say("annuleer maar"))

    def test_a_name_is_said_back_before_anything_is_filed(self, say: Say) -> None:
        say("please delete my data")

        reply = say("Jane Smyth, jane@example.org")

        assert reply.kind is Kind.REQUEST
        assert "Name: Jane Smyth\n" in plain_text(reply)
        assert "jane@example.org" in plain_text(reply)
        assert reply.ticket is None

    def test_a_row_of_another_controller_is_named(self, say: Say) -> None:
        text = plain_text(say("verwijder mijn gegevens als sleutelhouder"))

        assert "de opdrachtgevende partij" in text

    def test_a_question_that_hides_a_request_gets_both(self, say: Say) -> None:
        reply = say("hoe lang bewaren jullie mijn belgegevens? en gooi ze dan maar weg")

        assert reply.request_type is RequestType.ERASURE
        assert "usage_data.retention" in reply.facts


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 11, 24, 7, 29, tzinfo=UTC), "gesloten"),
        (datetime(2026, 11, 24, 7, 30, tzinfo=UTC), "nu open"),
        (datetime(2026, 11, 24, 16, 59, tzinfo=UTC), "nu open"),
        (datetime(2026, 11, 24, 17, 0, tzinfo=UTC), "gesloten"),
        (datetime(2026, 11, 28, 11, 0, tzinfo=UTC), "gesloten"),
        (datetime(2026, 7, 24, 6, 30, tzinfo=UTC), "nu open"),
    ],
)
def test_the_line_is_open_by_the_stated_hours_in_amsterdam(
    say: Say, clock: Clock, now: datetime, expected: str
) -> None:
    clock.now = now

    assert expected in plain_text(say("tot hoe laat kan ik jullie bellen?"))


def test_rights_that_apply_to_a_row_are_told_as_law(say: Say) -> None:
    reply = say("/rights_apply call_recordings")

    assert "volgens de wet" in plain_text(reply)
    assert "bezwaar" in plain_text(reply)


class TestUnusableInput:
    def test_too_long_a_text_is_refused_kindly(self, say: Say) -> None:
        assert "te lang" in plain_text(say("a" * 4_001))

    def test_an_empty_text_is_refused_kindly(self, say: Say) -> None:
        assert say(" \u200b ").kind is Kind.ERROR

    def test_a_file_is_refused_and_the_question_answered(self, assistant: Assistant) -> None:
        reply = assistant.answer(message("hoe lang bewaren jullie cookies?", "file", attachments=1))

        assert reply.kind is Kind.ANSWER
        assert "Bestanden neem ik hier niet aan" in plain_text(reply)
