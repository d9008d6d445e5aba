"""What the actions of the desk do, over a real SQLite file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import DeskRefusal
from bot.messages import RequestType, TicketKind, plain_text
from bot.tickets.model import Actor, Command, Person, Result, Role, State
from tests.tickets.conftest import ANNA, OFFICER, REQUESTER, SUPPORT, DeskAtWork

CLOSING = {
    "outcome": "granted",
    "identity_method": "call_back",
    "handed_over": "post",
    "handed_over_on": "2026-11-24",
    "recipients": "processors",
}


def test_a_claim_is_taken_once(at_work: DeskAtWork) -> None:
    ticket = at_work.open()
    at_work.perform(ticket, "claim", SUPPORT)

    with pytest.raises(DeskRefusal, match="claimed"):
        at_work.perform(ticket, "claim", OFFICER)
    assert at_work.perform(ticket, "claim", SUPPORT).ticket.claimed_by == SUPPORT.person


def test_support_cannot_release_what_a_colleague_claimed(at_work: DeskAtWork) -> None:
    ticket = at_work.open()
    at_work.perform(ticket, "claim", OFFICER)

    with pytest.raises(DeskRefusal, match="claimed"):
        at_work.perform(ticket, "release", SUPPORT)


def test_an_action_on_an_older_version_is_refused(at_work: DeskAtWork) -> None:
    ticket = at_work.open()
    at_work.perform(ticket, "claim")
    late = Command("note", OFFICER, at_work.clock(), ticket.reference, {"text": "x"}, 1)

    with (
        pytest.raises(DeskRefusal, match="changed"),
        at_work.house.database.transaction() as handle,
    ):
        at_work.house.desk.perform(handle, late)


@pytest.mark.parametrize(
    ("request_type", "without", "reason"),
    [
        (RequestType.ACCESS, "identity_method", "needs_identity"),
        (RequestType.ACCESS, "handed_over", "needs_handing_over"),
        (RequestType.PORTABILITY, "handed_over_on", "needs_handing_over"),
        (RequestType.ERASURE, "recipients", "needs_recipients"),
        (RequestType.RECTIFICATION, "recipients", "needs_recipients"),
        (RequestType.RESTRICTION, "recipients", "needs_recipients"),
        (RequestType.ACCESS, "outcome", "missing"),
    ],
)
def test_closing_needs_what_the_law_asks_for(
    at_work: DeskAtWork, request_type: RequestType, without: str, reason: str
) -> None:
    ticket = at_work.open(type=request_type)
    values = {name: value for name, value in CLOSING.items() if name != without}

    with pytest.raises(DeskRefusal) as refusal:
        at_work.perform(ticket, "close", OFFICER, **values)

    assert (refusal.value.reason, refusal.value.field) == (reason, without)
    assert at_work.perform(ticket, "close", OFFICER, **CLOSING).ticket.state is State.CLOSED


@pytest.mark.parametrize("outcome", ["refused", "partly_granted", "withdrawn"])
def test_what_is_not_fully_carried_out_needs_a_reason(at_work: DeskAtWork, outcome: str) -> None:
    ticket = at_work.open()

    with pytest.raises(DeskRefusal, match="needs_reason"):
        at_work.perform(ticket, "close", OFFICER, **(CLOSING | {"outcome": outcome}))


def test_recipients_may_be_left_out_with_a_reason(at_work: DeskAtWork) -> None:
    ticket = at_work.open(type=RequestType.ERASURE)
    values = {name: value for name, value in CLOSING.items() if name != "recipients"}

    closed = at_work.perform(ticket, "close", OFFICER, **values, recipients_reason="niet verstrekt")

    assert closed.ticket.result is Result.GRANTED


def test_acting_for_another_needs_a_mandate(at_work: DeskAtWork) -> None:
    ticket = at_work.open(details={"on_behalf": "mijn moeder"})

    with pytest.raises(DeskRefusal, match="needs_mandate"):
        at_work.perform(ticket, "close", OFFICER, **CLOSING)


def test_forwarding_waits_for_the_choice_of_the_person(at_work: DeskAtWork) -> None:
    own, chosen = at_work.open(), at_work.open(to_forward=True)

    with pytest.raises(DeskRefusal, match="not_chosen"):
        at_work.perform(own, "forward", to="Voorbeeld BV")
    forwarding = at_work.perform(chosen, "forward", to="Voorbeeld BV").ticket
    assert forwarding.state is State.FORWARDING
    with pytest.raises(DeskRefusal, match="not_forwarding"):
        at_work.perform(chosen, "close", OFFICER, **CLOSING)
    assert at_work.perform(chosen, "close", outcome="forwarded").ticket.result is Result.FORWARDED


def test_escalation_goes_from_support_to_officer_to_controller(at_work: DeskAtWork) -> None:
    ticket = at_work.open()
    at_work.perform(ticket, "escalate", SUPPORT, reason="lastig")

    with pytest.raises(DeskRefusal, match="with_officer"):
        at_work.perform(ticket, "escalate", SUPPORT, reason="nog eens")
    at_work.perform(ticket, "escalate", OFFICER, reason="klantorganisatie")
    with pytest.raises(DeskRefusal, match="highest_level"):
        at_work.perform(ticket, "escalate", OFFICER, reason="verder")


def test_a_question_stops_the_clock_until_it_is_answered(at_work: DeskAtWork) -> None:
    at_work.clock.now = datetime(2026, 11, 2, 11, tzinfo=UTC)
    ticket = at_work.open()
    at_work.clock.now += timedelta(days=2)
    at_work.perform(ticket, "ask_clarification", SUPPORT, text="Welke periode?")
    at_work.clock.now += timedelta(days=7)

    answered = at_work.perform(ticket, "add", REQUESTER, text="Vorig jaar").ticket

    due = at_work.house.front_desk.describer.due(answered)
    assert answered.state is State.IN_PROGRESS
    assert (str(due.legal), str(due.without_pause)) == ("2026-12-09", "2026-12-02")
    assert str(answered.due_on) == "2026-12-02"


def test_an_extension_is_possible_once_and_within_the_month(at_work: DeskAtWork) -> None:
    ticket, late = at_work.open(), at_work.open()
    at_work.perform(ticket, "extend", reason="veel verzoeken")

    with pytest.raises(DeskRefusal, match="extended_before"):
        at_work.perform(ticket, "extend", reason="nog eens")
    at_work.clock.now = datetime(2026, 12, 25, 9, tzinfo=UTC)
    with pytest.raises(DeskRefusal, match="month_over"):
        at_work.perform(late, "extend", reason="te laat")


def test_who_is_told_of_an_extension_reads_the_date_that_it_brings(at_work: DeskAtWork) -> None:
    ticket = at_work.open()
    outcome = at_work.perform(ticket, "extend", reason="veel verzoeken")
    notice = next(notice for notice in outcome.notices if notice.kind == "extended")

    said = plain_text(at_work.house.notices.render(notice, [outcome.ticket]))

    assert "24 februari 2027" in said
    assert "uiterlijk op 24 december" not in said


def test_a_letter_about_an_extension_counts_from_the_day_it_was_sent(at_work: DeskAtWork) -> None:
    ticket = at_work.open(conversation=None)
    at_work.perform(ticket, "extend", reason="veel verzoeken")
    at_work.clock.now += timedelta(days=40)

    with pytest.raises(DeskRefusal, match="month_over"):
        at_work.perform(ticket, "record_sent", sent_on="2026-12-28")
    granted = at_work.perform(ticket, "record_sent", sent_on="2026-11-26").ticket
    assert str(granted.due_on) == "2027-02-24"


def test_receipt_moves_only_earlier(at_work: DeskAtWork) -> None:
    ticket = at_work.open()

    with pytest.raises(DeskRefusal, match="not_earlier"):
        at_work.perform(ticket, "correct_received", received_on="2026-11-25", reason="post")
    earlier = at_work.perform(ticket, "correct_received", received_on="2026-11-20", reason="post")
    assert str(earlier.ticket.due_on) == "2026-12-21"


def test_a_closed_ticket_is_reopened_once(at_work: DeskAtWork) -> None:
    ticket = at_work.open()
    at_work.perform(ticket, "close", outcome="no_data")
    at_work.perform(ticket, "reopen", reason="toch gevonden")
    at_work.perform(ticket, "close", outcome="no_data")

    with pytest.raises(DeskRefusal, match="reopened_before"):
        at_work.perform(ticket, "reopen", reason="weer")


def test_a_hold_keeps_a_ticket_from_being_purged(at_work: DeskAtWork) -> None:
    ticket = at_work.open()
    at_work.perform(ticket, "close", outcome="no_data")
    at_work.perform(ticket, "hold", until="on", reason="rechtszaak")

    with pytest.raises(DeskRefusal, match="on_hold"):
        at_work.perform(ticket, "purge")
    at_work.perform(ticket, "hold", until="off", reason="afgelopen")
    at_work.perform(ticket, "purge")
    assert at_work.get(ticket) is None


def test_many_tickets_in_an_hour_are_grouped_and_none_is_refused(at_work: DeskAtWork) -> None:
    opened = [at_work.open() for _ in range(8)]

    assert [bool(ticket.grouped_under) for ticket in opened] == [False] * 5 + [True] * 3
    at_work.clock.now += timedelta(hours=2)
    assert at_work.open().grouped_under == ""


def test_a_citizen_service_number_in_a_note_is_never_kept(at_work: DeskAtWork) -> None:
    ticket = at_work.open(words="mijn bsn is 123456782", name="bsn 249566758")
    at_work.perform(ticket, "note", text="bsn 123456782 genoemd")

    with at_work.house.database.reading() as handle:
        everything = "\n".join(handle.conn.iterdump())
    assert "123456782" not in everything
    assert "249566758" not in everything


def test_the_day_of_receipt_is_never_later_than_the_opening(at_work: DeskAtWork) -> None:
    tomorrow = at_work.clock() + timedelta(days=1)

    assert at_work.open(received_at=tomorrow).received_at == at_work.clock()


def test_an_incident_is_told_to_the_officers_and_has_no_month(at_work: DeskAtWork) -> None:
    ticket = at_work.open(kind=TicketKind.INCIDENT, type=None)

    with pytest.raises(DeskRefusal, match="wrong_kind"):
        at_work.perform(ticket, "extend", reason="x")


def test_own_tickets_are_those_of_exactly_this_person(at_work: DeskAtWork) -> None:
    mine = at_work.open()
    for person in (
        Person("slack", "local", "anna"),
        Person("web", "elsewhere", "anna"),
        Person("web", "local", "Anna"),
    ):
        at_work.open(requester=person, actor=Actor(person, Role.REQUESTER))

    with at_work.house.database.reading() as handle:
        own = at_work.house.desk.own_tickets(handle, ANNA)
    assert [ticket.reference for ticket in own] == [mine.reference]
