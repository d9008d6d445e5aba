"""The fake Slack refuses what Slack refuses, so that a green run means something."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels.block_kit_rules import Refused, check_answer, check_message, check_view
from tests.channels.fake_slack import TRIAGE, FakeSlack, Json
from tests.channels.slack_story import ANNA

SECTION: Json = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}
PLAIN: Json = {"type": "plain_text", "text": "x"}
MODAL: Json = {"type": "modal", "title": PLAIN, "close": PLAIN, "submit": PLAIN}
BUTTON: Json = {"type": "button", "action_id": "a", "text": PLAIN}
OPTION: Json = {"text": PLAIN, "value": "v"}


def field(**element: Any) -> Json:
    whole = {"type": "plain_text_input", "action_id": "value", **element}
    return {"type": "input", "block_id": "one", "label": PLAIN, "element": whole}


def select(**more: Any) -> Json:
    return field(type="static_select", placeholder=PLAIN, options=[OPTION], **more)


class TestTheFakeIsStrict:
    @pytest.mark.parametrize(
        "blocks",
        [
            [SECTION] * 51,
            [{**SECTION, "block_id": "one"}, {**SECTION, "block_id": "one"}],
            [{"type": "actions", "elements": [BUTTON, BUTTON]}],
            [{"type": "actions", "elements": []}],
            [{"type": "actions", "elements": [{**BUTTON, "style": "green"}]}],
            [field()],
            [{"type": "section", "text": {"type": "mrkdwn", "text": " "}}],
            [{"type": "nonsense"}],
        ],
    )
    def test_a_message_that_slack_refuses_is_refused(self, blocks: list[Json]) -> None:
        with pytest.raises(Refused):
            check_message("text", blocks)

    @pytest.mark.parametrize("text", ["", " ", "x" * 40_001])
    def test_a_message_needs_its_text(self, text: str) -> None:
        with pytest.raises(Refused):
            check_message(text, [SECTION])

    @pytest.mark.parametrize(
        "view",
        [
            {**MODAL, "blocks": []},
            {**MODAL, "blocks": [SECTION] * 101},
            {**MODAL, "blocks": [SECTION], "private_metadata": "x" * 3_001},
            {**MODAL, "blocks": [SECTION], "title": {**PLAIN, "text": "x" * 25}},
            {"type": "modal", "title": PLAIN, "close": PLAIN, "blocks": [field()]},
            {"type": "home", "title": PLAIN, "blocks": [SECTION]},
            {**MODAL, "blocks": [field(), field()]},
            {**MODAL, "blocks": [field(max_length=4_000)]},
            {**MODAL, "blocks": [field(initial_value="x" * 3_001)]},
            {**MODAL, "blocks": [field(type="datepicker", initial_date="gisteren")]},
            {**MODAL, "blocks": [select(initial_option={"text": PLAIN, "value": "other"})]},
            {**MODAL, "blocks": [field(type="checkboxes", options=[OPTION], initial_options=[])]},
            {
                **MODAL,
                "blocks": [
                    field(
                        type="checkboxes",
                        options=[{"text": PLAIN, "value": str(n)} for n in range(11)],
                    )
                ],
            },
            {
                **MODAL,
                "blocks": [
                    field(
                        type="static_select",
                        placeholder=PLAIN,
                        options=[{"text": {**PLAIN, "text": "x" * 76}, "value": "v"}],
                    )
                ],
            },
        ],
    )
    def test_a_view_that_slack_refuses_is_refused(self, view: Json) -> None:
        with pytest.raises(Refused):
            check_view(view)

    @pytest.mark.parametrize(
        "answer",
        [
            {"response_action": "errors", "errors": {"two": "not a field"}},
            {"response_action": "errors", "errors": {}},
            {"response_action": "errors", "errors": {"one": ""}},
            {"response_action": "update"},
            {"response_action": "clear", "view": MODAL},
            {"text": "x"},
        ],
    )
    def test_an_answer_to_a_form_that_slack_does_not_know_is_refused(self, answer: Json) -> None:
        with pytest.raises(Refused):
            check_answer({**MODAL, "blocks": [field()]}, answer)

    def test_what_slack_takes_is_taken(self) -> None:
        check_message("text", [SECTION, {"type": "actions", "elements": [BUTTON]}])
        check_view({**MODAL, "blocks": [select(initial_option=OPTION)]})
        for answer in (None, {}, {"response_action": "clear"}):
            check_answer({**MODAL, "blocks": [field()]}, answer)
        check_answer(
            {**MODAL, "blocks": [field()]}, {"response_action": "errors", "errors": {"one": "x"}}
        )

    def test_a_trigger_is_used_once_and_a_view_that_was_closed_is_not_found(self) -> None:
        slack = FakeSlack()
        trigger = slack.trigger()
        view = {**MODAL, "blocks": [SECTION]}
        opened = slack.views_open(trigger, view)["view"]

        with pytest.raises(Refused, match="exchanged_trigger_id"):
            slack.views_open(trigger, view)
        with pytest.raises(Refused, match="hash_conflict"):
            slack.views_update(view=view, view_id=opened["id"], hash="old")
        slack.close(opened["id"])
        with pytest.raises(Refused, match="not_found"):
            slack.views_update(view=view, view_id=opened["id"])
        with pytest.raises(Refused, match="user_not_in_channel"):
            slack.chat_postEphemeral(TRIAGE, ANNA, "x")
