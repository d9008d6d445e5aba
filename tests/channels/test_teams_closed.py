"""Whoever closed the door to us: what is forgotten, who is told, and how it goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from aiosmtpd.controller import Controller

from bot.channels.teams_activities import key_of, private_place
from bot.messages import UNKNOWN, Sender
from bot.places import Json, Places
from bot.serving import Service
from tests.channels.conftest import desk_at_work, with_teams
from tests.channels.fake_teams import TENANT, TRIAGE, FakeTeams
from tests.channels.slack_story import free_port, until
from tests.channels.teams_people import Client
from tests.channels.teams_story import (
    ANNA,
    NEMO,
    SAM,
    file_request,
    form_of,
    own,
    said,
)

COOKIES = "hoe lang bewaren jullie cookies?"


@pytest.fixture
async def service(tmp_path: Path, teams: FakeTeams) -> AsyncIterator[Service]:
    async with desk_at_work(tmp_path, **with_teams(teams)) as running:
        yield running


class TestClosedToUs:
    async def test_who_blocked_us_is_dropped_and_staff_read_that_it_did_not_arrive(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        ticket = await file_request(client, teams, service)
        teams.blocked.add(ANNA)

        await write_to_requester(client, "Bijna klaar.")

        await said(teams, TRIAGE, "kon niet worden bezorgd")
        assert own(service)[0].undelivered == ("sent",)
        assert "Niet bezorgd" in teams.texts(TRIAGE)[0]
        assert reference_of(service, ANNA) is None
        assert ticket.reference in teams.texts(TRIAGE)[0]

    @pytest.mark.parametrize("action", ["remove", "remove-upgrade"])
    async def test_after_an_uninstall_nothing_is_kept_of_where_somebody_wrote(
        self, client: Client, teams: FakeTeams, service: Service, action: str
    ) -> None:
        await client.say(ANNA, "hoi")
        await until(lambda: teams.texts("a:anna"))
        assert reference_of(service, ANNA) is not None

        await client.send(client.activity(ANNA, type="installationUpdate", action=action))

        assert (reference_of(service, ANNA) is None) == (action == "remove")

    async def test_who_comes_back_is_answered_though_no_chat_can_be_opened_with_them(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        await client.say(NEMO, "hoi")
        await until(lambda: teams.texts("a:nemo"))
        teams.blocked.add(NEMO)
        await client.say(NEMO, "hoe lang bewaren jullie gespreksopnames?")
        await until(lambda: reference_of(service, NEMO) is None or None)
        teams.blocked.clear()

        await client.say(NEMO, COOKIES)

        await said(teams, "a:nemo", "één jaar")

    async def test_a_card_that_somebody_deleted_is_posted_anew(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        ticket = await file_request(client, teams, service)
        await form_of(client, SAM, "Iets navragen")
        teams.messages[TRIAGE].clear()

        await client.say(ANNA, f"trek {ticket.reference} in")
        await said(teams, "a:anna", "Weet u het zeker?")
        await client.say(ANNA, "ja")

        card = await said(teams, TRIAGE, "ingetrokken")
        assert ticket.reference in card
        assert len(teams.texts(TRIAGE)) == 1

    async def test_what_staff_must_read_waits_until_the_app_is_back_in_their_channel(
        self, client: Client, teams: FakeTeams, service: Service
    ) -> None:
        teams.blocked.add(TRIAGE)
        await client.say(ANNA, "gooi alles van mij weg")
        await said(teams, "a:anna", "Dit dien ik voor u in")
        await client.say(ANNA, "ja")
        await said(teams, "a:anna", "is ingediend")
        await until(lambda: [c for c in teams.calls if "triage" in c[1]])
        teams.blocked.clear()

        card = await said(teams, TRIAGE, own(service)[0].reference)
        assert "Nieuw binnengekomen" in card


class TestByMail:
    async def test_who_cannot_be_reached_in_teams_gets_an_e_mail_where_they_gave_an_address(
        self, tmp_path: Path, teams: FakeTeams
    ) -> None:
        with mail_server() as (port, mails):
            by_mail = {
                "smtp_host": "127.0.0.1",
                "smtp_port": port,
                "smtp_security": "none",
                "mail_from": "desk@example.org",
            }
            async with (
                desk_at_work(tmp_path, **with_teams(teams), **by_mail) as service,
                people_of(service, teams) as client,
            ):
                await file_by_form(client, teams, reach="anna@example.org")
                teams.blocked.add(ANNA)
                await write_to_requester(client, "Bijna klaar.")
                recipient, mail = await until(lambda: next(iter(mails), None))

                assert recipient == "anna@example.org"
                body = message_from_bytes(mail).get_payload(decode=True)
                assert "Bijna klaar." in bytes(body).decode()
                assert own(service)[0].undelivered == ()
                assert reference_of(service, ANNA) is None


@contextmanager
def mail_server() -> Iterator[tuple[int, list[tuple[str, bytes]]]]:
    """Run a mail server; yield its port and what it got, each with its recipient."""
    mails: list[tuple[str, bytes]] = []

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            mails.append((envelope.rcpt_tos[0], envelope.content))
            return "250 OK"

    controller = Controller(Handler(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port, mails
    controller.stop()


@asynccontextmanager
async def people_of(service: Service, teams: FakeTeams) -> AsyncIterator[Client]:
    """Yield the people who write to a service that a test started itself."""
    async with ClientSession() as session:
        yield Client(session, f"http://127.0.0.1:{service.settings.port}/teams/messages", teams)


async def file_by_form(client: Client, teams: FakeTeams, **values: str) -> None:
    await client.say(ANNA, "help")
    await said(teams, "a:anna", "Een verzoek doen")
    _, opened = await client.press(ANNA, "a:anna", "Een verzoek doen")
    await client.submit(ANNA, opened, {"types": "access", **values})
    await until(lambda: teams.texts(TRIAGE))


async def write_to_requester(client: Client, text: str) -> None:
    """Let support write to the requester of the last ticket, and send what the preview shows."""
    opened = await form_of(client, SAM, "Bericht sturen")
    _, preview = await client.submit(SAM, opened, {"text": text})
    await client.submit(SAM, preview, {})


def reference_of(service: Service, who: str) -> Json | None:
    """Return how somebody can be written to, as it is kept."""
    user = who if who != NEMO else f"{UNKNOWN}29:{NEMO}"
    place = private_place(Sender(TENANT, user))
    with service.house.database.reading() as handle:
        return Places().find(handle, key_of(place))
