"""The main job in a real Chromium: ask, follow up, ask for a person, claim, reply, see it, resolve.

Screenshots go to HELPDESK_SCREENSHOTS, or beside the test's other files.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import (
    accessibility_faults,
    browser,
    chromium,
    visitor,
    wider_than_its_window,
)
from tests.support.process import Desk, running_desk

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="there is no Chromium here: apt install chromium"),
]

DOXED = "Somebody posted my home address online. What should I do first?"
EXPERT = "Jordan Demo"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with running_desk(tmp_path_factory.mktemp("desk") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("HELPDESK_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def opened(chrome: Browser, **how: object) -> tuple[Page, list[str]]:
    """Return a page of a browser of its own, and the list that its errors go to."""
    page = visitor(chrome, **how).new_page()  # type: ignore[arg-type]
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    return page, faults


def test_an_official_asks_and_an_expert_answers(desk: Desk, chrome: Browser, pictures: Path) -> None:
    official, faults = opened(chrome, phone=True)
    official.goto(desk.address)
    official.screenshot(path=pictures / "01-ask.png", full_page=True)
    assert accessibility_faults(official) == []

    official.get_by_label("Your question").fill(DOXED)
    official.keyboard.press("Control+Enter")
    answers = official.locator(".turn.answer")
    expect(answers).to_have_count(1)
    expect(answers.first).to_contain_text("Source 1")
    official.screenshot(path=pictures / "02-answer.png", full_page=True)
    assert accessibility_faults(official) == []

    official.get_by_role("button", name="Yes").first.click()
    expect(official.locator(".rated")).to_contain_text("this helped")
    official.get_by_label("Add to this conversation").fill("And who should I call in Canada?")
    official.get_by_role("button", name="Send").click()
    expect(official.locator(".turn.you")).to_have_count(2)
    expect(answers).to_have_count(2)

    card = official.locator("#person")
    if official.get_by_role("button", name="Talk to a person").count():
        official.get_by_role("button", name="Talk to a person").click()
    expect(card).to_contain_text(re.compile(r"Your request HD-\d+"))
    expect(card).to_contain_text("Mountain time")
    number = re.search(r"HD-\d+", card.inner_text())
    assert number
    official.screenshot(path=pictures / "03-talk-to-a-person.png", full_page=True)

    expert, expert_faults = opened(chrome, zone="America/Toronto")
    expert.goto(desk.links[EXPERT])
    expect(expert.get_by_role("link", name=number[0])).to_be_visible()
    expect(expert.locator("#rows")).to_contain_text("due in")
    expert.screenshot(path=pictures / "04-queue.png", full_page=True)
    assert accessibility_faults(expert) == []

    expert.get_by_role("link", name=number[0]).click()
    expert.screenshot(path=pictures / "05-ticket.png", full_page=True)
    assert accessibility_faults(expert) == []
    expert.get_by_role("button", name="Claim").click()
    expect(expert.locator(".flash")).to_contain_text("The request is yours")
    expect(card).to_contain_text("An expert is working on it")  # the official's page was not touched

    official.get_by_label("Add to this conversation").fill("half a sentence")
    expert.get_by_label("Internal note: the official never sees this").fill("Police liaison informed.")
    expert.get_by_role("button", name="Keep as internal note").click()
    expect(expert.locator(".turn.note")).to_contain_text("Police liaison informed.")
    expert.get_by_label("Your reply, sent to the official word for word").fill(
        "Is anyone near your home now?"
    )
    expert.get_by_role("button", name="Send to the official").click()
    expect(expert.locator(".turn.expert")).to_have_count(1)

    reply = official.locator(".turn.expert")
    expect(reply).to_contain_text("Is anyone near your home now?")
    expect(official.get_by_label("Add to this conversation")).to_have_value("half a sentence")
    expect(official.get_by_label("Add to this conversation")).to_be_focused()
    expect(official.locator("body")).not_to_contain_text("Police liaison")
    official.screenshot(path=pictures / "06-reply-seen.png", full_page=True)
    expert.screenshot(path=pictures / "07-ticket-worked.png", full_page=True)

    expert.get_by_label("How did it end?").select_option(label="Advice given")
    expert.get_by_role("button", name="Mark as done").click()
    expect(expert.locator("#facts")).to_contain_text("Done")
    expect(card).to_contain_text("marked as done")
    official.screenshot(path=pictures / "08-resolved.png", full_page=True)

    expert.get_by_role("link", name="Reminders and outbox").click()
    expect(expert.get_by_role("heading", name="Reminders and outbox")).to_be_visible()
    expert.screenshot(path=pictures / "09-outbox.png", full_page=True)
    assert accessibility_faults(expert) == []
    assert (faults, expert_faults) == ([], [])


def test_danger_in_the_dark_and_in_french(desk: Desk, chrome: Browser, pictures: Path) -> None:
    official, faults = opened(chrome, phone=True, dark=True, zone="America/Toronto")
    official.goto(f"{desk.address}/?lang=fr")
    official.get_by_label("Votre question").fill("il y a un homme avec une arme devant ma porte en ce moment")
    official.get_by_role("button", name="Envoyer").click()
    expect(official.locator(".turn.safety")).to_contain_text("911")
    expect(official.locator("#person")).to_contain_text(re.compile(r"HD-\d+"))
    official.screenshot(path=pictures / "10-danger-fr-dark.png", full_page=True)
    assert accessibility_faults(official) == []
    assert faults == []


def test_a_source_opens_at_its_passage(desk: Desk, chrome: Browser, pictures: Path) -> None:
    official, faults = opened(chrome, phone=True)
    official.goto(desk.address)
    official.get_by_label("Your question").fill(DOXED)
    official.get_by_role("button", name="Ask").click()
    with official.context.expect_page() as another:
        official.locator(".source a").first.click()
    document = another.value
    expect(document.locator(".passage:target")).to_be_in_viewport()
    document.screenshot(path=pictures / "11-library.png")
    assert accessibility_faults(document) == []
    assert faults == []


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_is_wider_than_the_smallest_phone(
    desk: Desk, chrome: Browser, pictures: Path, dark: bool
) -> None:
    page, _faults = opened(chrome, dark=dark)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(desk.address)
    page.get_by_label("Your question").fill("a" * 300 + " " + DOXED)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".turn").nth(1)).to_be_visible()
    assert not wider_than_its_window(page)
    page.screenshot(path=pictures / f"12-320px-{'dark' if dark else 'light'}.png", full_page=True)
    page.goto(desk.links[EXPERT])
    for address in ("/console", "/console/library", "/console/outbox"):
        page.goto(desk.address + address)
        assert not wider_than_its_window(page), address
        assert accessibility_faults(page) == []


def test_the_conversation_works_without_javascript(desk: Desk, chrome: Browser) -> None:
    page = chrome.new_context(java_script_enabled=False, locale="en-US").new_page()
    page.goto(desk.address)
    page.get_by_label("Your question").fill(DOXED)
    page.get_by_role("button", name="Ask").click()
    for _reload in range(20):
        if page.locator(".turn.answer").count():
            break
        page.get_by_role("link", name="Reload this page").click()
    expect(page.locator(".turn.answer")).to_contain_text("Source 1")
    if page.get_by_role("button", name="Talk to a person").count():
        page.get_by_role("button", name="Talk to a person").click()
    expect(page.locator("#person")).to_contain_text(re.compile(r"HD-\d+"))


def test_leaving_leaves_nothing_to_go_back_to(desk: Desk, chrome: Browser) -> None:
    page, _faults = opened(chrome)
    page.route("https://www.weather.gov/**", lambda route: route.fulfill(body="<title>Weather</title>"))
    page.goto("about:blank")
    page.goto(desk.address)
    page.get_by_role("link", name="Leave this page").click()
    page.wait_for_url("https://www.weather.gov/**")
    page.go_back()
    assert page.url == "about:blank"
