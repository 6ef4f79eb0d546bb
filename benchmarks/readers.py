"""How fast documents are read, and how much memory an import of many takes: by hand, never in a test.

.venv/bin/python -m benchmarks.readers                 # 1,000 made documents of 10 pages, imported
.venv/bin/python -m benchmarks.readers A.pdf B.pdf     # page rate on these files, beside pypdf's own
.venv/bin/python -m benchmarks.readers --documents 50
"""

import argparse
import datetime as dt
import gc
import logging
import os
import random
import resource
import shutil
import tempfile
import threading
import time
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot.database import open_engine, transaction
from bot.migrations import upgrade
from knowledge_base import library
from knowledge_base.language import warm_up
from knowledge_base.passages import cut
from knowledge_base.readers import ReaderProcess
from tests.support.pdf_files import Text, page_of, pdf_of

PAGES = 10
LINES = 45
WORDS = [
    "council",
    "meeting",
    "police",
    "address",
    "threat",
    "record",
    "clerk",
    "mayor",
    "notice",
    "hall",
    "public",
    "comment",
    "safety",
    "report",
    "staff",
    "family",
    "home",
    "phone",
    "letter",
    "statement",
    "press",
    "platform",
    "evidence",
    "crisis",
    "plan",
    "call",
    "expert",
    "city",
]


def made(number: int) -> bytes:
    """Return a document of ten full pages, headings and lists among them, unlike any other."""
    chance = random.Random(number)
    pages = []
    for page in range(PAGES):
        lines = [Text(72, 740, f"Part {page + 1} of document {number}", 16, bold=True)]
        for line in range(LINES):
            words = " ".join(chance.choice(WORDS) for _ in range(11))
            lines.append(Text(72, 715 - 14 * line, f"{line + 1}. {words}." if line < 5 else f"{words}."))
        pages.append(page_of(*lines))
    return pdf_of(*pages)


def rate(files: list[Path]) -> tuple[int, float, float]:
    """Return the pages, and the pages a second of processor time: of pypdf's own text, and of documents cut to passages.

    The reading process is timed with all it does, its answers too; starting it, once for a whole import, is not.
    """
    logging.disable(logging.CRITICAL)
    warm_up()
    starting = read_and_cut([])[0]
    pages, own, ours = 0, 0.0, -starting
    for file in track(files, "pypdf alone"):
        began = time.process_time()
        opened = PdfReader(BytesIO(file.read_bytes()))
        pages += len(opened.pages)
        for page in opened.pages:
            page.extract_text()
        own += time.process_time() - began
        # What is left of it would slow whatever comes after.
        del opened, page
        gc.collect()
    child, parent = read_and_cut(files)
    ours += child + parent
    return pages, pages / own, pages / ours


def read_and_cut(files: list[Path]) -> tuple[float, float]:
    """Read files as an import does; return the processor time of the reading process and of this one."""
    before, began = children_seconds(), time.process_time()
    with ReaderProcess() as reader:
        reader.read("first.pdf", made(0))
        for file in track(files, "read and cut", disable=not files):
            cut(reader.read(file.name, file.read_bytes()))
    return children_seconds() - before, time.process_time() - began


def children_seconds() -> float:
    """Return the processor time of the child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Memory(threading.Thread):
    """Looks at the memory of this process and of its children until it is stopped."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.own = self.child = 0
        self._stop_now = threading.Event()

    def run(self) -> None:
        while not self._stop_now.wait(0.2):
            self.own = max(self.own, resident(os.getpid()))
            children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            self.child = max([self.child, *(resident(int(child)) for child in children)])

    def stop(self) -> None:
        """End the looking."""
        self._stop_now.set()
        self.join()


def resident(process: int) -> int:
    """Return the resident memory of a process in MB, 0 when it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return int(status.split("VmRSS:")[1].split()[0]) // 1024 if "VmRSS:" in status else 0


def imported(documents: int, folder: Path) -> tuple[float, int, Memory]:
    """Import documents as `kb add` does, one transaction each; return seconds, passages and memory."""
    engine = open_engine(f"sqlite:///{folder / 'desk.sqlite3'}")
    upgrade(engine)
    memory = Memory()
    memory.start()
    began, passages = time.monotonic(), 0
    with ReaderProcess() as reader:
        for number in track(range(documents), "importing"):
            name = f"document-{number}.pdf"
            document = reader.read(name, made(number))
            with transaction(engine) as session:
                added = library.add(
                    session,
                    document,
                    source_name=name,
                    by="benchmark",
                    now=dt.datetime.now(dt.UTC),
                    publish=True,
                )
            passages += added.passages
    seconds = time.monotonic() - began
    memory.stop()
    engine.dispose()
    return seconds, passages, memory


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("files", nargs="*", type=Path)
    options.add_argument("--documents", type=int, default=1000)
    chosen = options.parse_args()
    table = Table("What", "Measured", "Wanted")
    if chosen.files:
        pages, own, ours = rate(chosen.files)
        table.add_row(f"pages a second, pypdf alone ({pages} pages)", f"{own:.0f}", "")
        table.add_row("pages a second, read and cut", f"{ours:.0f} ({ours / own:.0%})", "70% of pypdf's")
    else:
        folder = Path(tempfile.mkdtemp(prefix="helpdesk-bench-"))
        try:
            seconds, passages, memory = imported(chosen.documents, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        what = f"{chosen.documents} documents of {PAGES} pages, {passages} passages"
        table.add_row(f"import: {what}", f"{chosen.documents * PAGES / seconds:.0f} pages a second", "")
        table.add_row("memory of the importing process, at most", f"{memory.own} MB", "under 500 MB")
        table.add_row("memory of the reading process, at most", f"{memory.child} MB", "under 500 MB")
    Console().print(table)


if __name__ == "__main__":
    main()
