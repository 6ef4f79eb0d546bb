"""Print the speed and size of the main job as one table.

.venv/bin/python -m benchmarks                start, web answers, memory (about a minute)
.venv/bin/python -m benchmarks --cold         a fresh clone's first answer too (installs packages)
.venv/bin/python -m benchmarks --askers 10 --seconds 60 --every 5
"""

import argparse
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import httpx
from lxml import html
from rich.console import Console
from rich.table import Table

from tests.support.process import ROOT, environment_of, running_desk

QUESTIONS = (
    "Someone published my home address. What should I do in the first hour?",
    "How do we keep order when people shout during a council meeting?",
    "Our council is divided over a ceasefire resolution. What can we do before the vote?",
    "The temple door was painted with slurs. What does the city do first?",
    "A reporter is calling about the threats. What do I say?",
    "Quelqu'un menace la mairesse en ligne. Que faire d'abord?",
)
_PATIENCE = 10.0


class Asker(threading.Thread):
    """One browser that asks again and again, and times each question until its answer is on the page."""

    def __init__(self, address: str, number: int, until: float, every: float) -> None:
        super().__init__(daemon=True)
        self._address = address
        self._number = number
        self._until = until
        self._every = every
        self.seconds: list[float] = []

    def run(self) -> None:
        """Ask a new question every few seconds until the time is over."""
        turn = self._number
        time.sleep(self._number * self._every / 10)
        while time.monotonic() < self._until:
            began = time.monotonic()
            with httpx.Client(base_url=self._address, headers={"Accept": "text/html"}) as client:
                self.seconds.append(first_answer(client, QUESTIONS[turn % len(QUESTIONS)]))
            turn += 1
            time.sleep(max(0.0, self._every - (time.monotonic() - began)))


def first_answer(client: httpx.Client, question: str) -> float:
    """Ask one question and return the seconds from sending the form to the answer on the page."""
    page = html.fromstring(client.get("/").text)
    forms = (form for form in page.iter("form") if isinstance(form, html.FormElement))
    form = next(form for form in forms if form.get("action") == "/chat")
    fields = {**dict(form.form_values()), "text": question}
    began = time.perf_counter()
    where = client.post("/chat", data=fields).headers["location"]
    while time.perf_counter() - began < _PATIENCE:
        if 'class="turn answer' in client.get(where).text:
            return time.perf_counter() - began
        time.sleep(0.02)  # a look costs the desk a page: looking more often would measure the looking
    raise SystemExit("no answer came in ten seconds")


def web(address: str, askers: int, seconds: float, every: float) -> list[float]:
    """Return the times of all questions, sorted."""
    until = time.monotonic() + seconds
    threads = [Asker(address, number, until, every) for number in range(askers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(second for thread in threads for second in thread.seconds)


def cold(folder: Path) -> float:
    """Return the seconds from `./helpdesk serve` in a fresh clone to its first answer."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    began = time.perf_counter()
    with subprocess.Popen(
        [str(clone / "helpdesk"), "serve", "--port", "8899", "--data-dir", str(folder / "cold" / "data")],
        env={
            name: value
            for name, value in environment_of(folder / "cold" / "data", {}).items()
            if not name.startswith("PYTHON")
        },
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            while True:
                try:
                    with httpx.Client(base_url="http://127.0.0.1:8899", timeout=60) as client:
                        first_answer(client, QUESTIONS[0])
                    return time.perf_counter() - began
                except httpx.TransportError:
                    if process.poll() is not None:
                        raise SystemExit("the fresh clone did not start") from None
                    time.sleep(0.1)
        finally:
            process.terminate()
            process.wait(15)


def resident_mb(data_dir: Path) -> float:
    """Return the resident memory of the desk's process, in MB."""
    found = subprocess.run(
        ["pgrep", "-f", f"bot.cli serve .*{data_dir}"], capture_output=True, text=True, check=True
    ).stdout.split()
    status = Path(f"/proc/{found[0]}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--cold", action="store_true")
    options.add_argument("--askers", type=int, default=10)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--every", type=float, default=5.0)
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="helpdesk-bench-"))
    table = Table("What", "Measured", "Wanted")
    try:
        if chosen.cold:
            table.add_row("fresh clone to first answer", f"{cold(folder):.1f} s", "under 30 s")
        data_dir = folder / "desk" / "data"
        with running_desk(data_dir):
            pass
        began = time.perf_counter()
        with running_desk(data_dir) as desk:
            table.add_row("start, everything installed", f"{time.perf_counter() - began:.2f} s", "under 3 s")
            for question in (QUESTIONS[0], QUESTIONS[-1]):  # the first in each language loads its models
                with httpx.Client(base_url=desk.address) as client:
                    first_answer(client, question)
            times = web(desk.address, chosen.askers, chosen.seconds, chosen.every)
            asked = f"{len(times)} questions, {chosen.askers} askers, one every {chosen.every:g} s"
            p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
            table.add_row(
                f"question to answer, median ({asked})",
                f"{statistics.median(times) * 1000:.0f} ms",
                "under 50 ms",
            )
            table.add_row("question to answer, p99", f"{p99 * 1000:.0f} ms", "under 200 ms")
            table.add_row("resident memory", f"{resident_mb(data_dir):.0f} MB", "under 400 MB")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    Console().print(table)


main()
