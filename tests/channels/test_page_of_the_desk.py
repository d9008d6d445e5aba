"""The page over the real desk, as a newcomer meets it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect


@pytest.fixture
def page(browser: Browser, real_desk: str) -> Iterator[Page]:
    with browser.new_context(locale="nl-NL") as context:
        context.set_default_timeout(5000)
        opened = context.new_page()
        opened.goto(real_desk)
        yield opened


def ask(page: Page, text: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")


def test_the_question_of_the_readme_is_answered_with_its_source(page: Page) -> None:
    ask(page, "hoe lang bewaren jullie mijn telefoontje met de helpdesk?")

    expect(page.locator(".desk").last).to_contain_text("90 dagen")
    expect(page.locator(".desk .sources").last).to_contain_text("Gespreksopnames als u ons belt.")


def test_a_choice_leads_to_its_answer(page: Page) -> None:
    ask(page, "sleutelhouders")
    page.get_by_role("button", name="Hoe lang ze bewaard worden").click()

    expect(page.locator(".desk").last).to_contain_text("tot het einde van de dienstverlening")


def test_a_silence_is_admitted_and_the_law_set_apart(page: Page) -> None:
    ask(page, "binnen hoeveel dagen krijg ik antwoord op mijn inzageverzoek?")

    expect(page.locator(".desk").last).to_contain_text("zegt niets over")
    expect(page.locator(".desk .notice.law").last).to_contain_text("AVG art. 12 lid 3")


def test_a_citizen_service_number_disappears_from_the_screen(page: Page) -> None:
    ask(page, "gooi alles van mij weg, mijn bsn is 123456782")

    expect(page.locator(".desk .notice.warning")).to_be_visible()
    expect(page.locator(".own").last).to_contain_text("mijn bsn is •••")
    expect(page.get_by_role("log")).not_to_contain_text("123456782")
