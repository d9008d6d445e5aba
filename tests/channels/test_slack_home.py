"""Slack's Home and the command, in detail."""

from __future__ import annotations

import json

import pytest

from bot.serving import Service
from tests.channels.fake_slack import FakeSlack, Json
from tests.channels.slack_signer import Signer
from tests.channels.slack_story import (
    ANNA,
    PIET,
    file_request,
    home_opened,
    open_form,
    own,
    said,
    until,
)

HALL = "C0HALL"


async def home_of(signer: Signer, slack: FakeSlack, user: str) -> Json:
    slack.homes.clear()
    await signer.post(json.dumps(signer.event(home_opened(user))).encode())
    view: Json = await until(lambda: slack.homes.get(user))
    return view


class TestHome:
    async def test_a_common_question_is_answered_on_top_of_it(
        self, signer: Signer, slack: FakeSlack
    ) -> None:
        home = await home_of(signer, slack, ANNA)

        await signer.press_in_view(ANNA, home, "Hoe lang bewaart u")

        view = await until(lambda: next(iter(slack.views.values()), None))
        assert "90 dagen" in json.dumps(view)
        assert slack.texts("D0ANNA") == []

    async def test_what_goes_on_from_there_waits_in_the_direct_message(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        await file_request(signer, slack, service)
        home = await home_of(signer, slack, ANNA)

        await signer.press_in_view(ANNA, home, "Intrekken")
        await until(lambda: "tabblad Berichten" in json.dumps(slack.views))
        await said(slack, "D0ANNA", "Weet u het zeker?")
        await signer.press_labelled(ANNA, "D0ANNA", "Intrekken")

        await until(lambda: not own(service)[0].is_open or None)

    async def test_it_speaks_the_language_of_the_member_and_so_does_its_form(
        self, signer: Signer, slack: FakeSlack
    ) -> None:
        slack.users[ANNA] = {"locale": "en-GB"}
        home = await home_of(signer, slack, ANNA)
        assert "Your requests" in json.dumps(home)

        await signer.press_in_view(ANNA, home, "Make a request")
        view = await open_form(slack)
        assert slack.views[view]["title"]["text"] == "Make a request"
        _, filed = await signer.submit(ANNA, view, {"types": "access"})

        assert "has been filed" in json.dumps(filed)

    async def test_a_filed_form_leaves_its_receipt_in_the_direct_message(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        home = await home_of(signer, slack, ANNA)
        await signer.press_in_view(ANNA, home, "Een verzoek doen")
        view = await open_form(slack)
        labels = [b["label"]["text"] for b in slack.views[view]["blocks"]]
        assert "Uw naam" not in labels
        slack.homes.clear()

        await signer.submit(ANNA, view, {"types": "access"})

        receipt = await said(slack, "D0ANNA", own(service)[0].reference)
        assert "Alleen het privacyteam ziet dit" in receipt
        await until(lambda: own(service)[0].reference in json.dumps(slack.homes))


class TestCommand:
    @pytest.mark.parametrize("text", ["", "   ", "help"])
    async def test_without_a_question_it_says_what_one_can_ask(
        self, signer: Signer, text: str
    ) -> None:
        _, answer = await signer.command(ANNA, text)

        assert answer is not None
        assert "U kunt vragen" in answer["text"]

    async def test_a_button_below_it_is_answered_unseen_by_others(
        self, signer: Signer, slack: FakeSlack
    ) -> None:
        _, answer = await signer.command(ANNA, "gooi alles van mij weg")
        assert answer is not None
        assert "/privacy" in json.dumps(answer["blocks"])

        await signer.press_unseen(ANNA, answer, "Ja, indienen")

        await until(lambda: slack.responses)
        (response,) = slack.responses
        assert response["response_type"] == "ephemeral"
        assert response["replace_original"] is False
        assert "is ingediend" in response["text"]
        assert slack.texts(HALL) == []
        await said(slack, "D0ANNA", "is ingediend")

    async def test_an_answer_that_slack_does_not_take_goes_to_the_direct_message(
        self, signer: Signer, slack: FakeSlack
    ) -> None:
        _, answer = await signer.command(ANNA, "sleutelhouders")
        assert answer is not None
        signer.response_url = "https://example.org/steal"

        await signer.press_unseen(ANNA, answer, "Hoe lang")

        await said(slack, "D0ANNA", "tot het einde van de dienstverlening")
        assert slack.responses == []

    async def test_it_shows_nothing_of_anybody_else(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        ticket = await file_request(signer, slack, service)

        _, answer = await signer.command(PIET, f"hoe staat het met {ticket.reference}?")

        assert answer is not None
        assert "ontvangen" not in answer["text"]
        assert "verwijdering" not in answer["text"]
