"""Slack's stories of staff, and what goes wrong between Slack and us."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime

import pytest
from aiohttp import web

from bot.serving import Service
from bot.tickets.model import Announcement
from tests.channels.fake_slack import TRIAGE, FakeSlack
from tests.channels.slack_signer import Signer
from tests.channels.slack_story import (
    ANNA,
    OLGA,
    PIET,
    SAM,
    file_request,
    form_of,
    open_form,
    own,
    said,
    until,
)

HALL = "C0HALL"


class TestOnBehalf:
    async def test_support_records_a_message_and_its_author_is_told_and_may_withdraw(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        message = signer.message(ANNA, "Kunnen jullie al mijn gegevens wissen?", channel=HALL)

        await signer.shortcut(SAM, message, HALL)
        view = await open_form(slack)
        _, done = await signer.submit(
            SAM, view, {"type": "erasure", "language": "nl", "text": "Mijn gegevens wissen."}
        )

        assert done is not None
        assert done["response_action"] == "update"
        told = await said(slack, "D0ANNA", "Klopt het niet, trek het dan in")
        assert SAM not in told
        (ticket,) = own(service)
        assert ticket.unconfirmed
        assert ticket.words == "Mijn gegevens wissen."
        assert ticket.received_at == datetime.fromtimestamp(float(message["ts"]), UTC)
        await until(lambda: slack.texts(TRIAGE))
        await signer.press_labelled(ANNA, "D0ANNA", "Intrekken")
        await said(slack, "D0ANNA", "Weet u het zeker?")
        await signer.press_labelled(ANNA, "D0ANNA", "Intrekken")
        await until(lambda: not own(service)[0].is_open or None)

    async def test_one_message_makes_one_ticket(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        message = signer.message(ANNA, "Wis alles", channel=HALL)
        for _ in range(2):
            slack.views.clear()
            await signer.shortcut(SAM, message, HALL)
            view = await open_form(slack)
            _, done = await signer.submit(
                SAM, view, {"type": "erasure", "language": "nl", "text": "Wis alles"}
            )

        assert "al een ticket" in json.dumps(done)
        assert len(own(service)) == 1

    @pytest.mark.parametrize(
        ("who", "author", "words"),
        [
            (PIET, {"user": ANNA}, "voor het privacyteam"),
            (SAM, {"user": SAM}, "een collega"),
            (SAM, {"bot_id": "B1"}, "niet van een persoon"),
        ],
    )
    async def test_who_may_not_reads_why(
        self, signer: Signer, slack: FakeSlack, who: str, author: dict[str, str], words: str
    ) -> None:
        message = signer.message(ANNA, "Wis alles", channel=HALL) | author

        await signer.shortcut(who, message, HALL)

        await until(lambda: words in json.dumps(slack.views, ensure_ascii=False) or None)

    async def test_a_citizen_service_number_is_masked_before_it_is_shown(
        self, signer: Signer, slack: FakeSlack
    ) -> None:
        message = signer.message(ANNA, "Wis alles, mijn BSN is 111222333", channel=HALL)

        await signer.shortcut(SAM, message, HALL)

        view = await open_form(slack)
        assert "111222333" not in json.dumps(slack.views[view])


async def test_support_escalates_and_the_officer_extends_and_closes(
    signer: Signer, slack: FakeSlack, service: Service
) -> None:
    ticket = await file_request(signer, slack, service)
    await signer.press_labelled(SAM, TRIAGE, "Oppakken")
    await until(lambda: own(service)[0].claimed_by)

    view = await form_of(signer, slack, SAM, "Opschalen")
    await signer.submit(SAM, view, {"reason": "ingewikkeld"})
    await said(slack, TRIAGE, "Naar de privacyfunctionaris: ingewikkeld")
    view = await form_of(signer, slack, OLGA, "Verlengen")
    await signer.submit(OLGA, view, {"reason": "veel systemen"})
    await said(slack, "D0ANNA", "veel systemen")
    await until(lambda: own(service)[0].due_on != ticket.due_on or None)
    view = await form_of(signer, slack, OLGA, "Sluiten")
    how = {"identity_method": "known_contact", "recipients": "processors"}
    _, answer = await signer.submit(OLGA, view, {"outcome": "granted", **how})
    assert answer == {"response_action": "clear"}
    await said(slack, "D0ANNA", "is uitgevoerd")


async def test_a_requester_sees_the_status_and_withdraws(
    signer: Signer, slack: FakeSlack, service: Service
) -> None:
    ticket = await file_request(signer, slack, service)

    await signer.say(ANNA, "hoe staat het met mijn verzoek?")
    assert ticket.reference in await said(slack, "D0ANNA", "ontvangen")
    await signer.say(PIET, f"hoe staat het met {ticket.reference}?")
    seen = await until(lambda: slack.texts("D0PIET"))
    assert "ontvangen" not in seen[0]
    await signer.say(ANNA, "trek mijn verzoek in")
    await until(lambda: slack.texts("D0ANNA")[-1:] if len(slack.texts("D0ANNA")) > 3 else None)
    await signer.say(ANNA, "ja")
    await until(lambda: not own(service)[0].is_open or None)
    await said(slack, TRIAGE, "ingetrokken")


async def test_a_possible_breach_is_told_to_the_officers_themselves_at_once(
    signer: Signer, slack: FakeSlack
) -> None:
    await signer.say(ANNA, "jullie hebben mijn gegevens naar de verkeerde klant gemaild!")

    await said(slack, "D0ANNA", "gemeld")
    await until(lambda: slack.texts(TRIAGE))
    (told,) = await until(lambda: slack.texts("D0OLGA"))
    assert "datalek" in told.lower()
    assert ANNA not in told
    assert not slack.texts("D0SAM")


async def test_the_digest_of_the_morning_reaches_the_staff_channel(
    signer: Signer, slack: FakeSlack, service: Service
) -> None:
    ticket = await file_request(signer, slack, service)
    values = {"references": ticket.reference, "head": "abc123"}

    with service.house.database.transaction() as handle:
        notice = Announcement("digest", "staff", "", "nl", values)
        service.house.post.announce(handle, notice, None, datetime.now(UTC))
    service.wake()

    digest = await said(slack, TRIAGE, "Overzicht van vanochtend")
    assert ticket.reference in digest
    assert "abc123" in digest


class TestBetweenSlackAndUs:
    async def test_a_storm_of_rate_limits_delays_and_neither_loses_nor_doubles(
        self, signer: Signer, slack: FakeSlack
    ) -> None:
        async def limited() -> web.Response:
            return web.json_response(
                {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"}
            )

        slack.script = [limited] * 5
        people = [f"U0P{number}" for number in range(12)]
        for person in people:
            await signer.say(person, "hoe lang bewaren jullie cookies?")

        for person in people:
            await until(lambda: slack.texts(f"D{person[1:]}"), 25)  # noqa: B023
        await asyncio.sleep(0.5)
        assert [len(slack.texts(f"D{person[1:]}")) for person in people] == [1] * len(people)

    async def test_after_a_time_out_the_same_notice_keeps_its_id(
        self, signer: Signer, slack: FakeSlack
    ) -> None:
        await signer.say(ANNA, "hoi")
        await until(lambda: slack.texts("D0ANNA"))
        slack.late = [12.0]
        await signer.say(ANNA, "hoe lang bewaren jullie cookies?")

        await until(lambda: len(slack.texts("D0ANNA")) == 3 or None, 25)
        marks = [message["metadata"] for message in slack.messages["D0ANNA"].values()][1:]
        assert marks[0] == marks[1]

    async def test_a_button_is_acknowledged_at_once_however_slow_slack_is(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        await file_request(signer, slack, service)
        slack.delay = 1.0
        began = time.monotonic()

        await signer.press_labelled(SAM, TRIAGE, "Opschalen")

        assert time.monotonic() - began < 1.0
        await until(lambda: [v for v in slack.views.values() if "submit" in v], 10)

    async def test_a_revoked_token_leaves_what_was_not_told_with_the_ticket(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        ticket = await file_request(signer, slack, service)
        slack.revoked = True
        with service.house.database.transaction() as handle:
            notice = Announcement("sent", "requester", ticket.reference, "nl", {"text": "Klaar."})
            service.house.post.announce(handle, notice, ticket, datetime.now(UTC))
        service.wake()

        await until(lambda: own(service)[0].undelivered or None)

    async def test_events_out_of_order_are_each_answered_once(
        self, signer: Signer, slack: FakeSlack
    ) -> None:
        first = signer.event(signer.message(ANNA, "hoe lang bewaren jullie cookies?"))
        second = signer.event(signer.message(ANNA, "hoe lang bewaren jullie gespreksopnames?"))
        for body in (second, first, second, first):
            await signer.post(json.dumps(body).encode())

        await said(slack, "D0ANNA", "één jaar")
        await asyncio.sleep(0.5)
        assert len(slack.texts("D0ANNA")) == 2

    async def test_an_edit_and_a_deletion_after_the_answer_change_nothing(
        self, signer: Signer, slack: FakeSlack
    ) -> None:
        event = signer.message(ANNA, "hoi")
        await signer.post(json.dumps(signer.event(event)).encode())
        await until(lambda: slack.texts("D0ANNA"))
        for change in (
            {"subtype": "message_changed", "message": {**event, "text": "wis alles"}},
            {"subtype": "message_deleted", "deleted_ts": event["ts"]},
        ):
            changed = {**event, **change, "ts": f"{time.time():.6f}"}
            assert (await signer.post(json.dumps(signer.event(changed)).encode()))[0] == 200

        await asyncio.sleep(0.5)
        assert len(slack.texts("D0ANNA")) == 1

    async def test_the_locale_of_a_member_is_asked_once_a_day(
        self, signer: Signer, slack: FakeSlack
    ) -> None:
        for text in ("hoi", "hoe lang bewaren jullie cookies?", "dank je"):
            await signer.say(ANNA, text)
        await until(lambda: len(slack.texts("D0ANNA")) == 3 or None)

        asked = [given for method, given in slack.calls if method == "users.info"]
        assert asked == [{"user": ANNA, "include_locale": True}]
