"""What Slack documents and a quick look misses: cards that are gone, views, limits, who is who."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.slack_client import SlackClient, SlackSettings
from bot.errors import ChannelError
from bot.messages import (
    ConversationRef,
    Kind,
    Reply,
    Sender,
    Text,
)
from bot.post import Routes
from bot.serving import Service
from bot.tickets.model import Person, Role
from tests.channels.fake_slack import BOT, TEAM, TOKEN, TRIAGE, FakeSlack, Json
from tests.channels.slack_signer import Signer
from tests.channels.slack_story import (
    ANNA,
    OLGA,
    SAM,
    file_request,
    form_of,
    open_form,
    own,
    said,
    until,
)
from tests.conftest import NOON, Clock, a_house
from tests.tickets.conftest import DeskAtWork

HALL = "C0HALL"


def cards(slack: FakeSlack) -> list[Json]:
    return [m for m in slack.messages[TRIAGE].values() if not m["thread_ts"]]


async def details_of(signer: Signer, slack: FakeSlack, user: str) -> tuple[str, Json]:
    slack.views.clear()
    await signer.press_labelled(user, TRIAGE, "Details")
    found = await until(
        lambda: [i for i, v in slack.views.items() if "Ontvangen" in json.dumps(v["blocks"])]
    )
    return found[0], slack.views[found[0]]


class TestCards:
    @pytest.mark.parametrize(
        "word", ["message_not_found", "cant_update_message", "edit_window_closed"]
    )
    async def test_a_card_that_cannot_be_edited_is_posted_anew_once(
        self, signer: Signer, slack: FakeSlack, service: Service, word: str
    ) -> None:
        await file_request(signer, slack, service)
        (old,) = slack.messages[TRIAGE]
        slack.frozen[old] = word

        await signer.press_labelled(SAM, TRIAGE, "Oppakken")
        await until(lambda: len(cards(slack)) == 2 or None)
        view = await form_of(signer, slack, SAM, "Opschalen")
        await signer.submit(SAM, view, {"reason": "ingewikkeld"})
        await said(slack, TRIAGE, "Naar de privacyfunctionaris")

        assert len(cards(slack)) == 2
        newest = cards(slack)[-1]
        assert "in behandeling" in newest["text"]
        assert "Opgeschaald naar" in newest["text"]

    async def test_whoever_claimed_is_shown_by_name_and_not_by_id(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        await file_request(signer, slack, service)
        await signer.press_labelled(SAM, TRIAGE, "Oppakken")
        await until(lambda: SAM in slack.texts(TRIAGE)[0])

        assert f"*Bij:* <@{SAM}>" in json.dumps(cards(slack)[0]["blocks"])

    async def test_a_button_of_an_old_card_says_so_and_shows_the_card_as_it_is(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        ticket = await file_request(signer, slack, service)
        await signer.press_labelled(SAM, TRIAGE, "Oppakken")
        await until(lambda: SAM in slack.texts(TRIAGE)[0])
        cards(slack)[0]["text"] = "an edit that was lost"
        old = {"ticket": ticket.reference, "version": ticket.version, "form": False}

        await signer.press(OLGA, TRIAGE, "desk:claim", json.dumps(old))

        await until(lambda: slack.ephemeral)
        await until(lambda: SAM in slack.texts(TRIAGE)[0])

    async def test_buttons_come_in_the_order_of_the_work(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        await file_request(signer, slack, service)
        (card,) = cards(slack)
        labels = [e["text"]["text"] for b in card["blocks"] for e in b.get("elements", ())]

        assert labels[:3] == ["Oppakken", "Bericht sturen", "Details"]
        assert labels[-1] == "Sluiten"

    @pytest.mark.parametrize(("days", "renewed"), [(20, 0), (5, 1), (2, 1), (-1, 1)])
    def test_the_mark_on_a_card_is_renewed_each_morning_near_its_day(
        self, days: int, renewed: int
    ) -> None:
        clock = Clock()
        staff = ConversationRef("slack", TEAM, TRIAGE)
        at_work = DeskAtWork(a_house(clock, routes=Routes(with_cards=(staff,))), clock)
        clock.now = NOON - timedelta(days=30 - days)
        ticket = at_work.open()
        with at_work.house.database.transaction() as handle:
            handle.execute("DELETE FROM outbox")

        clock.now = NOON
        at_work.house.timekeeper.tick(NOON)

        with at_work.house.database.reading() as handle:
            queued = [json.loads(row[0]) for row in handle.execute("SELECT document FROM outbox")]
        again = [q for q in queued if q["kind"] == "card"]
        assert [q["reference"] for q in again] == [ticket.reference] * renewed


class TestModals:
    async def test_what_is_not_on_the_card_is_done_from_its_details(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        await file_request(signer, slack, service)
        identifier, details = await details_of(signer, slack, OLGA)

        await signer.press_in_view(OLGA, details, "Toewijzen", identifier)
        form = await open_form(slack)
        assert "users_select" in json.dumps(slack.views[form])
        _, answer = await signer.submit(OLGA, form, {"user": SAM})

        assert answer == {"response_action": "clear"}
        await until(lambda: own(service)[0].claimed_by == Person("slack", TEAM, SAM) or None)

    async def test_a_claim_in_the_details_shows_them_anew(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        await file_request(signer, slack, service)
        identifier, details = await details_of(signer, slack, SAM)

        await signer.press_in_view(SAM, details, "Oppakken", identifier)

        await until(lambda: "in behandeling" in json.dumps(slack.views[identifier]))
        await until(lambda: "in behandeling" in cards(slack)[0]["text"])

    async def test_a_form_stands_below_the_ticket_that_it_is_about(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        ticket = await file_request(signer, slack, service)

        view = slack.views[await form_of(signer, slack, OLGA, "Sluiten")]

        assert ticket.reference in json.dumps(view["blocks"])
        assert "AVG art. 12 lid 4" in json.dumps(view["blocks"])
        assert view["submit"]["text"] == "Ticket sluiten"
        assert view["close"]["text"] == "Annuleren"

    async def test_a_form_that_is_closed_at_once_changes_nothing(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        await file_request(signer, slack, service)
        slack.delay = 0.3
        await signer.press_labelled(SAM, TRIAGE, "Notitie")
        await until(lambda: slack.views)
        slack.close(next(iter(slack.views)))
        slack.delay = 0.0

        view = await form_of(signer, slack, SAM, "Notitie")
        _, answer = await signer.submit(SAM, view, {"text": "gebeld"})
        assert answer == {"response_action": "clear"}

    async def test_text_is_not_lost_while_slack_cannot_say_who_is_staff(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        await file_request(signer, slack, service)
        view = await form_of(signer, slack, SAM, "Notitie")
        service.vendors["slack"].app.client._roles.clear()  # type: ignore[attr-defined]  # noqa: SLF001
        slack.delay = 2.5

        _, answer = await signer.submit(SAM, view, {"text": "een lang verhaal"})
        slack.delay = 0.0

        assert answer is not None
        assert answer["response_action"] == "errors"
        assert "traag" in answer["errors"]["text"]
        await until(lambda: service.vendors["slack"].role_of(Person("slack", TEAM, SAM)))
        _, answer = await signer.submit(SAM, view, {"text": "een lang verhaal"})
        assert answer == {"response_action": "clear"}

    async def test_support_reads_that_only_the_officer_closes(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        await file_request(signer, slack, service)

        await signer.press_labelled(SAM, TRIAGE, "Sluiten")

        await until(lambda: "alleen de privacyfunctionaris" in json.dumps(slack.views))

    async def test_what_is_sent_is_what_was_shown(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        await file_request(signer, slack, service)
        view = await form_of(signer, slack, SAM, "Bericht sturen")
        await signer.submit(SAM, view, {"text": "Bijna klaar."})

        _, again = await signer.submit(SAM, view, {"text": "Helemaal klaar."})

        assert again is not None
        assert again["response_action"] == "update"
        assert not any("klaar" in text for text in slack.texts("D0ANNA"))
        await signer.submit(SAM, view, {"text": "Helemaal klaar."})
        await said(slack, "D0ANNA", "Helemaal klaar.")


class TestConversations:
    async def test_a_choice_in_a_thread_of_a_direct_message_stays_in_it(
        self, signer: Signer, slack: FakeSlack
    ) -> None:
        await signer.say(ANNA, "hoi")
        await until(lambda: slack.texts("D0ANNA"))
        thread = next(iter(slack.messages["D0ANNA"]))
        await signer.say(ANNA, "sleutelhouders", thread_ts=thread)
        await said(slack, "D0ANNA", "Wat wilt u weten")

        await signer.press_labelled(ANNA, "D0ANNA", "Hoe lang")

        await said(slack, "D0ANNA", "tot het einde van de dienstverlening")
        assert [m["thread_ts"] for m in slack.messages["D0ANNA"].values()][1:] == [thread] * 2

    async def test_whoever_deleted_their_question_is_still_answered(
        self, signer: Signer, slack: FakeSlack
    ) -> None:
        slack.deleted.add("12.34")

        await signer.say(ANNA, "hoe lang bewaren jullie cookies?", thread_ts="12.34")

        await said(slack, "D0ANNA", "één jaar")

    async def test_a_mention_in_a_direct_message_is_heard_once_and_in_private(
        self, signer: Signer, slack: FakeSlack
    ) -> None:
        event = signer.message(ANNA, f"<@{BOT}> ik wil inzage in mijn gegevens")
        for kind in ("app_mention", "message"):
            body = signer.event({**event, "type": kind})
            await signer.post(json.dumps(body).encode())

        await said(slack, "D0ANNA", "verzoek om inzage")
        assert len(slack.texts("D0ANNA")) == 1

    async def test_a_message_of_a_bot_or_of_ourselves_is_not_answered(
        self, signer: Signer, slack: FakeSlack
    ) -> None:
        await signer.say(BOT, "hoe lang bewaren jullie cookies?", bot_id="B1")
        event = signer.message(ANNA, f"<@{BOT}> hoi", channel=HALL, bot_id="B2")
        await signer.post(json.dumps(signer.event({**event, "type": "app_mention"})).encode())
        await signer.say(ANNA, "hoi")
        await until(lambda: slack.texts("D0ANNA"))

        assert slack.texts("D0BOT") == []
        assert slack.texts(HALL) == []


class TestWhoIsStaff:
    @pytest.mark.parametrize(
        "who",
        [
            {"is_stranger": True},
            {"is_restricted": True},
            {"is_ultra_restricted": True},
            {"is_bot": True},
            {"deleted": True},
            {"team_id": "T0OTHER"},
        ],
    )
    @pytest.mark.parametrize("user", [SAM, OLGA])
    async def test_guests_strangers_and_bots_are_none_even_when_listed(
        self, slack: FakeSlack, slack_api: str, user: str, who: dict[str, Any]
    ) -> None:
        client = SlackClient(SlackSettings(TOKEN, TRIAGE, frozenset({OLGA}), slack_api))
        await client.start()
        slack.users[user] = who

        await client.look_up_role(Sender(TEAM, user))

        assert client.role_of(Person("slack", TEAM, user)) is None
        await client.stop()

    async def test_a_member_of_another_workspace_is_not_even_looked_up(
        self, slack: FakeSlack, slack_api: str
    ) -> None:
        client = SlackClient(SlackSettings(TOKEN, TRIAGE, frozenset({OLGA}), slack_api))
        await client.start()
        slack.calls.clear()

        await client.look_up_role(Sender("T0OTHER", OLGA))

        assert client.role_of(Person("slack", "T0OTHER", OLGA)) is None
        assert slack.calls == []
        await client.stop()

    async def test_members_are_support_and_officers_are_named(self, slack_api: str) -> None:
        client = SlackClient(SlackSettings(TOKEN, TRIAGE, frozenset({OLGA}), slack_api))
        await client.start()
        for user in (SAM, OLGA, ANNA):
            await client.look_up_role(Sender(TEAM, user))

        roles = [client.role_of(Person("slack", TEAM, user)) for user in (SAM, OLGA, ANNA)]
        assert roles == [Role.SUPPORT, Role.OFFICER, None]
        await client.stop()

    async def test_an_answer_goes_to_slack_alone(self, slack_api: str) -> None:
        client = SlackClient(SlackSettings(TOKEN, TRIAGE, frozenset(), "https://slack.com/api/"))
        reply = Reply(Kind.ANSWER, "nl", (Text("x"),))
        for address in ("", "http://hooks.slack.com/x", "https://hooks.slack.com.example.org/x"):
            with pytest.raises(ChannelError, match="not_slack"):
                await client.respond(address, reply)
