"""A library of many passages: start, publish and withdraw, with people asking, on two processes and one database.

.venv/bin/python -m benchmarks.library                        20,000 passages on SQLite (about four minutes)
.venv/bin/python -m benchmarks.library --passages 100000      ten minutes
.venv/bin/python -m benchmarks.library --database postgresql+psycopg://user@/desk      an empty database

What is timed is what an official sees: a question on the web page, and what its answer quotes. The senses of
the filling are drawn by lot: making them takes minutes once, at night, and is no part of a publish.
"""

import argparse
import datetime as dt
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
from lxml import html
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import Engine

from benchmarks.readers import WORDS
from bot.database import open_engine, transaction
from knowledge_base import library
from knowledge_base.documents import Attributes, Block, BlockKind, StructuredDocument
from knowledge_base.generations.sense_files import beside, save
from knowledge_base.index import Index
from knowledge_base.meaning import DIMENSIONS
from knowledge_base.senses import Senses, code_of
from knowledge_base.senses.making import keys_of
from tests.support.process import helpdesk, running_desk

A_DOCUMENT = 50
WORDS_A_PASSAGE = 90
AT_ONCE = 20
LOOKS_EVERY = 0.05
BETWEEN = 0.2
PATIENCE = 120.0
# As many answers are asked for meanwhile as in the quiet while: the slowest of few is chance.
ROUNDS, ROUNDS_OF_MANY = 10, 4
QUESTION = "When is the zeppelin hangar of the harbour opened, and who has the key?"
ORDINARY = (
    "Someone published my home address. What should I do in the first hour?",
    "How do we keep order when people shout during a council meeting?",
    "A reporter is calling about the threats. What do I say?",
    "Quelqu'un menace la mairesse en ligne. Que faire d'abord?",
)
SECRET = "zeppelin-hangar"
TOLD = "The keeper opens the zeppelin hangar"


def document(number: int) -> StructuredDocument:
    """Return a document of many passages, unlike any other and unlike what people ask."""
    chance = random.Random(number)
    words = [*WORDS, *(f"{word}{number % 97}" for word in WORDS)]
    blocks: list[Block] = []
    for part in range(A_DOCUMENT):
        blocks.append(Block(BlockKind.HEADING, f"Part {part} of ledger {number}", level=2))
        text = " ".join(chance.choice(words) for _ in range(WORDS_A_PASSAGE))
        blocks.append(Block(BlockKind.PARAGRAPH, f"{text.capitalize()}."))
    return StructuredDocument(
        title=f"Ledger {number}",
        language="en",
        attributes=Attributes(slug=f"ledger-{number}"),
        blocks=tuple(blocks),
    )


def secret(turn: int) -> StructuredDocument:
    """Return the document that is published and withdrawn, another text each time."""
    text = f"{TOLD} of the harbour at {turn + 6} in the morning, and the harbour clerk has the key of the hangar."
    block = Block(BlockKind.PARAGRAPH, text)
    return StructuredDocument(
        title="Zeppelin hangar of the harbour",
        language="en",
        attributes=Attributes(slug=SECRET, reviewed=True),
        blocks=(block,),
    )


def fill(engine: Engine, passages: int, now: dt.datetime) -> None:
    """Publish documents until there are as many passages."""
    numbers = range(passages // A_DOCUMENT)
    for start in track(range(0, len(numbers), AT_ONCE), "filling the library"):
        with transaction(engine) as session:
            for number in numbers[start : start + AT_ONCE]:
                library.add(session, document(number), source_name=f"{number}.md", by="benchmark", now=now)


def draw_senses(index_dir: Path) -> None:
    """Give every text of the newest index a sense at random."""
    newest = max(index_dir.glob("generation-*.index"))
    texts = Index.open(newest).texts()
    chance = np.random.default_rng(7)
    drawn = chance.standard_normal((len(texts), DIMENSIONS), dtype=np.float32)
    codes = code_of(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))
    save(beside(newest), keys_of(texts), Senses.of([codes[place : place + 1] for place in range(len(texts))]))


def answer(address: str, question: str) -> tuple[float, str]:
    """Ask on the web page; return the seconds to the answer, and the page that has it."""
    with httpx.Client(base_url=address, headers={"Accept": "text/html"}, timeout=PATIENCE) as client:
        page = html.fromstring(client.get("/").text)
        forms = (form for form in page.iter("form") if isinstance(form, html.FormElement))
        form = next(form for form in forms if form.get("action") == "/chat")
        fields = {**dict(form.form_values()), "text": question}
        began = time.perf_counter()
        where = client.post("/chat", data=fields).headers["location"]
        while time.perf_counter() - began < PATIENCE:
            shown = client.get(where).text
            if 'class="turn answer' in shown:
                return time.perf_counter() - began, shown
            time.sleep(LOOKS_EVERY)
    raise SystemExit("no answer came")


class Asker(threading.Thread):
    """Somebody who asks ordinary questions until told to stop."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self._address = address
        self._ended = threading.Event()
        self.seconds: list[float] = []

    def run(self) -> None:
        while not self._ended.is_set():
            self.seconds.append(answer(self._address, ORDINARY[len(self.seconds) % len(ORDINARY)])[0])
            self._ended.wait(BETWEEN)

    def stop(self) -> list[float]:
        """End the asking; return the times."""
        self._ended.set()
        self.join()
        return self.seconds


@dataclass(slots=True)
class Seen:
    """When a process first quoted what was published, or last quoted what was withdrawn."""

    seconds: float = 0.0


def until(addresses: list[str], *, quoted: bool, began: float) -> float:
    """Ask every process until all quote the secret, or none does; return the seconds since it began."""
    seen = [Seen() for _ in addresses]

    def look(address: str, found: Seen) -> None:
        while time.monotonic() - began < PATIENCE:
            asked = time.monotonic()
            if (TOLD in answer(address, QUESTION)[1]) is quoted:
                # An answer that was begun before is as old as its question.
                found.seconds = (asked if not quoted else time.monotonic()) - began
                return
            time.sleep(BETWEEN)
        found.seconds = PATIENCE

    lookers = [
        threading.Thread(target=look, args=pair, daemon=True) for pair in zip(addresses, seen, strict=True)
    ]
    for looker in lookers:
        looker.start()
    for looker in lookers:
        looker.join()
    return max(one.seconds for one in seen)


def asked_for(addresses: list[str], seconds: float) -> list[float]:
    """Return the times of ordinary questions in a quiet while."""
    askers = [Asker(address) for address in addresses]
    for asker in askers:
        asker.start()
    for _ in track(range(int(seconds * 10)), "asking in quiet"):
        time.sleep(0.1)
    return [second for asker in askers for second in asker.stop()]


def published_and_withdrawn(
    engine: Engine, addresses: list[str], rounds: int
) -> Iterator[tuple[float, float]]:
    """Publish, wait until it is seen, withdraw, wait until it is gone; yield both times."""
    for turn in range(rounds):
        now = dt.datetime.now(dt.UTC)
        began = time.monotonic()
        with transaction(engine) as session:
            library.add(session, secret(turn), source_name="hangar.md", by="benchmark", now=now)
        visible = until(addresses, quoted=True, began=began)
        began = time.monotonic()
        with transaction(engine) as session:
            library.withdraw(session, f"{SECRET}-en", dt.datetime.now(dt.UTC), by="benchmark")
        yield visible, until(addresses, quoted=False, began=began)


def p99(seconds: list[float]) -> float:
    """Return what all but one in a hundred take at most."""
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * 0.99))]


def measured(data_dir: Path, passages: int, seconds: float, settings: dict[str, str]) -> Table:
    """Fill a library, run two processes on it, and return what was found."""
    table = Table("What", "Measured", "Wanted")
    helpdesk(data_dir, "kb", "list", **settings)
    url = settings.get("HELPDESK_DATABASE_URL") or f"sqlite:///{data_dir / 'helpdesk.sqlite3'}"
    engine = open_engine(url)
    fill(engine, passages, dt.datetime.now(dt.UTC))
    began = time.perf_counter()
    with running_desk(data_dir, **settings):
        table.add_row("first start, the index is built", f"{time.perf_counter() - began:.1f} s", "")
    draw_senses(data_dir / "index")
    with ExitStack() as running:
        began = time.perf_counter()
        desks = [running.enter_context(running_desk(data_dir, **settings))]
        table.add_row(f"start with {passages} passages", f"{time.perf_counter() - began:.1f} s", "under 3 s")
        desks.append(running.enter_context(running_desk(data_dir, **settings)))
        addresses = [desk.address for desk in desks]
        for address in addresses:
            for question in (ORDINARY[0], ORDINARY[-1]):  # the first in each language loads its models
                answer(address, question)
        quiet = asked_for(addresses, seconds)
        askers = [Asker(address) for address in addresses]
        for asker in askers:
            asker.start()
        turns = ROUNDS if passages <= 20_000 else ROUNDS_OF_MANY
        rounds = list(
            track(published_and_withdrawn(engine, addresses, turns), "publishing, withdrawing", total=turns)
        )
        busy = [second for asker in askers for second in asker.stop()]
    engine.dispose()
    wanted = "under 5 s" if passages <= 20_000 else "under 60 s"
    table.add_row(
        "publish to quoted by both processes, longest", f"{max(one for one, _ in rounds):.1f} s", wanted
    )
    table.add_row(
        "withdraw to quoted by none, longest", f"{max(two for _, two in rounds):.1f} s", "under 5 s"
    )
    table.add_row(f"question to answer in quiet, p99 of {len(quiet)}", f"{p99(quiet) * 1000:.0f} ms", "")
    told = f"{p99(busy) * 1000:.0f} ms ({p99(busy) / p99(quiet):.1f} times)"
    table.add_row(f"the same while publishing, p99 of {len(busy)}", told, "twice at most")
    return table


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--passages", type=int, default=20_000)
    options.add_argument("--seconds", type=float, default=30.0, help="how long the quiet while is")
    options.add_argument("--database", default="", help="an empty database; SQLite otherwise")
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="helpdesk-bench-"))
    settings = {"HELPDESK_DATABASE_URL": chosen.database} if chosen.database else {}
    try:
        table = measured(folder / "desk" / "data", chosen.passages, chosen.seconds, settings)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    Console().print(table)


if __name__ == "__main__":
    main()
