"""An expert does with a ticket whatever there is to do, in a real browser."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import accessibility_faults, browser, chromium, visitor
from tests.support.desk import DeskFactory
from tests.support.process import Desk, running_desk

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="there is no Chromium here: apt install chromium"),
]
EXPERT = "Jordan Demo"


@pytest.fixture
def desk(tmp_path: Path, sqlite_desks: DeskFactory) -> Iterator[Desk]:
    with running_desk(sqlite_desks.copy_to(tmp_path)) as started:
        yield started


@pytest.fixture
def chrome() -> Iterator[Browser]:
    with browser() as started:
        yield started


def test_an_expert_asks_ticks_hands_over_and_puts_monitoring_on_record(
    desk: Desk, chrome: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pictures = Path(os.environ.get("HELPDESK_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    pictures.mkdir(parents=True, exist_ok=True)
    official = visitor(chrome, phone=True).new_page()
    official.goto(desk.address)
    official.get_by_label("Your question").fill("Somebody posted my home address online.")
    official.keyboard.press("Control+Enter")
    expect(official.locator(".turn.answer")).to_have_count(1, timeout=30_000)
    if official.get_by_role("button", name="Talk to a person").count():
        official.get_by_role("button", name="Talk to a person").click()
    expect(official.locator("#person")).to_contain_text("HD-", timeout=30_000)
    number = re.search(r"HD-\d+", official.locator("#person").inner_text())
    assert number

    page = visitor(chrome, zone="America/Toronto").new_page()
    page.goto(desk.links[EXPERT])
    page.goto(f"{desk.address}/console/tickets/{number[0]}")
    page.get_by_role("button", name="Claim").click()

    page.get_by_role("button", name=re.compile("^Done: Asked if anybody has come")).click()
    expect(page.locator(".flash")).to_contain_text("Done.")
    expect(page.locator("#checklist s")).to_have_count(1)

    page.get_by_text("Ask, and wait").click()
    page.locator("#ask-words").fill("Which sites show the address?")
    page.get_by_role("button", name="Ask and wait").click()
    expect(page.locator("#facts")).to_contain_text("Waiting for the official")
    expect(official.locator(".turn.expert")).to_contain_text("Which sites")

    page.locator("#work summary", has_text="Monitoring").click()
    page.locator("#monitor-step").select_option("start")
    page.get_by_role("button", name="Put on record").click()
    expect(page.locator(".flash")).to_contain_text("name the analyst first")

    for details in page.locator("#work details").all():
        details.evaluate("one => one.open = true")
    page.screenshot(path=pictures / "work.png", full_page=True)
    assert accessibility_faults(page) == []

    page.locator("#hand-person").select_option(label="Noor Démo")
    page.locator("#hand-reason").fill("my shift ends")
    page.get_by_role("button", name="Hand over").click()
    expect(page.locator("#facts")).to_contain_text("Noor Démo")
    expect(page.locator("#facts")).to_contain_text("not accepted yet")
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.goto(f"{desk.address}/console/tickets/{number[0]}?lang=fr")
    page.screenshot(path=pictures / "phone-fr.png", full_page=True)
