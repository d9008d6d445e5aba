"""Whatever stands in an activity with a true token: an answer that Teams understands, no trace."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.serving import Service
from tests.channels.conftest import desk_at_work, with_teams
from tests.channels.fake_issuer import Json
from tests.channels.fake_teams import BOT, HALL, TRIAGE, FakeTeams
from tests.channels.teams_people import Client
from tests.channels.teams_story import ANNA, OLGA, kept, own, said

ANYTHING = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ABSENT = object()
CANARY = "kanarie"
ODD_WORDS = st.text(st.characters(), max_size=30) | st.sampled_from(
    ["", "\0", "\ud800", "0001-01-01T00:00:00+23:59", "19:x@thread.tacv2;messageid=", "desk", "en"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ODD_WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD_WORDS, inner, max_size=3),
    max_leaves=8,
)
UNDERSTOOD = {200, 400, 403, 501}
_NEEDED = {("serviceUrl",)}  # without it the token proves nothing


@pytest.fixture
async def service(tmp_path: Path, teams: FakeTeams) -> AsyncIterator[Service]:
    async with desk_at_work(tmp_path, **with_teams(teams)) as running:
        yield running


def activities(client: Client) -> list[Json]:
    """Return one activity of each kind that we listen to, with all that it can carry."""
    mention = {"type": "mention", "text": "<at>x</at>", "mentioned": {"id": BOT, "name": "x"}}
    payload = {
        "id": "1",
        "createdDateTime": "2026-03-02T09:00:00Z",
        "from": {"user": {"id": ANNA, "displayName": "Anna"}},
        "body": {"contentType": "html", "content": "<p>kanarie</p>"},
    }
    form = {
        "verb": "desk",
        "action": "note",
        "ticket": "PR-0000-0000",
        "version": 1,
        "text": CANARY,
    }
    file = {
        "verb": "desk",
        "action": "file_request",
        "types": "access",
        "words": CANARY,
        "reach": "",
    }
    opens = {"verb": "desk", "action": "details", "ticket": "PR-0000-0000", "version": 1}
    value = {"commandId": "privacy_request", "data": form, "messagePayload": payload}

    def invoke(who: str, name: str, data: Json) -> Json:
        given = {**value, "data": data}
        return client.activity(who, TRIAGE, type="invoke", name=name, value=given)

    return [
        client.activity(ANNA, text=CANARY, entities=[mention], attachments=[{"contentType": "x"}]),
        client.activity(ANNA, HALL, text=CANARY, entities=[mention]),
        client.activity(ANNA, value={"verb": "choice", "value": "/help", "label": "Help"}),
        client.activity(OLGA, TRIAGE, value={**opens, "action": "claim"}, replyToId="1"),
        client.activity(ANNA, type="messageDelete"),
        client.activity(ANNA, type="installationUpdate", action="add"),
        client.activity(ANNA, type="conversationUpdate", membersAdded=[{"id": "28:x"}]),
        client.activity(ANNA, type="messageReaction", reactionsAdded=[{"type": "like"}]),
        invoke(OLGA, "task/fetch", opens),
        invoke(ANNA, "task/fetch", {"action": "request_form"}),
        invoke(OLGA, "task/submit", form),
        invoke(ANNA, "task/submit", file),
        invoke(OLGA, "composeExtension/fetchTask", {}),
        invoke(OLGA, "composeExtension/submitAction", {**form, "action": "take_over"}),
    ]


def paths(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything inside a value."""
    inside = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    found = [(*before, name) for name, _ in inside]
    return found + [path for name, each in inside for path in paths(each, (*before, name))]


def with_at(activity: Json, path: tuple[Any, ...], value: Any) -> Json:
    """Return an activity with something else, or nothing, at a path."""
    changed = copy.deepcopy(activity)
    place: Any = changed
    for name in path[:-1]:
        place = place[name]
    if value is ABSENT:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed


async def settled(service: Service) -> None:
    """Wait until everything that was kept has been handled."""
    for _ in range(200):
        if all(row["handled"] for row in kept(service)):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("something is still waiting")


def assert_no_trace(logged: Sequence[Any]) -> None:
    """Assert that nothing failed, and that no word of an activity stands in the log."""
    assert [line for line in logged if line["log_level"] == "error"] == []
    assert CANARY not in repr(logged)


@ANYTHING
@given(data=st.data())
async def test_whatever_a_field_holds_the_activity_is_answered_and_nothing_is_logged(
    client: Client, service: Service, data: st.DataObject
) -> None:
    kinds = activities(client)
    activity = kinds[data.draw(st.integers(0, len(kinds) - 1))]
    for _ in range(data.draw(st.integers(1, 2))):
        known = [path for path in paths(activity) if path not in _NEEDED]
        path = data.draw(st.sampled_from(known))
        activity = with_at(activity, path, data.draw(st.just(ABSENT) | JSON))

    with structlog.testing.capture_logs() as logged:
        status, answer = await client.send(activity)
        await settled(service)

    assert status in UNDERSTOOD
    json.dumps(answer)
    assert_no_trace(logged)


async def test_each_field_may_be_absent_null_or_of_another_type(
    client: Client, teams: FakeTeams, service: Service
) -> None:
    with structlog.testing.capture_logs() as logged:
        for activity in activities(client):
            for path in paths(activity):
                if path in _NEEDED:
                    continue
                for value in (ABSENT, None, [], {"a": [1]}, 7, True):
                    status, _ = await client.send(with_at(activity, path, value))
                    assert status in UNDERSTOOD, (activity["type"], path, value)
    await settled(service)

    assert_no_trace(logged)
    await client.say(ANNA, "hoe lang bewaren jullie cookies?")
    await said(teams, "a:anna", "één jaar")
    assert all(ticket.is_open for ticket in own(service))
