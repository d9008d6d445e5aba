"""The record of events: whole, or broken at the event that was touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tickets.chain import verify
from bot.tickets.reference import new_reference, references_in
from tests.tickets.conftest import DeskAtWork


def history(at_work: DeskAtWork) -> None:
    ticket = at_work.open()
    at_work.perform(ticket, "claim")
    at_work.perform(ticket, "note", text="gebeld")
    at_work.perform(ticket, "close", outcome="no_data")


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE events SET payload = '{}' WHERE number = 3",
        "UPDATE events SET actor = '{}' WHERE number = 3",
        "UPDATE events SET action = 'claim' WHERE number = 3",
        "UPDATE events SET at = '2020-01-01T00:00:00+00:00' WHERE number = 3",
        "UPDATE events SET state_after = 'closed' WHERE number = 3",
        "DELETE FROM events WHERE number = 3",
    ],
)
def test_an_event_that_was_touched_breaks_the_chain(at_work: DeskAtWork, tampering: str) -> None:
    history(at_work)
    desk, database = at_work.house.desk, at_work.house.database
    with database.reading() as handle:
        assert desk.verify(handle).broken_at is None
    with database.transaction() as handle:
        handle.execute(tampering)

    with database.reading() as handle:
        assert desk.verify(handle).broken_at in {3, 4}


def test_another_key_does_not_verify(at_work: DeskAtWork) -> None:
    history(at_work)

    with at_work.house.database.reading() as handle:
        found = verify(
            b"another key of thirty-two bytes!", at_work.house.desk.store_of(handle).chain()
        )
    assert found.broken_at == 1


def test_a_purged_event_says_so_and_the_chain_holds(at_work: DeskAtWork) -> None:
    ticket = at_work.open()
    at_work.perform(ticket, "close", outcome="no_data")
    at_work.open()
    at_work.perform(ticket, "purge")

    with at_work.house.database.reading() as handle:
        found = at_work.house.desk.verify(handle)
    assert found.broken_at is None
    assert found.purged == found.events - 1  # the other ticket's event is whole


REFERENCES = st.builds(new_reference)


@given(REFERENCES)
def test_a_reference_is_found_in_a_sentence_however_it_is_typed(reference: str) -> None:
    bare = reference.replace("-", " ").lower()

    assert references_in(f"hoe staat het met {bare}?") == (reference,)


@given(REFERENCES, st.integers(3, 10), st.sampled_from("23456789ACDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_character_is_noticed(reference: str, place: int, other: str) -> None:
    place += place >= 7  # the dash
    if reference[place] == other:
        return

    assert references_in(f"{reference[:place]}{other}{reference[place + 1 :]}") == ()
