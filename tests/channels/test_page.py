"""The local page in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Route,
    ViewportSize,
    expect,
)

WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 320, "height": 640}


class Watch:
    """What a page asked for and complained about."""

    def __init__(self, context: BrowserContext) -> None:
        self.requested: list[str] = []
        self.complaints: list[str] = []
        self.expected: set[str] = set()
        context.on("request", lambda request: self.requested.append(request.url))
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(locale="nl-NL", viewport=WIDE) as opened:
        opened.set_default_timeout(5000)
        yield opened


@pytest.fixture
def watch(context: BrowserContext, local_server: Any) -> Iterator[Watch]:
    watched = Watch(context)
    yield watched
    outside = [url for url in watched.requested if not url.startswith(local_server.address)]
    assert [url for url in outside if not url.startswith("data:")] == []
    assert [text for text in watched.complaints if text not in watched.expected] == []


@pytest.fixture
def page(context: BrowserContext, watch: Watch, local_server: Any) -> Page:
    opened = context.new_page()
    opened.goto(local_server.entrance)
    expect(opened.locator("#examples button")).to_have_count(4)
    return opened


def submit(page: Page, text: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")


def ask(page: Page, text: str) -> None:
    answered = page.locator(".desk").count()
    submit(page, text)
    expect(page.locator(".desk")).to_have_count(answered + 1)


def test_token_leaves_the_address(page: Page, local_server: Any) -> None:
    assert page.url == f"{local_server.address}/"


def test_question_is_typed_and_answered(page: Page) -> None:
    ask(page, "Hoe lang bewaart u alles?")
    log = page.get_by_role("log")
    expect(log.locator(".own")).to_contain_text("Hoe lang bewaart u alles?")
    answer = log.locator(".desk")
    expect(answer).to_contain_text("U schreef: Hoe lang bewaart u alles?")
    expect(answer.locator("dt").first).to_have_text("Bewaartermijn")
    expect(answer.locator("dd").first).to_have_text("90 dagen")
    expect(answer.locator(".notice.law .notice-name")).to_have_text("Uit de wet")
    expect(answer.locator(".notice.warning .notice-name")).to_have_text("Let op")
    expect(answer.locator(".sources")).to_have_text("Bron: privacyverklaring, versie 1.0")
    expect(page.get_by_role("textbox")).to_have_value("")
    expect(page.get_by_role("textbox")).to_be_focused()


def test_shift_enter_begins_a_new_line(page: Page, local_server: Any) -> None:
    page.get_by_role("textbox").fill("eerste")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("tweede")
    page.get_by_role("button", name="Verstuur").click()
    expect(page.locator(".own")).to_contain_text("eerste\ntweede")
    expect(page.locator(".desk")).to_have_count(1)
    assert local_server.answers.asked[0].text == "eerste\ntweede"


def test_blank_question_is_not_sent(page: Page, local_server: Any) -> None:
    submit(page, "  \n ")
    expect(page.locator(".turn")).to_have_count(0)
    assert local_server.answers.asked == []


def test_example_is_asked(page: Page, local_server: Any) -> None:
    page.locator("#examples button").first.click()
    expect(page.locator(".desk")).to_have_count(1)
    assert local_server.answers.asked[0].text == "Hoe lang bewaart u gespreksopnames?"


def test_choice_is_pressed_by_keyboard(page: Page, local_server: Any) -> None:
    ask(page, "keuze")
    choice = page.get_by_role("button", name="Verkeersgegevens")
    choice.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".own").nth(1)).to_contain_text("Verkeersgegevens")
    expect(choice).to_be_disabled()
    assert local_server.answers.asked[1].text == "2"
    expect(choice).to_have_accessible_name("Verkeersgegevens (gekozen)")
    expect(page.get_by_role("button", name="Gespreksopnames", exact=True)).to_be_disabled()
    expect(page.get_by_role("textbox")).to_be_focused()


def test_choices_close_when_the_conversation_goes_on(page: Page) -> None:
    ask(page, "keuze")
    expect(page.get_by_role("button", name="Verkeersgegevens")).to_be_enabled()
    ask(page, "iets anders")
    expect(page.get_by_role("button", name="Verkeersgegevens")).to_be_disabled()


def test_markup_is_shown_and_not_run(page: Page) -> None:
    markup = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
    ask(page, markup)
    expect(page.locator(".own")).to_contain_text(markup)
    expect(page.locator(".desk .text").first).to_have_text(f"U schreef: {markup}")
    assert page.locator("#log img, #log script").count() == 0
    assert "run" not in page.title()


def test_language_of_the_page_can_be_changed(page: Page, local_server: Any) -> None:
    ask(page, "Hallo")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_title("Privacy desk · MixedBytes")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What would you like")
    expect(page.get_by_role("textbox", name="Your question")).to_be_visible()
    expect(page.get_by_role("button", name="English")).to_have_attribute("aria-pressed", "true")
    ask(page, "How long?")
    expect(page.locator(".desk").nth(1)).to_have_attribute("lang", "en")
    expect(page.locator(".own").nth(1)).to_have_attribute("lang", "en")
    expect(page.locator(".desk").first).to_have_attribute("lang", "nl")
    assert [message.locale for message in local_server.answers.asked] == ["nl", "en"]


def test_answer_carries_its_own_language(page: Page) -> None:
    ask(page, "How long?")
    expect(page.locator(".desk")).to_have_attribute("lang", "en")
    expect(page.locator(".own")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("lang", "nl")


def test_typed_text_survives_an_error(page: Page, watch: Watch, local_server: Any) -> None:
    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/api/messages", refuse)
    watch.expected.add("Failed to load resource: net::ERR_FAILED")
    submit(page, "Blijf bewaard")
    expect(page.get_by_role("alert")).to_contain_text("niet aangekomen")
    expect(page.get_by_role("textbox")).to_have_value("Blijf bewaard")
    expect(page.locator(".turn")).to_have_count(0)
    page.unroute("**/api/messages")
    page.get_by_role("button", name="Opnieuw proberen").click()
    expect(page.locator(".desk")).to_contain_text("Blijf bewaard")
    expect(page.locator("#problem")).to_be_hidden()
    expect(page.get_by_role("textbox")).to_have_value("")


def test_choice_can_be_tried_again(page: Page, watch: Watch, local_server: Any) -> None:
    ask(page, "keuze")
    expect(page.locator(".choices button")).to_have_count(2)
    local_server.answers.broken = True
    watch.expected.add(
        "Failed to load resource: the server responded with a status of 500 (Internal Server Error)"
    )
    page.get_by_role("textbox").fill("half getypt")
    page.get_by_role("button", name="Verkeersgegevens").click()
    expect(page.get_by_role("alert")).to_contain_text("ging bij ons iets mis")
    expect(page.get_by_role("button", name="Verkeersgegevens")).to_be_enabled()
    local_server.answers.broken = False
    page.get_by_role("button", name="Opnieuw proberen").click()
    expect(page.locator(".own").nth(1)).to_contain_text("Verkeersgegevens")
    expect(page.get_by_role("textbox")).to_have_value("half getypt")


def test_second_browser_finds_the_door_closed(
    page: Page, browser: Browser, local_server: Any
) -> None:
    with browser.new_context(locale="en-GB") as other:
        opened = other.new_page()
        opened.goto(local_server.entrance)
        expect(opened.get_by_role("heading")).to_have_text("This door is still closed")
        assert Axe().run(opened).violations_count == 0


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_accessible_and_fits(
    page: Page, viewport: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    page.set_viewport_size(viewport)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    ask(page, "Alles, ook " + "een heel lang woord".replace(" ", "") * 8)
    ask(page, "keuze")
    page.get_by_role("button", name="Verkeersgegevens").click()
    expect(page.locator(".desk")).to_have_count(3)
    ask(page, "keuze")
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
    assert page.evaluate("document.documentElement.scrollHeight") == viewport["height"]
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_newest_answer_is_in_view(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    for number in range(4):
        ask(page, f"vraag {number}")
    expect(page.locator(".own").last).to_be_in_viewport(ratio=1)
    expect(page.locator(".desk .text").last).to_be_in_viewport()


def test_dark_follows_the_system(page: Page) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    page.emulate_media(color_scheme="light")
    light = page.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(colour) != light


def test_reduced_motion_is_respected(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    ask(page, "Hallo")
    assert page.locator(".desk").evaluate("each => getComputedStyle(each).animationName") == "none"


def test_keyboard_reaches_everything_in_order(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar het invoerveld")).to_be_focused()
    expect(page.get_by_role("link", name="Naar het invoerveld")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox")).to_be_focused()
