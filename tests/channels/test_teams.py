"""Teams end to end: activities with true tokens over HTTP, against a strict connector."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.serving import Service
from tests.channels.conftest import desk_at_work, with_teams
from tests.channels.fake_teams import HALL, TRIAGE, FakeTeams, said_in
from tests.channels.slack_story import until
from tests.channels.teams_people import Client
from tests.channels.teams_story import (
    ANNA,
    GUS,
    JAN,
    NEMO,
    OLGA,
    SAM,
    file_request,
    form_of,
    own,
    said,
)


@pytest.fixture
async def service(tmp_path: Path, teams: FakeTeams) -> AsyncIterator[Service]:
    async with desk_at_work(tmp_path, **with_teams(teams)) as running:
        yield running


async def test_a_question_in_a_chat_is_answered_with_its_source(
    client: Client, teams: FakeTeams
) -> None:
    assert await client.say(ANNA, "hoe lang bewaren jullie cookies?") == 200

    text = await said(teams, "a:anna", "één jaar")
    assert "Bron: privacyverklaring" in text


async def test_a_follow_up_and_a_choice_by_button_are_understood(
    client: Client, teams: FakeTeams
) -> None:
    await client.say(ANNA, "sleutelhouders")
    await said(teams, "a:anna", "Wat wilt u weten")
    await client.press(ANNA, "a:anna", "Hoe lang ze bewaard worden")
    await said(teams, "a:anna", "tot het einde van de dienstverlening")
    await client.say(ANNA, "en voor cookies?")
    await said(teams, "a:anna", "één jaar")


@pytest.mark.parametrize("conversation", [HALL, "19:group"])
async def test_a_mention_is_answered_in_its_thread_without_the_mention_itself(
    client: Client, teams: FakeTeams, conversation: str
) -> None:
    activity = await client.mention(ANNA, "hoe lang bewaren jullie cookies?", conversation)

    await said(teams, conversation, "één jaar")
    (answer,) = teams.messages[conversation].values()
    assert answer["thread"] == (activity["id"] if conversation == HALL else "")


async def test_a_request_in_a_channel_goes_on_in_private_and_its_draft_waits(
    client: Client, teams: FakeTeams, service: Service
) -> None:
    await client.mention(ANNA, "gooi al mijn gegevens weg")

    public = await said(teams, HALL, "privé")
    assert "verwijder" not in public.lower()
    (answer,) = teams.messages[HALL].values()
    assert "teams.microsoft.com/l/chat" in str(answer)
    await said(teams, "a:anna", "Dit dien ik voor u in")
    await client.say(ANNA, "ja")
    await said(teams, "a:anna", "is ingediend")
    assert len(own(service)) == 1


async def test_somebody_is_welcomed_once(client: Client, teams: FakeTeams) -> None:
    for kind in ("installationUpdate", "conversationUpdate") * 2:
        more: dict[str, Any] = {"type": kind}
        more |= (
            {"action": "add"}
            if kind == "installationUpdate"
            else {"membersAdded": [{"id": "28:x"}]}
        )
        await client.send(client.activity(JAN, **more))

    await said(teams, "a:jan", "privacy")
    await client.say(JAN, "how long do you keep cookies?")
    await said(teams, "a:jan", "one year")
    assert len(teams.texts("a:jan")) == 2
    assert "Make a request" in teams.texts("a:jan")[0]


async def test_a_whole_request_from_demand_to_closing(
    client: Client, teams: FakeTeams, service: Service
) -> None:
    ticket = await file_request(client, teams, service)
    (card,) = teams.texts(TRIAGE)
    assert ticket.reference in card
    assert ANNA not in card

    await client.press(SAM, TRIAGE, "Oppakken")
    await until(lambda: SAM in teams.texts(TRIAGE)[0] or None)
    opened = await form_of(client, SAM, "Iets navragen")
    status, done = await client.submit(SAM, opened, {"text": "Om welke dienst gaat het?"})
    assert (status, done) == (200, "")
    await said(teams, "a:anna", "Om welke dienst gaat het?")
    assert not any(SAM in text for text in teams.texts("a:anna"))

    opened = await form_of(client, OLGA, "Sluiten")
    _, wrong = await client.submit(OLGA, opened, {"outcome": "refused"})
    assert "reden" in said_in({"attachments": [wrong["task"]["value"]["card"]]})
    how = {"identity_method": "known_contact", "recipients": "processors", "reason": "Te laat."}
    await client.submit(OLGA, wrong, {"outcome": "refused", **how})
    text = await said(teams, "a:anna", "Te laat.")
    assert "Autoriteit Persoonsgegevens" in text
    assert not own(service)[0].is_open


async def test_a_message_is_previewed_before_it_is_sent(
    client: Client, teams: FakeTeams, service: Service
) -> None:
    await file_request(client, teams, service)
    opened = await form_of(client, SAM, "Bericht sturen")
    _, preview = await client.submit(SAM, opened, {"text": "We zijn bijna klaar."})

    shown = said_in({"attachments": [preview["task"]["value"]["card"]]})
    assert "We zijn bijna klaar." in shown
    assert not any("We zijn bijna klaar." in text for text in teams.texts("a:anna"))
    await client.submit(SAM, preview, {})
    await said(teams, "a:anna", "We zijn bijna klaar.")


async def test_a_requester_files_by_form_sees_the_status_and_withdraws(
    client: Client, teams: FakeTeams, service: Service
) -> None:
    await client.say(ANNA, "help")
    await said(teams, "a:anna", "Een verzoek doen")
    _, opened = await client.press(ANNA, "a:anna", "Een verzoek doen")
    _, wrong = await client.submit(ANNA, opened, {"types": ""})
    assert wrong["task"]["type"] == "continue"
    _, done = await client.submit(ANNA, wrong, {"types": "access", "words": "Alles, graag."})
    assert done["task"]["type"] == "message"
    (ticket,) = own(service)
    assert ticket.reference in done["task"]["value"]

    await client.say(ANNA, "hoe staat het met mijn verzoek?")
    await said(teams, "a:anna", "Uw verzoek")
    await client.say(ANNA, f"trek {ticket.reference} in")
    text = await said(teams, "a:anna", "Weet u het zeker?")
    assert "Een verzoek doen" not in text
    await client.press(ANNA, "a:anna", "Intrekken")
    await until(lambda: not own(service)[0].is_open or None)


@pytest.mark.parametrize("who", [ANNA, GUS, JAN])
async def test_whoever_is_not_staff_may_do_nothing_in_the_staff_channel(
    client: Client, teams: FakeTeams, service: Service, who: str
) -> None:
    await file_request(client, teams, service)

    status, opened = await client.press(who, TRIAGE, "Bericht sturen")

    assert status == 200
    assert opened["task"]["type"] == "message"
    assert "privacyteam" in opened["task"]["value"]
    await client.press(who, TRIAGE, "Oppakken")
    await until(lambda: len(teams.texts(TRIAGE)) == 2)
    assert opened["task"]["value"] in teams.texts(TRIAGE)[-1]
    assert own(service)[0].claimed_by is None


async def test_support_records_a_message_and_its_author_is_told(
    client: Client, teams: FakeTeams, service: Service
) -> None:
    payload = {
        "id": "77",
        "createdDateTime": "2026-03-02T09:00:00Z",
        "from": {"user": {"id": ANNA, "displayName": "Anna"}},
        "body": {"contentType": "html", "content": "<p>Kunnen jullie <b>alles</b> wissen?</p>"},
    }
    value = {"commandId": "privacy_request", "messagePayload": payload}
    _, opened = await client.invoke(SAM, "composeExtension/fetchTask", value, HALL)
    assert "Kunnen jullie alles wissen?" in said_in(
        {"attachments": [opened["task"]["value"]["card"]]}
    )
    assert "'text': '…'" not in str(opened)
    filled = {"type": "erasure", "language": "nl", "text": "Alles wissen."}
    _, done = await client.submit(SAM, opened, filled, "composeExtension/submitAction")

    assert done["task"]["type"] == "message"
    await said(teams, "a:anna", "Klopt het niet, trek het dan in")
    (ticket,) = own(service)
    assert ticket.unconfirmed
    assert ticket.received_at.isoformat() == "2026-03-02T09:00:00+00:00"


async def test_who_is_not_known_gets_an_answer_but_cannot_file(
    client: Client, teams: FakeTeams
) -> None:
    await client.say(NEMO, "hoe lang bewaren jullie cookies?")
    await said(teams, "a:nemo", "één jaar")
    await client.say(NEMO, "gooi alles van mij weg")
    await said(teams, "a:nemo", "ik kan niet zien wie u bent")


async def test_a_person_of_another_tenant_asks_and_files_in_english(
    client: Client, teams: FakeTeams, service: Service
) -> None:
    await client.say(JAN, "I want a copy of all my data")
    await said(teams, "a:jan", "request for access")
    await client.say(JAN, "yes")
    await said(teams, "a:jan", "has been filed")
    (ticket,) = own(service, JAN, "other-tenant")
    assert ticket.requester.tenant_id == "other-tenant"


async def test_a_step_of_a_request_shows_what_was_chosen_and_loses_its_buttons(
    client: Client, teams: FakeTeams
) -> None:
    await client.say(ANNA, "gooi alles van mij weg")
    await said(teams, "a:anna", "Dit dien ik voor u in")
    await client.press(ANNA, "a:anna", "Ja, indienen")

    await until(lambda: "✓ Ja, indienen" in teams.texts("a:anna")[0] or None)
    assert "Annuleren" not in teams.texts("a:anna")[0]
    await said(teams, "a:anna", "is ingediend")


async def test_whoever_types_a_citizen_service_number_is_told_that_it_was_masked(
    client: Client, teams: FakeTeams
) -> None:
    await client.say(ANNA, "mijn bsn is 111222333, hoe lang bewaren jullie dat?")

    text = await said(teams, "a:anna", "onleesbaar gemaakt")
    assert "111222333" not in text


async def test_a_file_is_refused_unseen(client: Client, teams: FakeTeams) -> None:
    file = {"contentType": "application/vnd.microsoft.teams.file.download.info", "name": "id.png"}
    await client.say(ANNA, "", attachments=[file])
    await said(teams, "a:anna", "bestand")
