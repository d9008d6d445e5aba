"""Whole stories of customers and staff, played through the page and kept as text.

After a deliberate change, `UPDATE_TRANSCRIPTS=1 pytest tests/channels/test_stories.py` writes
them anew; read the difference before you commit it.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.channels.web_desk import STAFF_PLACE
from bot.config import Settings
from bot.messages import Action, Sender
from bot.serving import Service
from tests.channels.story import Player
from tests.conftest import NOON, Clock

FOLDER = Path(__file__).parents[1] / "transcripts" / "stories"
STORIES = sorted(path.stem for path in FOLDER.glob("*.txt"))


class Running:
    """The whole service in a thread of its own, with a clock that a test moves."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        settings = Settings(
            local_port=port, database=folder / "desk.sqlite", chain_key_file=folder / "chain.key"
        )
        self.clock = Clock()
        self.clock.now = NOON
        self.address = ""
        self._ready = threading.Event()
        self._stopping = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda *_: None)
        self._thread = threading.Thread(target=self._run, args=(settings,))
        self._thread.start()
        assert self._ready.wait(30)

    def _run(self, settings: Settings) -> None:
        async def serve() -> None:
            self.service = Service(settings, self._announced, self.clock, user="olga")
            await self.service.serve(self._stopping)

        self._loop.run_until_complete(serve())
        self._loop.close()

    def _announced(self, text: str) -> None:
        self.address = text.removeprefix("Open ")
        self._ready.set()

    def pass_time(self, time: timedelta) -> None:
        """Move the clock; the person at the page stays signed in meanwhile."""
        self.clock.now += time
        service = self.service
        with service.house.database.transaction() as handle:
            handle.execute("UPDATE sessions SET expires = expires + ?", [time.total_seconds()])

        async def look() -> None:
            await service.writer.run(lambda: service.house.timekeeper.tick(self.clock.now))
            service.worker.wake()

        asyncio.run_coroutine_threadsafe(look(), self._loop).result(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(15)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    service = Running(tmp_path)
    yield service
    service.stop()


@pytest.fixture
def page(browser: Browser, running: Running) -> Iterator[Page]:
    with browser.new_context(locale="nl-NL", viewport={"width": 1500, "height": 950}) as context:
        context.set_default_timeout(8000)
        opened = context.new_page()
        opened.goto(running.address)
        expect(opened.locator("#staff")).to_be_visible()
        yield opened


@pytest.mark.parametrize("name", STORIES)
def test_a_story_goes_as_written(page: Page, running: Running, name: str) -> None:
    path = FOLDER / f"{name}.txt"
    played = Player(page, running.pass_time).play(path.read_text(encoding="utf-8"))
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(played, encoding="utf-8")

    assert played == path.read_text(encoding="utf-8")


def file_a_request(page: Page) -> None:
    page.get_by_role("button", name="Een verzoek doen").click()
    form = page.locator(".log form")
    form.get_by_label("inzage").check()
    form.get_by_label("Uw naam").fill("Anna de Wit")
    form.get_by_role("button", name="Indienen").click()
    expect(page.locator(".log .turn.desk").last).to_contain_text("is ingediend")


def test_a_request_made_with_the_form_appears_at_the_staff_desk(page: Page) -> None:
    file_a_request(page)

    expect(page.locator("#board .card")).to_contain_text("Verzoek om inzage", ignore_case=True)
    expect(page.locator("#board")).not_to_contain_text("Anna")


def test_a_form_without_a_choice_says_so_at_the_field(page: Page) -> None:
    page.get_by_role("button", name="Een verzoek doen").click()
    page.locator(".log form").get_by_role("button", name="Indienen").click()

    expect(page.locator(".log form .field-problem")).to_have_text("Kies er minstens één.")


def test_a_second_requester_sees_nothing_of_the_first(page: Page, browser: Browser) -> None:
    file_a_request(page)
    page.get_by_role("button", name="Nog een aanvrager").click()
    address = page.locator("#invitation a").get_attribute("href")
    assert address
    with browser.new_context(locale="nl-NL") as context:
        other = context.new_page()
        other.goto(address)
        other.get_by_role("button", name="Mijn verzoeken").click()

        expect(other.locator(".log .turn.desk").last).to_contain_text("loopt er geen verzoek")


def test_a_page_that_was_away_gets_what_it_missed(page: Page, running: Running) -> None:
    file_a_request(page)
    page.locator("#board").get_by_role("button", name="Details").click()
    page.locator("#board").get_by_role("button", name="Bericht sturen").click()
    page.goto("about:blank")
    reference = queue(running)
    act(running, "send", reference, text="We zijn bijna klaar.", seen="yes")
    page.goto(running.address.partition("?")[0])
    # A connection that broke a moment ago is only noticed when nobody says that it is shown.
    page.wait_for_timeout(4_000)
    running.pass_time(timedelta(seconds=30))

    expect(page.locator(".log .arrived")).to_contain_text("We zijn bijna klaar.")


def queue(running: Running) -> str:
    house = running.service.house
    with house.database.reading() as handle:
        return house.desk.store_of(handle).queue(1)[0].reference


def act(running: Running, action: str, reference: str, **values: str) -> None:
    sender = Sender("local", "olga")
    pressed = Action("1", action, sender, STAFF_PLACE, running.clock(), reference, values)
    running.service.house.triage.handle(pressed)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1500, 360])
def test_both_panes_are_accessible(page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    file_a_request(page)
    page.locator("#board").get_by_role("button", name="Details").first.click()
    expect(page.locator("#board .actions")).to_be_visible()
    page.locator("#board").get_by_role("button", name="Sluiten").first.click()
    expect(page.locator("#board form")).to_be_visible()

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
