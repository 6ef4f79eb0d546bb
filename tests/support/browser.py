"""A real headless Chromium in front of a desk."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def chromium() -> str | None:
    """Return where Chromium is installed, or None."""
    return next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """Start headless Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        try:
            yield started
        finally:
            started.close()


def visitor(
    started: Browser, *, phone: bool = False, zone: str = "America/Boise", dark: bool = False
) -> BrowserContext:
    """Return somebody's browser: own cookies, own zone. The strict policy is set aside for axe alone."""
    return started.new_context(
        bypass_csp=True,
        timezone_id=zone,
        locale="en-US",
        color_scheme="dark" if dark else "light",
        viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 900},
        has_touch=phone,
        is_mobile=phone,
    )


def accessibility_faults(page: Page) -> list[str]:
    """Return what axe finds wrong with a page, a line for each element."""
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
    )
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]


def wider_than_its_window(page: Page) -> bool:
    """Tell whether a page must be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
