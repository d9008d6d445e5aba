"""What staff see and press: cards without names, forms with their problems, previews."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.messages import Action, Card, ConversationRef, Form, Kind, Reply, Sender, plain_text
from bot.tickets.model import Actor, Person, Role
from tests.tickets.conftest import DeskAtWork

PLACE = ConversationRef("slack", "staff", "triage")
ROLES = {"olga": Role.OFFICER, "sam": Role.SUPPORT}


class Staff:
    """Somebody of the staff, by name, pressing buttons."""

    def __init__(self, at_work: DeskAtWork, user: str = "olga") -> None:
        self.at_work = at_work
        self.user = user
        at_work.house.triage.roles = self.role_of

    def role_of(self, person: Person) -> Role | None:
        return ROLES.get(person.user_id) if person.tenant_id == "staff" else None

    def press(self, action: str, ticket: str = "", **values: str) -> Reply:
        return self.send(Action("1", action, self.sender, PLACE, self.now, ticket, values))

    def press_old(self, action: str, ticket: str, version: int, **values: str) -> Reply:
        pressed = Action("1", action, self.sender, PLACE, self.now, ticket, values, version)
        return self.send(pressed)

    def send(self, action: Action) -> Reply:
        return self.at_work.house.triage.handle(action)

    @property
    def sender(self) -> Sender:
        return Sender("staff", self.user)

    @property
    def now(self) -> datetime:
        return self.at_work.clock()


@pytest.fixture
def olga(at_work: DeskAtWork) -> Staff:
    return Staff(at_work)


def actions(reply: Reply) -> set[str]:
    return {block.action for block in reply.blocks if isinstance(block, Form)}


def test_an_empty_queue_says_so(olga: Staff) -> None:
    assert plain_text(olga.press("queue")) == "Er staat niets open."


def test_the_queue_shows_what_is_due_first_and_no_name(olga: Staff, at_work: DeskAtWork) -> None:
    at_work.open(name="Anna de Wit", words="mijn dossier graag")
    urgent = at_work.open(received_at=at_work.clock().replace(day=1))

    reply = olga.press("queue")

    cards = [block for block in reply.blocks if isinstance(block, Card)]
    assert cards[0].ticket == urgent.reference
    assert "Anna" not in plain_text(reply)
    assert "dossier" not in plain_text(reply)


@pytest.mark.parametrize(
    ("day", "tone", "mark"),
    [
        ("2026-11-24", "calm", ""),
        ("2026-12-17", "soon", "nog 7 dagen"),
        ("2026-12-23", "soon", "nog 1 dag"),
        ("2026-12-24", "soon", "vandaag"),
        ("2026-12-25", "late", "te laat"),
    ],
)
def test_a_card_says_in_a_word_what_its_colour_shows(
    olga: Staff, at_work: DeskAtWork, day: str, tone: str, mark: str
) -> None:
    ticket = at_work.open()
    year, month, number = map(int, day.split("-"))
    at_work.clock.now = at_work.clock.now.replace(year=year, month=month, day=number)

    (card,) = (b for b in olga.press("card", ticket.reference).blocks if isinstance(b, Card))

    assert (card.tone, card.mark) == (tone, mark)


def test_a_message_that_was_changed_after_its_preview_is_shown_again(
    at_work: DeskAtWork, olga: Staff
) -> None:
    ticket = at_work.open()
    preview = olga.press("send", ticket.reference, text="Bijna klaar.")
    (form,) = (b for b in preview.blocks if isinstance(b, Form))
    seen = next(field.value for field in form.fields if field.name == "seen")

    changed = olga.press("send", ticket.reference, text="Helemaal klaar.", seen=seen)
    assert any(isinstance(block, Form) and block.opened for block in changed.blocks)
    sent = olga.press("send", ticket.reference, text="Bijna klaar.", seen=seen)
    assert not any(isinstance(block, Form) and block.opened for block in sent.blocks)


def test_details_show_the_person_and_the_history(olga: Staff, at_work: DeskAtWork) -> None:
    ticket = at_work.open(name="Anna de Wit", words="mijn dossier graag")
    olga.press("note", ticket.reference, text="gebeld, geen gehoor")

    text = plain_text(olga.press("details", ticket.reference))

    for said in ("Anna de Wit", "mijn dossier graag", "gebeld, geen gehoor", "olga: notitie"):
        assert said in text


def test_support_is_offered_what_support_may_do(at_work: DeskAtWork, olga: Staff) -> None:
    ticket = at_work.open()

    offered = actions(Staff(at_work, "sam").press("card", ticket.reference))

    assert {"claim", "note", "send", "escalate"} <= offered
    assert not {"close", "extend", "confirm_identity", "purge"} & offered
    assert "close" in actions(olga.press("card", ticket.reference))


def test_who_is_not_staff_gets_a_kind_refusal(at_work: DeskAtWork, olga: Staff) -> None:
    ticket = at_work.open()

    for name in ("queue", "details", "claim", "close"):
        reply = Staff(at_work, "anna").press(name, ticket.reference)
        assert reply.kind is Kind.ERROR
        assert ticket.reference not in plain_text(reply)


def test_nobody_looks_into_or_acts_on_their_own_ticket(at_work: DeskAtWork, olga: Staff) -> None:
    mine = at_work.open(
        requester=Person("slack", "staff", "olga"),
        actor=Actor(Person("slack", "staff", "olga"), Role.REQUESTER),
    )

    assert olga.press("details", mine.reference).kind is Kind.ERROR
    assert olga.press("claim", mine.reference).kind is Kind.ERROR
    assert actions(olga.press("card", mine.reference)) == set()


def test_a_form_comes_back_with_what_is_wrong_and_what_was_typed(
    olga: Staff, at_work: DeskAtWork
) -> None:
    ticket = at_work.open()

    reply = olga.press("close", ticket.reference, outcome="refused", recipients_reason="nvt")

    (form,) = (block for block in reply.blocks if isinstance(block, Form))
    by_name = {field.name: field for field in form.fields}
    assert by_name["reason"].problem
    assert by_name["outcome"].value == "refused"
    assert by_name["recipients_reason"].value == "nvt"


def test_a_message_is_shown_before_it_is_sent(olga: Staff, at_work: DeskAtWork) -> None:
    ticket = at_work.open()

    preview = olga.press("send", ticket.reference, text="Dag Anna, bijna klaar.")

    assert "Zo leest de aanvrager het:" in plain_text(preview)
    with at_work.house.database.reading() as handle:
        history = at_work.house.desk.store_of(handle).events(ticket.reference)
    assert [event.action for event in history] == ["open"]
    olga.press("send", ticket.reference, text="Dag Anna, bijna klaar.", seen="yes")
    with at_work.house.database.reading() as handle:
        history = at_work.house.desk.store_of(handle).events(ticket.reference)
    assert "send" in [event.action for event in history]


def test_who_comes_second_is_told_that_the_ticket_has_changed(
    olga: Staff, at_work: DeskAtWork
) -> None:
    ticket = at_work.open()
    olga.press_old("claim", ticket.reference, 1)

    reply = Staff(at_work, "sam").press_old("escalate", ticket.reference, 1, reason="lastig")

    assert "intussen veranderd" in plain_text(reply)


def test_a_letter_is_recorded_with_its_own_day_of_receipt(olga: Staff) -> None:
    letter = {"type": "access", "channel": "letter", "language": "nl", "received_on": "2026-01-31"}

    reply = olga.press("open", "", **letter, name="Piet")

    assert "2 maart 2026" in plain_text(reply)
    future = olga.press("open", "", **(letter | {"received_on": "2026-12-31"}))
    assert "kan niet kloppen" in plain_text(future)


def test_a_citizen_service_number_in_a_form_is_masked(olga: Staff, at_work: DeskAtWork) -> None:
    ticket = at_work.open()

    olga.press("note", ticket.reference, text="bsn 123456782")

    assert "123456782" not in plain_text(olga.press("details", ticket.reference))
