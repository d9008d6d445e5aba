"""A request from demand to ticket, and what the person can do with it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import House
from bot.database import Database
from bot.messages import (
    Choices,
    ConversationRef,
    Kind,
    Reply,
    RequestType,
    Scope,
    TicketKind,
    Visibility,
    plain_text,
)
from bot.tickets.model import Person, State, Ticket
from tests.conftest import NOON, Clock, a_house, message

Say = Callable[..., Reply]
ANNA = Person("test", "local", "anna")


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = NOON
    return clock


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    database = Database(tmp_path / "desk.sqlite")
    yield a_house(clock, database=database)
    database.close()


@pytest.fixture
def say(house: House) -> Say:
    def turn(text: str, **more: object) -> Reply:
        return house.assistant.answer(replace(message(text, user="anna"), **more))  # type: ignore[arg-type]

    return turn


def own(house: House) -> tuple[Ticket, ...]:
    with house.database.reading() as handle:
        return house.desk.own_tickets(handle, ANNA)


DEMANDS = [
    ("nl", RequestType.ACCESS, "Ik wil inzage in al mijn gegevens"),
    ("en", RequestType.ACCESS, "I want a copy of everything you have on me"),
    ("nl", RequestType.RECTIFICATION, "mijn naam staat verkeerd, pas dat aan"),
    ("en", RequestType.RECTIFICATION, "please correct my phone number, it is wrong"),
    ("nl", RequestType.ERASURE, "gooi alles van mij weg"),
    ("en", RequestType.ERASURE, "delete all my data please"),
    ("nl", RequestType.OBJECTION, "ik maak bezwaar tegen het gebruik van mijn gegevens"),
    ("en", RequestType.OBJECTION, "I object to the use of my data"),
    ("nl", RequestType.RESTRICTION, "ik wil beperking van de verwerking van mijn gegevens"),
    ("en", RequestType.RESTRICTION, "please restrict the processing of my data"),
    ("nl", RequestType.PORTABILITY, "ik wil mijn gegevens meenemen naar een andere aanbieder"),
    ("en", RequestType.PORTABILITY, "I want to take my data to another provider"),
    ("nl", RequestType.WITHDRAW_CONSENT, "ik trek mijn toestemming in"),
    ("en", RequestType.WITHDRAW_CONSENT, "I withdraw my consent"),
    ("nl", RequestType.COMPLAINT, "ik wil een klacht indienen over jullie"),
    ("en", RequestType.COMPLAINT, "I want to file a complaint about you"),
]


@pytest.mark.parametrize(("language", "wanted", "demand"), DEMANDS)
def test_each_right_is_filed_in_either_language(
    house: House, say: Say, language: str, wanted: RequestType, demand: str
) -> None:
    first = say(demand)
    assert (first.kind, first.request_type, first.language) == (Kind.REQUEST, wanted, language)
    if wanted is RequestType.RECTIFICATION:
        say("Janssen moet Jansen zijn" if language == "nl" else "it says 12, should be 21")
    if wanted is RequestType.OBJECTION:
        say("nee" if language == "nl" else "no")
    say("Anna de Wit, anna@example.org")
    assert own(house) == ()

    filed = say("ja" if language == "nl" else "yes")

    (ticket,) = own(house)
    assert filed.ticket == ticket.reference
    assert filed.language == language
    assert (ticket.kind, ticket.type, ticket.state) == (TicketKind.REQUEST, wanted, State.RECEIVED)
    assert (ticket.name, ticket.reach) == ("Anna de Wit", "anna@example.org")
    assert ticket.words == demand
    assert ticket.reference in plain_text(filed)


def test_a_correction_says_what_is_wrong_and_what_is_right(house: House, say: Say) -> None:
    for text in ("mijn naam is fout, pas dat aan", "Janssen moet Jansen zijn", "Anna", "ja"):
        say(text)

    (ticket,) = own(house)
    assert ticket.details == {"correction": "Janssen moet Jansen zijn"}


def test_two_rights_in_one_go_are_two_linked_tickets(house: House, say: Say) -> None:
    for text in ("ik wil inzage en daarna alles wissen", "Anna", "ja"):
        say(text)

    first, second = own(house)
    assert {first.type, second.type} == {RequestType.ACCESS, RequestType.ERASURE}
    assert first.linked == (second.reference,)
    assert second.linked == (first.reference,)


def test_a_draft_survives_a_restart(house: House, say: Say, tmp_path: Path, clock: Clock) -> None:
    say("gooi alles van mij weg")
    say("Anna")
    house.database.close()

    again = a_house(clock, database=Database(tmp_path / "desk.sqlite"))

    assert again.assistant.answer(message("ja", user="anna")).ticket
    again.database.close()


@pytest.mark.parametrize(
    "demand",
    [
        "ik wil inzage in de gegevens van mijn moeder",
        "namens mijn cliënt verzoek ik om verwijdering van diens gegevens",
        "please delete my mother's data",
    ],
)
def test_acting_for_another_is_noted_for_the_mandate(house: House, say: Say, demand: str) -> None:
    assert "machtig" in (first := plain_text(say(demand))) or "act for them" in first
    say("Anna")
    say("ja")

    assert own(house)[0].details["on_behalf"]


def test_the_same_message_files_once(house: House, say: Say) -> None:
    say("gooi alles van mij weg")
    say("Anna")

    first, second = (say("ja", id="the-yes") for _ in range(2))

    assert first.ticket == second.ticket
    assert len(own(house)) == 1


@pytest.mark.parametrize("turns", [1, 2])
def test_only_a_cancellation_ends_a_draft(house: House, say: Say, turns: int) -> None:
    for text in ("gooi alles van mij weg", "Anna")[:turns]:
        say(text)
    assert say("hoe lang bewaren jullie cookies?").kind is Kind.ANSWER
    assert say("ga verder").request_type is RequestType.ERASURE
    assert "geannuleerd" in plain_text(say("annuleer maar"))
    say("ja")

    assert own(house) == ()


def test_no_to_the_summary_files_nothing_and_keeps_the_draft(house: House, say: Say) -> None:
    for text in ("gooi alles van mij weg", "Anna"):
        say(text)

    assert "nog niets" in plain_text(say("nee"))
    assert own(house) == ()
    assert say("ja").ticket


def test_what_was_filled_in_can_be_changed(house: House, say: Say) -> None:
    for text in ("gooi alles van mij weg", "Ana", "Aanpassen", "Anna", "ja"):
        say(text)

    assert own(house)[0].name == "Anna"


def test_a_citizen_service_number_is_no_name(house: House, say: Say) -> None:
    say("gooi alles van mij weg")
    assert "123456782" not in plain_text(say("mijn bsn is 123456782"))
    assert "123456782" not in plain_text(say("Anna, 123456782"))
    say("Anna")
    say("ja")

    assert own(house)[0].name == "Anna"


def test_a_second_request_of_the_same_kind_is_offered_to_be_added(house: House, say: Say) -> None:
    for text in ("gooi alles van mij weg", "Anna", "ja"):
        say(text)
    assert "al zo'n verzoek lopen" in plain_text(say("gooi ook mijn oude gegevens weg"))

    say("ja")

    (ticket,) = own(house)
    assert ticket.additions == ("gooi ook mijn oude gegevens weg",)


def test_a_second_request_of_the_same_kind_can_be_a_new_one(house: House, say: Say) -> None:
    for text in ("gooi alles van mij weg", "Anna", "ja"):
        say(text)
    for text in ("verwijder mijn gegevens", "Nieuw verzoek", "Anna", "ja"):
        say(text)

    assert len(own(house)) == 2


class TestAnotherController:
    def test_forwarding_is_asked_and_filed_when_chosen(self, house: House, say: Say) -> None:
        reply = say("verwijder mijn gegevens als sleutelhouder")
        assert "opdrachtgevende partij" in plain_text(reply)
        for text in ("Doorsturen met mijn naam", "Anna", "ja"):
            say(text)

        (ticket,) = own(house)
        assert ticket.to_forward
        assert ticket.activities == ("keyholders",)

    def test_asking_them_oneself_files_nothing(self, house: House, say: Say) -> None:
        say("verwijder mijn gegevens als sleutelhouder")

        assert "vraagt het zelf" in plain_text(say("Ik vraag het daar zelf"))
        assert own(house) == ()

    def test_a_mixed_request_becomes_two_linked_tickets(self, house: House, say: Say) -> None:
        say("verwijder mijn gespreksopnames en mijn gegevens als sleutelhouder")
        for text in ("Doorsturen met mijn naam", "Anna", "ja"):
            say(text)

        tickets = own(house)
        assert {ticket.to_forward for ticket in tickets} == {True, False}
        assert all(ticket.linked for ticket in tickets)


class TestAfterFiling:
    def test_status_tells_where_it_stands_and_when_an_answer_is_due(
        self, house: House, say: Say
    ) -> None:
        for text in ("gooi alles van mij weg", "Anna", "ja"):
            say(text)

        text = plain_text(say("hoe staat het met mijn verzoek?"))

        assert own(house)[0].reference in text
        assert "24 december 2026" in text

    def test_withdrawing_is_asked_once_and_done(self, house: House, say: Say) -> None:
        for text in ("gooi alles van mij weg", "Anna", "ja", "trek mijn verzoek in", "ja"):
            say(text)

        assert own(house)[0].result == "withdrawn"

    def test_somebody_else_sees_nothing_of_it(self, house: House, say: Say) -> None:
        for text in ("gooi alles van mij weg", "Anna", "ja"):
            say(text)
        reference = own(house)[0].reference

        for text in (f"hoe staat het met {reference}?", f"/withdraw {reference}"):
            reply = house.assistant.answer(message(text, user="bert"))
            assert "verwijdering" not in plain_text(reply)
        assert own(house)[0].is_open

    def test_something_can_be_added(self, house: House, say: Say) -> None:
        for text in ("gooi alles van mij weg", "Anna", "ja"):
            say(text)
        reference = own(house)[0].reference
        for text in (f"/add {reference}", "Ook mijn oude nummer graag."):
            say(text)

        assert own(house)[0].additions == ("Ook mijn oude nummer graag.",)


def test_a_question_without_an_answer_goes_to_the_privacy_team(house: House, say: Say) -> None:
    say("wie is jullie functionaris gegevensbescherming?")
    for text in ("Leg het voor aan het privacyteam", "Anna, anna@example.org", "ja"):
        reply = say(text)
        assert reply.kind is Kind.ESCALATE

    (ticket,) = own(house)
    assert ticket.kind is TicketKind.CONTACT
    assert ticket.words == "wie is jullie functionaris gegevensbescherming?"


def test_a_wish_for_a_human_asks_for_the_question(house: House, say: Say) -> None:
    for text in ("ik wil een medewerker spreken", "ja graag", "Waarom kreeg ik die brief?"):
        say(text)
    for text in ("Anna", "ja"):
        say(text)

    assert own(house)[0].words == "Waarom kreeg ik die brief?"


@pytest.mark.parametrize(
    "text",
    [
        "er is een datalek, mijn gegevens zijn gelekt",
        "I got an email with personal data of another customer",
    ],
)
def test_a_possible_breach_is_reported_at_once(house: House, say: Say, text: str) -> None:
    reply = say(text)

    (ticket,) = own(house)
    assert reply.kind is Kind.ESCALATE
    assert reply.ticket == ticket.reference
    assert ticket.kind is TicketKind.INCIDENT
    assert "72" not in plain_text(reply)
    say("gisteren rond drie uur, per mail")
    assert own(house)[0].additions == ("gisteren rond drie uur, per mail",)


def test_a_breach_told_in_public_is_reported_without_a_reference(house: House) -> None:
    place = ConversationRef("test", "local", "room", scope=Scope.CHANNEL)
    leak = "ik kreeg een mail met gegevens van een andere klant"
    told = replace(message(leak, user="anna"), conversation=place)

    reply = house.assistant.answer(told)

    (ticket,) = own(house)
    assert ticket.kind is TicketKind.INCIDENT
    assert ticket.reference not in plain_text(reply)
    assert reply.ticket is None


@pytest.mark.parametrize(
    "text", ["ik wil inzage in mijn gegevens", "hoe staat het met mijn verzoek?"]
)
def test_nothing_personal_is_said_where_others_read_along(house: House, text: str) -> None:
    place = ConversationRef("test", "local", "room", scope=Scope.CHANNEL)

    reply = house.assistant.answer(replace(message(text, user="anna"), conversation=place))

    assert reply.visibility is Visibility.PRIVATE_CHAT
    assert "privébericht" in plain_text(reply)
    assert not any(isinstance(block, Choices) for block in reply.blocks)


def test_when_an_answer_comes_is_told_for_the_request_that_runs(house: House, say: Say) -> None:
    for text in ("gooi alles van mij weg", "Anna", "ja"):
        say(text)

    text = plain_text(say("wanneer krijg ik antwoord?"))

    assert "zegt niets over" in text
    assert "24 december 2026" in text
    assert "privacy@mixedbytes.nl" in text


def test_no_to_the_offer_of_a_human_withdraws_nothing(house: House, say: Say) -> None:
    for text in ("gooi alles van mij weg", "Anna", "ja", "ik wil een medewerker spreken"):
        say(text)

    assert say("nee laat maar").kind is Kind.SMALLTALK
    assert own(house)[0].is_open
