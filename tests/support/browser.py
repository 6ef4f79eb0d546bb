"""A real desk in its own process and a real headless Chromium in front of it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
SERVE = (sys.executable, "-m", "bot.cli", "serve")
READY = "Ctrl-C stops it"
_STARTS_WITHIN = 90.0


def chromium() -> str | None:
    """Return where Chromium is installed, or None."""
    return next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)


@dataclass(frozen=True, slots=True)
class Desk:
    """A running desk: its address, and the demonstration people's sign-in links by name."""

    address: str
    links: dict[str, str]


@contextmanager
def running_desk(data_dir: Path) -> Iterator[Desk]:
    """Run `helpdesk serve` on a free port with data of its own, and stop it at the end."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("HELPDESK_", "SLACK_"))
    }
    environment = {
        **inherited,
        "PYTHONPATH": str(ROOT),
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "300",
        "NO_COLOR": "1",
    }
    command = [*SERVE, "--port", "0", "--data-dir", str(data_dir)]
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as process:
        lines: list[str] = []
        ready = threading.Event()
        reader = threading.Thread(target=_read, args=(process, lines, ready), daemon=True)
        reader.start()
        try:
            if not ready.wait(_STARTS_WITHIN) or process.poll() is not None:
                raise AssertionError("the desk did not start:\n" + "".join(lines))
            yield _parse("".join(lines))
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
            reader.join(5)


def _read(process: "subprocess.Popen[str]", lines: list[str], ready: threading.Event) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if READY in line:
            ready.set()
    ready.set()  # it ended


def _parse(printed: str) -> Desk:
    address = re.search(r"is at (http://\S+)", printed)
    assert address, printed
    links = re.findall(r"^\s+(\S[^\n(]*?) \([^\n]*\)\n\s+(http\S+/demo/sign-in/\S+)$", printed, re.MULTILINE)
    return Desk(address[1], dict(links))


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
