"""Slack end to end: the running service, signed requests over HTTP, and a strict fake workspace."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.config import Settings
from bot.serving import Service
from bot.tickets.model import Person
from tests.channels.fake_slack import APP_TOKEN, TEAM, TOKEN, TRIAGE, FakeSlack
from tests.channels.slack_signer import Signer
from tests.channels.slack_story import (
    ANNA,
    OLGA,
    PIET,
    SAM,
    file_request,
    form_of,
    free_port,
    own,
    said,
    until,
)


async def test_a_question_in_a_direct_message_is_answered_with_its_source(
    signer: Signer, slack: FakeSlack
) -> None:
    assert await signer.say(ANNA, "hoe lang bewaren jullie gespreksopnames?") == 200

    text = await said(slack, "D0ANNA", "90 dagen")
    assert "Bron: privacyverklaring" in text


async def test_a_follow_up_and_a_choice_by_button_are_understood(
    signer: Signer, slack: FakeSlack
) -> None:
    await signer.say(ANNA, "sleutelhouders")
    await said(slack, "D0ANNA", "Wat wilt u weten")
    await signer.press_labelled(ANNA, "D0ANNA", "Hoe lang ze bewaard worden")
    await said(slack, "D0ANNA", "tot het einde van de dienstverlening")
    await signer.say(ANNA, "en voor cookies?")
    await said(slack, "D0ANNA", "één jaar")


async def test_a_mention_is_answered_in_its_thread_and_only_once(
    signer: Signer, slack: FakeSlack
) -> None:
    event = signer.message(ANNA, "<@U0BOT> hoe lang bewaren jullie cookies?", channel="C0HALL")
    for kind in ("app_mention", "message"):
        body = signer.event({**event, "type": kind, "channel_type": "channel"})
        assert (await signer.post(json.dumps(body).encode()))[0] == 200

    await said(slack, "C0HALL", "één jaar")
    await asyncio.sleep(0.5)
    assert len(slack.texts("C0HALL")) == 1
    (message,) = slack.messages["C0HALL"].values()
    assert message["thread_ts"] == event["ts"]


async def test_a_request_in_a_channel_goes_on_in_private(
    signer: Signer, slack: FakeSlack, service: Service
) -> None:
    await signer.mention(ANNA, "ik wil inzage in mijn gegevens")

    public = await said(slack, "C0HALL", "privébericht")
    assert "inzage" not in public
    await said(slack, "D0ANNA", "verzoek om inzage")
    await signer.say(ANNA, "ja")
    await said(slack, "D0ANNA", "is ingediend")
    assert own(service)[0].type == "access"


async def test_the_command_answers_only_the_one_who_asks(signer: Signer, slack: FakeSlack) -> None:
    status, answer = await signer.command(ANNA, "wie is verantwoordelijk voor cookies?")

    assert status == 200
    assert answer is not None
    assert answer["response_type"] == "ephemeral"
    assert "MixedBytes" in answer["text"]
    assert slack.texts("C0HALL") == []


async def test_a_whole_request_from_demand_to_closing(
    signer: Signer, slack: FakeSlack, service: Service
) -> None:
    ticket = await file_request(signer, slack, service)
    assert ticket.requester == Person("slack", TEAM, ANNA)
    card = slack.texts(TRIAGE)[0]
    assert ticket.reference in card
    assert "gooi alles" not in card

    await signer.press_labelled(SAM, TRIAGE, "Oppakken")
    await until(lambda: SAM in slack.texts(TRIAGE)[0])
    view = await form_of(signer, slack, SAM, "Iets navragen")
    await signer.submit(SAM, view, {"text": "Om welke dienst gaat het?"})
    await said(slack, "D0ANNA", "Om welke dienst gaat het?")
    assert not any(SAM in text for text in slack.texts("D0ANNA"))

    view = await form_of(signer, slack, OLGA, "Sluiten")
    _, wrong = await signer.submit(OLGA, view, {"outcome": "refused"})
    assert wrong is not None
    assert wrong["response_action"] == "errors"
    assert "reason" in wrong["errors"]
    _, cleared = await signer.submit(
        OLGA, view, {"outcome": "refused", "reason": "wettelijke plicht"}
    )
    assert cleared == {"response_action": "clear"}
    await said(slack, "D0ANNA", "wettelijke plicht")
    await said(slack, "D0ANNA", "AVG art. 12 lid 4")
    assert len([m for m in slack.messages[TRIAGE].values() if not m["thread_ts"]]) == 1


async def test_a_message_is_previewed_before_it_is_sent(
    signer: Signer, slack: FakeSlack, service: Service
) -> None:
    await file_request(signer, slack, service)
    view = await form_of(signer, slack, SAM, "Bericht sturen")

    _, preview = await signer.submit(SAM, view, {"text": "We zijn bijna klaar."})
    assert preview is not None
    assert preview["response_action"] == "update"
    assert not any("bijna klaar" in text for text in slack.texts("D0ANNA"))
    await signer.submit(SAM, view, {"text": "We zijn bijna klaar."})
    await said(slack, "D0ANNA", "We zijn bijna klaar.")


async def test_support_may_not_close_and_a_stranger_may_do_nothing(
    signer: Signer, slack: FakeSlack, service: Service
) -> None:
    ticket = await file_request(signer, slack, service)
    slack.users[PIET] = {"is_stranger": True}
    value = json.dumps({"ticket": ticket.reference, "version": 1, "form": False})

    await signer.press(SAM, TRIAGE, "desk:close", value)
    await until(lambda: slack.ephemeral)
    for user in (PIET, ANNA):
        await signer.press(user, TRIAGE, "desk:claim", value)
        await said(slack, f"D{user[1:]}", "Dit is voor het privacyteam")

    assert own(service)[0].claimed_by is None
    assert own(service)[0].is_open


async def test_a_guest_in_the_triage_channel_is_no_staff(
    signer: Signer, slack: FakeSlack, service: Service
) -> None:
    ticket = await file_request(signer, slack, service)
    slack.members.add(PIET)
    slack.users[PIET] = {"is_restricted": True}

    value = json.dumps({"ticket": ticket.reference, "version": 1, "form": False})
    await signer.press(PIET, TRIAGE, "desk:claim", value)

    await until(lambda: slack.ephemeral)
    assert own(service)[0].claimed_by is None


async def test_home_shows_my_requests_and_opens_the_form(
    signer: Signer, slack: FakeSlack, service: Service
) -> None:
    event = {"type": "app_home_opened", "user": ANNA, "tab": "home", "event_ts": "1.1"}
    await signer.post(json.dumps(signer.event(event)).encode())
    await until(lambda: ANNA in slack.homes)

    await signer.press_in_view(ANNA, slack.homes[ANNA], "Een verzoek doen")
    view = await until(lambda: next(iter(slack.views), None))
    _, wrong = await signer.submit(ANNA, view, {})
    assert wrong is not None
    assert wrong["response_action"] == "errors"
    await signer.submit(ANNA, view, {"types": "access,erasure"})

    assert {ticket.type for ticket in own(service)} == {"access", "erasure"}


async def test_a_file_is_refused_unseen(signer: Signer, slack: FakeSlack) -> None:
    await signer.say(ANNA, "mijn paspoort", subtype="file_share", files=[{"id": "F1"}])

    await said(slack, "D0ANNA", "Bestanden neem ik hier niet aan")


async def test_what_somebody_typed_cannot_become_markup(
    signer: Signer, slack: FakeSlack, service: Service
) -> None:
    await signer.say(ANNA, "mijn naam is fout, pas dat aan")
    await said(slack, "D0ANNA", "Wat staat er nu verkeerd")
    await signer.say(ANNA, "het is &lt;!channel&gt; en moet *Jan* zijn")
    text = await said(slack, "D0ANNA", "Te corrigeren")

    assert "<!channel>" not in text


async def test_by_socket_mode_the_same_question_is_kept_then_acknowledged_and_answered(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with TestServer(slack.app()) as server, ClientSession() as session:
        slack.socket_address = str(server.make_url("/socket")).replace("http", "ws")
        settings = Settings(
            database=tmp_path / "desk.sqlite",
            chain_key_file=tmp_path / "chain.key",
            PORT=free_port(),
            slack_bot_token=SecretStr(TOKEN),
            slack_app_token=SecretStr(APP_TOKEN),
            slack_triage_channel=TRIAGE,
            slack_api=str(server.make_url("/api/")),
        )
        ready, stopping = asyncio.Event(), asyncio.Event()
        service = Service(settings, lambda _: ready.set())
        working = asyncio.create_task(service.serve(stopping))
        await asyncio.wait_for(ready.wait(), 20)
        signer = Signer(session, "", slack)
        payload = signer.event(signer.message(ANNA, "hoe lang bewaren jullie cookies?"))
        for number in range(2):
            await slack.envelopes.put(
                {"type": "events_api", "envelope_id": f"e{number}", "payload": payload}
            )

        await said(slack, "D0ANNA", "één jaar")
        await until(lambda: set(slack.acknowledged) == {"e0", "e1"})
        await asyncio.sleep(0.3)
        assert len(slack.texts("D0ANNA")) == 1
        stopping.set()
        await working
