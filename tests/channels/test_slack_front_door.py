"""Who is let in from Slack, and what happens when Slack or the network fails."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest
from aiohttp import web

from bot.serving import Service
from tests.channels.fake_slack import SECRET, FakeSlack
from tests.channels.slack_signer import Signer, signed
from tests.channels.slack_story import (
    ANNA,
    SAM,
    file_request,
    form_of,
    own,
    until,
)


class TestFrontDoor:
    @pytest.mark.parametrize(
        "headers",
        [
            {"X_Slack_Signature": "v0=0"},
            {"X_Slack_Signature": "é"},
            {"X_Slack_Request_Timestamp": "abc"},
            {"X_Slack_Request_Timestamp": "1.5"},
            {"X_Slack_Request_Timestamp": "1000"},
        ],
    )
    async def test_what_is_not_signed_now_is_refused(
        self, signer: Signer, slack: FakeSlack, headers: dict[str, str]
    ) -> None:
        body = json.dumps(signer.event(signer.message(ANNA, "hoi"))).encode()

        status, _ = await signer.post(body, **headers)

        assert status == 401
        assert slack.texts("D0ANNA") == []

    @pytest.mark.parametrize("body", [b"\xff\xfe", b"null", b"[]", b"{", b"", b'"text"'])
    async def test_a_signed_body_that_cannot_be_read_is_400(
        self, signer: Signer, body: bytes
    ) -> None:
        assert (await signer.post(body))[0] == 400

    @pytest.mark.parametrize("end", ["slack", "slack/", "slack/events"])
    async def test_the_address_is_verified_with_the_challenge(
        self, signer: Signer, end: str
    ) -> None:
        signer.address = signer.address.replace("slack/", end)
        body = json.dumps({"type": "url_verification", "challenge": "c"}).encode()

        assert await signer.post(body) == (200, {"challenge": "c"})

    async def test_an_event_that_nobody_listens_to_is_acknowledged(self, signer: Signer) -> None:
        body = json.dumps(signer.event({"type": "team_join", "user": {"id": ANNA}})).encode()

        assert (await signer.post(body))[0] == 200

    async def test_the_same_event_three_times_is_answered_once(
        self, signer: Signer, slack: FakeSlack
    ) -> None:
        body = json.dumps(signer.event(signer.message(ANNA, "hoi"))).encode()
        for number in range(3):
            assert (await signer.post(body, X_Slack_Retry_Num=str(number)))[0] == 200

        await until(lambda: slack.texts("D0ANNA"))
        await asyncio.sleep(0.5)
        assert len(slack.texts("D0ANNA")) == 1

    async def test_a_stale_signature_is_refused(self, signer: Signer) -> None:
        body = b"{}"
        stamp = str(int(time.time()) - 301)
        headers = {
            "X_Slack_Request_Timestamp": stamp,
            "X_Slack_Signature": signed(SECRET, stamp, body),
        }

        assert (await signer.post(body, **headers))[0] == 401


class TestTrouble:
    async def test_a_rate_limit_is_waited_out(self, signer: Signer, slack: FakeSlack) -> None:
        async def limited() -> web.Response:
            return web.json_response(
                {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"}
            )

        slack.script = [limited]
        await signer.say(ANNA, "hoi")

        await until(lambda: slack.texts("D0ANNA"))
        assert len(slack.texts("D0ANNA")) == 1

    async def test_a_server_error_is_tried_again(self, signer: Signer, slack: FakeSlack) -> None:
        async def broken() -> web.Response:
            return web.Response(status=503)

        slack.script = [broken]
        await signer.say(ANNA, "hoi")

        await until(lambda: slack.texts("D0ANNA"))

    async def test_a_person_who_left_is_shown_to_staff(
        self, signer: Signer, slack: FakeSlack, service: Service
    ) -> None:
        await file_request(signer, slack, service)
        slack.left.add("D0ANNA")

        view = await form_of(signer, slack, SAM, "Bericht sturen")
        await signer.submit(SAM, view, {"text": "Bijna klaar."})
        await signer.submit(SAM, view, {"text": "Bijna klaar."})

        await until(lambda: own(service)[0].undelivered or None)

    async def test_no_word_of_anybody_reaches_the_log(
        self, signer: Signer, slack: FakeSlack, caplog: pytest.LogCaptureFixture, capfd: Any
    ) -> None:
        canary = "kanarie-zin-die-nergens-hoort"
        caplog.set_level("DEBUG")
        body = json.dumps(signer.event(signer.message(ANNA, canary))).encode()
        await signer.post(body, X_Slack_Signature="v0=wrong")
        await signer.post(b'{"broken": "' + canary.encode())
        await signer.say(ANNA, canary)
        await until(lambda: slack.texts("D0ANNA"))

        captured = capfd.readouterr()
        ours = [r.getMessage() for r in caplog.records if not r.name.startswith("asyncio")]
        assert canary not in captured.out + captured.err + "\n".join(ours)
