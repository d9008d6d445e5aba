"""A story in Slack and Teams at once: what each person does, and what each of them then sees."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.database import rows
from bot.serving import Service
from tests.channels import fake_slack, fake_teams
from tests.channels.fake_issuer import Json
from tests.channels.fake_slack import FakeSlack
from tests.channels.fake_teams import FakeTeams, Person
from tests.channels.slack_signer import Signer
from tests.channels.teams_people import Client
from tests.test_transcripts import numbered

MILA = "00000000-0000-4000-8000-00000000aaaa"
TIM, VERA = "00000000-0000-4000-8000-00000000bbbb", "00000000-0000-4000-8000-00000000cccc"
"""In Teams: a customer of another tenant, support, and the officer."""
ANNA, SAM, OLGA = "U0ANNA", "U0SAM", "U0OLGA"
"""In Slack: an employee, support, and the officer."""
_CLOCK = re.compile(r"(\d{4}-\d\d-\d\d) \d\d:\d\d")
_STILL = 5
_OUTGOING = "SELECT 1 FROM outbox WHERE state = 'waiting' AND channel IN ('slack', 'teams')"


class Ticking:
    """A clock that begins on a fixed morning and goes on from there."""

    def __init__(self) -> None:
        self.ahead = datetime(2026, 3, 2, 9, 0, tzinfo=UTC) - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def pass_time(self, time: timedelta) -> None:
        self.ahead += time


def people() -> dict[str, Person]:
    """Return who is in Teams: a customer of another tenant, and two of the privacy team."""
    listed = [
        Person(MILA, fake_teams.OTHER, shown="Mila Jansen"),
        Person(TIM, shown="Tim de Vries"),
        Person(VERA, shown="Vera Bakker"),
    ]
    return {person.name: person for person in listed}


@dataclass
class Diary:
    """What happens in both worlds, written down in order."""

    service: Service
    slack: FakeSlack
    teams: FakeTeams
    signer: Signer
    client: Client
    clock: Ticking
    lines: list[str] = field(default_factory=list)
    seen: dict[tuple[str, str], str] = field(default_factory=dict)
    answers: list[Any] = field(default_factory=list)

    def text(self) -> str:
        """Return the diary with references and times that are the same each time."""
        return numbered(_CLOCK.sub(r"\1 12:00", "\n".join(self.lines) + "\n"))

    async def happened(self, what: str) -> None:
        """Write down what somebody did, and all that anybody sees of it once all is delivered."""
        await settled(self.service)
        self.lines += ["", f"> {what}"]
        for place, message_id, shown in self.shown():
            before = self.seen.get((place, message_id))
            if shown != before:
                self.lines += [f"    {place}{' (bijgewerkt)' if before else ''}:"]
                self.lines += [f"        {line}" for line in shown.splitlines()]
                self.seen[place, message_id] = shown

    def opened(self, whose: str, shown: str) -> None:
        """Write down a form, or what is to be read, that somebody opened."""
        self.lines += ["", f"> {whose}"]
        self.lines += [f"        {line}" for line in shown.splitlines()]

    def shown(self) -> Iterator[tuple[str, str, str]]:
        """Yield what stands in each place: its name, the message and what is read there."""
        for name, channel in (
            ("Klant leest in Teams", "a:" + MILA),
            ("Team leest in Teams", fake_teams.TRIAGE),
        ):
            for message_id, message in self.teams.messages[channel].items():
                (card,) = message["attachments"]
                thread = "↳ " if message.get("thread") else ""
                yield name, message_id, thread + in_teams(card["content"])
        for name, channel in (
            ("Medewerker leest in Slack", "D" + ANNA[1:]),
            ("Team leest in Slack", fake_slack.TRIAGE),
        ):
            for message_id, message in self.slack.messages[channel].items():
                thread = "↳ " if message["thread_ts"] and channel == fake_slack.TRIAGE else ""
                yield name, message_id, thread + in_slack(message["blocks"])

    async def days_pass(self, days: int) -> None:
        self.clock.pass_time(timedelta(days=days))
        self.service.wake()
        await asyncio.sleep(0.3)
        await self.happened(f"({days} dagen later)")

    async def type_in_teams(self, text: str) -> None:
        assert await self.client.say(MILA, text) == 200
        await self.happened(f"Klant typt in Teams: {text}")

    async def choose_in_teams(self, label: str) -> None:
        await self.client.press(MILA, "a:" + MILA, label)
        await self.happened(f"Klant kiest in Teams: [{label}]")

    async def press_in_teams(self, who: str, label: str) -> None:
        await self.client.press(who, fake_teams.TRIAGE, label)
        await self.happened(f"{_ROLES[who]} in Teams drukt op [{label}]")

    async def read_in_teams(self, who: str, label: str) -> None:
        _, opened = await self.client.press(who, fake_teams.TRIAGE, label)
        self.answers.append(opened)
        card = opened["task"]["value"]["card"]["content"]
        self.opened(f"{_ROLES[who]} in Teams opent [{label}]", in_teams(card))

    async def fill_in_teams(self, who: str, label: str, **values: str) -> None:
        _, opened = await self.client.press(who, fake_teams.TRIAGE, label)
        status, done = await self.client.submit(who, opened, values)
        self.answers += [opened, done]
        assert (status, done) == (200, ""), done
        await self.happened(f"{_ROLES[who]} in Teams vult in [{label}]: {_filled(values)}")

    async def type_in_slack(self, text: str) -> None:
        assert await self.signer.say(ANNA, text) == 200
        await self.happened(f"Medewerker typt in Slack: {text}")

    async def choose_in_slack(self, label: str) -> None:
        await self.signer.press_labelled(ANNA, "D" + ANNA[1:], label)
        await self.happened(f"Medewerker kiest in Slack: [{label}]")

    async def press_in_slack(self, who: str, label: str) -> None:
        await self.signer.press_labelled(who, fake_slack.TRIAGE, label)
        await self.happened(f"{_ROLES[who]} in Slack drukt op [{label}]")

    async def view_in_slack(self, who: str, label: str) -> str:
        self.slack.views.clear()
        await self.signer.press_labelled(who, fake_slack.TRIAGE, label)
        for _ in range(200):
            for name, view in self.slack.views.items():
                if in_slack(view["blocks"]) != "…":
                    return name
            await asyncio.sleep(0.03)
        raise AssertionError("no view opened")

    async def read_in_slack(self, who: str, label: str) -> None:
        view = self.slack.views[await self.view_in_slack(who, label)]
        self.opened(f"{_ROLES[who]} in Slack opent [{label}]", in_slack(view["blocks"]))

    async def fill_in_slack(self, who: str, label: str, **values: str) -> None:
        _, done = await self.signer.submit(who, await self.view_in_slack(who, label), values)
        self.answers.append(done)
        assert done == {"response_action": "clear"}, done
        await self.happened(f"{_ROLES[who]} in Slack vult in [{label}]: {_filled(values)}")


_ROLES = {
    TIM: "Behandelaar",
    VERA: "Functionaris",
    SAM: "Behandelaar",
    OLGA: "Functionaris",
}


def _filled(values: dict[str, str]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


async def settled(service: Service) -> None:
    """Wait until nothing waits any more for Slack or Teams, for a while."""
    still = 0
    for _ in range(600):
        with service.house.database.reading() as handle:
            waiting = rows(handle, "SELECT 1 FROM inbox WHERE handled IS NULL")
            waiting += rows(handle, _OUTGOING)
        still = 0 if waiting else still + 1
        if still == _STILL:
            return
        await asyncio.sleep(0.03)
    raise AssertionError("something is still waiting")


def in_teams(card: Json) -> str:
    """Return what is read on a card: its texts, its facts, its fields and its buttons."""
    return "\n".join(_elements(card["body"])).replace("\\", "")


def _elements(body: list[Json]) -> Iterator[str]:
    for element in body:
        match element["type"]:
            case "TextBlock":
                yield element["text"]
            case "FactSet":
                yield from (f"{fact['title']}: {fact['value']}" for fact in element["facts"])
            case "Container":
                yield from _elements(element["items"])
            case "ActionSet":
                yield " ".join(f"[{action['title']}]" for action in element["actions"])
            case _:
                yield f"{element['label']}: {element.get('value', '')}".rstrip()


def in_slack(blocks: list[Json]) -> str:
    """Return what is read in blocks: their texts, their fields and their buttons."""
    lines: list[str] = []
    for block in blocks:
        if block["type"] == "section":
            lines.append(block["text"]["text"])
        elif block["type"] == "context":
            lines += [element["text"] for element in block["elements"]]
        elif block["type"] == "actions":
            lines.append(" ".join(f"[{each['text']['text']}]" for each in block["elements"]))
        elif block["type"] == "input":
            lines.append(f"{block['label']['text']}:")
    return "\n".join(lines)


def names_in_teams() -> tuple[str, ...]:
    """Return every id of Teams that must not be read in Slack."""
    ids = (MILA, TIM, VERA, fake_teams.TENANT, fake_teams.OTHER, fake_teams.APP, fake_teams.TRIAGE)
    return (*ids, "29:", "28:", "Mila Jansen", "Tim de Vries", "Vera Bakker")


def names_in_slack() -> tuple[str, ...]:
    """Return every id of Slack that must not be read in Teams."""
    return (ANNA, SAM, OLGA, ANNA[1:], fake_slack.TEAM, fake_slack.BOT, fake_slack.TRIAGE)


def assert_nobody_leaks(diary: Diary) -> None:
    """Assert that no id of one side was ever sent to the other, in whatever part of a call."""
    to_slack = json.dumps([diary.slack.calls, diary.slack.messages, diary.slack.views], default=str)
    to_teams = json.dumps([diary.teams.sent, diary.teams.calls, diary.answers], default=str)
    for name in names_in_teams():
        assert name not in to_slack
    for name in names_in_slack():
        assert name not in to_teams
