"""Who takes part in the stories of Slack, and what they wait for."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from typing import Any

from bot.serving import Service
from bot.tickets.model import Person, Ticket
from tests.channels.fake_slack import TEAM, TRIAGE, FakeSlack, Json
from tests.channels.slack_signer import Signer

ANNA, SAM, OLGA, PIET = "U0ANNA", "U0SAM", "U0OLGA", "U0PIET"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def until(found: Callable[[], Any], seconds: float = 8.0) -> Any:
    """Wait until something is there, and return it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        await asyncio.sleep(0.03)
    raise AssertionError("it did not happen in time")


async def said(slack: FakeSlack, channel: str, words: str) -> str:
    return str(await until(lambda: next((t for t in slack.texts(channel) if words in t), None)))


def own(service: Service, user: str = ANNA) -> tuple[Ticket, ...]:
    with service.house.database.reading() as handle:
        return service.house.desk.own_tickets(handle, Person("slack", TEAM, user))


async def file_request(signer: Signer, slack: FakeSlack, service: Service) -> Ticket:
    await signer.say(ANNA, "gooi alles van mij weg")
    await said(slack, "D0ANNA", "Dit dien ik voor u in")
    await signer.say(ANNA, "ja")
    await said(slack, "D0ANNA", "is ingediend")
    await until(lambda: slack.texts(TRIAGE))
    return own(service)[0]


async def form_of(signer: Signer, slack: FakeSlack, user: str, label: str) -> str:
    """Press a button of the card in the staff channel, and return the view that opened."""
    slack.views.clear()
    await signer.press_labelled(user, TRIAGE, label)
    return await open_form(slack)


async def open_form(slack: FakeSlack) -> str:
    """Wait for a view that can be sent in."""
    found = await until(lambda: [name for name, view in slack.views.items() if "submit" in view])
    return str(found[0])


def home_opened(user: str) -> Json:
    return {"type": "app_home_opened", "user": user, "tab": "home", "event_ts": "1.1"}
