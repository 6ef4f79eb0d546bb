"""Compare the search with others, side by side: speed, build, load, memory and first question.

.venv/bin/python -m benchmarks.search                      10,000 and 100,000 passages
.venv/bin/python -m benchmarks.search --passages 10000 --engines ours,tantivy

Every engine is given the same generated text, tokenised and stemmed the same way, and the same
questions of ten terms, in a process of its own with one thread. The others come from the `bench` group
of pyproject.toml, which is not part of the locks; those that are missing are left out. The best of each
engine's answers that ours has among its own first ten is told too: rank_bm25 must have them all.
"""

import argparse
import json
import os
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ENGINES = ("ours", "rank_bm25", "bm25s numpy", "bm25s numba", "tantivy", "sqlite fts5")
TOP = 10
_TERMS = 10
_QUESTIONS = 300
_SLOW_QUESTIONS = 20
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS"), "1"
)

Ask = Callable[[list[str]], list[int]]


@dataclass(frozen=True, slots=True)
class Result:
    """What came out for one engine. Times are in milliseconds, but for build and load in seconds."""

    engine: str
    passages: int
    build: float
    load: float
    first: float
    median: float
    p99: float
    memory: float
    best: list[list[int]]


def corpus(passages: int) -> list[list[str]]:
    """Return generated passages as terms: words of very unequal frequency, which come in subjects."""
    chance = random.Random(11)
    syllables = [a + b for a in "bcdfglmnprstv" for b in ("a", "e", "i", "o", "u", "an", "er", "ion")]
    vocabulary = list(
        dict.fromkeys("".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(90_000))
    )
    # Zipf, as in real text; function words have been dropped already.
    common = vocabulary[:4000]
    odds = [1 / (rank + 8) for rank in range(len(common))]
    subjects = [chance.sample(vocabulary[4000:], 120) for _ in range(600)]
    inside = [1 / (rank + 3) for rank in range(120)]
    made = []
    for _ in range(passages):
        subject = subjects[int(len(subjects) * chance.random() ** 2)]
        words = chance.choices(common, odds, k=chance.randint(30, 75))
        words += chance.choices(subject, inside, k=chance.randint(10, 25))
        chance.shuffle(words)
        made.append(words)
    return made


def questions(texts: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return questions of ten terms, each from a passage."""
    chance = random.Random(12)
    found: list[list[str]] = []
    while len(found) < _QUESTIONS:
        terms = sorted(set(chance.choice(texts)))
        if len(terms) >= _TERMS:
            found.append(chance.sample(terms, _TERMS))
    return found


def _ours(texts: list[list[str]], folder: Path) -> tuple[Callable[[], Ask], int]:
    from knowledge_base.arrays import read_arrays, write_arrays
    from knowledge_base.index import TermMatrix
    from knowledge_base.term_scores import Entry

    write_arrays(folder / "ours", TermMatrix.compile([Entry("en", terms) for terms in texts]).arrays, "")

    def load() -> Ask:
        matrix = TermMatrix(read_arrays(folder / "ours")[0])
        return lambda terms: list(matrix.rank(dict.fromkeys(terms, 1.0), "en", limit=TOP).rows)

    return load, _QUESTIONS


def _rank_bm25(texts: list[list[str]], folder: Path) -> tuple[Callable[[], Ask], int]:
    import pickle

    import numpy as np
    from rank_bm25 import BM25Okapi

    (folder / "rank").write_bytes(pickle.dumps(BM25Okapi(texts)))

    def load() -> Ask:
        model = pickle.loads((folder / "rank").read_bytes())

        def ask(terms: list[str]) -> list[int]:
            scores = model.get_scores(terms)
            return [int(row) for row in np.argsort(-scores, kind="stable")[:TOP]]

        return ask

    return load, _SLOW_QUESTIONS


def _bm25s(backend: str) -> Callable[[list[list[str]], Path], tuple[Callable[[], Ask], int]]:
    def build(texts: list[list[str]], folder: Path) -> tuple[Callable[[], Ask], int]:
        import bm25s

        model = bm25s.BM25(backend=backend)
        model.index(texts, show_progress=False)
        model.save(str(folder / "bm25s"))

        def load() -> Ask:
            held = bm25s.BM25.load(str(folder / "bm25s"), mmap=True)
            held.backend = backend
            if backend == "numba":
                held.activate_numba_scorer()

            def ask(terms: list[str]) -> list[int]:
                rows, _ = held.retrieve([terms], k=TOP, show_progress=False, n_threads=0)
                return [int(row) for row in rows[0]]

            return ask

        return load, _QUESTIONS

    return build


def _tantivy(texts: list[list[str]], folder: Path) -> tuple[Callable[[], Ask], int]:
    import tantivy

    (folder / "tantivy").mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", stored=True)
    builder.add_text_field("body", stored=False, tokenizer_name="whitespace")
    index = tantivy.Index(builder.build(), path=str(folder / "tantivy"))
    writer = index.writer(heap_size=128_000_000, num_threads=1)
    for row, terms in enumerate(texts):
        writer.add_document(tantivy.Document(row=row, body=" ".join(terms)))
    writer.commit()
    writer.wait_merging_threads()

    def load() -> Ask:
        opened = tantivy.Index.open(str(folder / "tantivy"))
        searcher = opened.searcher()

        def ask(terms: list[str]) -> list[int]:
            query = opened.parse_query(" ".join(terms), ["body"])
            return [searcher.doc(address)["row"][0] for _, address in searcher.search(query, TOP).hits]

        return ask

    return load, _QUESTIONS


def _fts5(texts: list[list[str]], folder: Path) -> tuple[Callable[[], Ask], int]:
    with sqlite3.connect(folder / "fts") as database:
        database.execute("CREATE VIRTUAL TABLE passage USING fts5(body, content='')")
        rows = ((row, " ".join(terms)) for row, terms in enumerate(texts))
        database.executemany("INSERT INTO passage(rowid, body) VALUES (?, ?)", rows)
        database.execute("INSERT INTO passage(passage) VALUES ('optimize')")
    database.close()

    def load() -> Ask:
        opened = sqlite3.connect(folder / "fts")
        sql = "SELECT rowid FROM passage WHERE passage MATCH ? ORDER BY rank LIMIT ?"
        return lambda terms: [row for (row,) in opened.execute(sql, (" OR ".join(terms), TOP))]

    return load, _SLOW_QUESTIONS


_BUILDERS = {
    "ours": _ours,
    "rank_bm25": _rank_bm25,
    "bm25s numpy": _bm25s("numpy"),
    "bm25s numba": _bm25s("numba"),
    "tantivy": _tantivy,
    "sqlite fts5": _fts5,
}


def _resident() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmRSS:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(engine: str, passages: int) -> Result:
    """Build in a child of this process, so that what building needs is not counted as memory; then ask."""
    texts = corpus(passages)
    asked = questions(texts)
    with tempfile.TemporaryDirectory(prefix="helpdesk-bench-") as name:
        folder = Path(name)
        began = time.perf_counter()
        load, count = _BUILDERS[engine](texts, folder)
        build = time.perf_counter() - began
        del texts
        before = _resident()
        began = time.perf_counter()
        ask = load()
        loading = time.perf_counter() - began
        began = time.perf_counter()
        ask(asked[0])
        first = time.perf_counter() - began
        times, best = [], []
        for terms in asked[1 : count + 1]:
            began = time.perf_counter()
            rows = ask(terms)
            times.append((time.perf_counter() - began) * 1000)
            best.append(rows)
        memory = max(0.0, _resident() - before)
    times.sort()
    return Result(
        engine,
        passages,
        build,
        loading,
        first * 1000,
        statistics.median(times),
        times[min(len(times) - 1, int(len(times) * 0.99))],
        memory,
        best,
    )


def _apart(engine: str, passages: int) -> Result | str:
    """Measure in a process of its own; return a line that says why when it can't be done."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.search", "--one", engine, "--passages", str(passages)],
        capture_output=True,
        text=True,
        env={**os.environ, **_ONE_THREAD},
        check=False,
    )
    if done.returncode != 0:
        return done.stderr.strip().rpartition("\n")[2]
    return Result(**json.loads(done.stdout.rpartition("\n")[2] or done.stdout))


def _agreement(ours: Result, other: Result) -> str:
    pairs = list(zip(ours.best, other.best, strict=False))
    same = sum(len(set(one) & set(two)) for one, two in pairs)
    return f"{same / max(1, sum(len(two) for _, two in pairs)):.0%}"


def main() -> None:
    """Measure and print, a table for each size."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--passages", type=int, action="append")
    options.add_argument("--engines", default=",".join(ENGINES))
    options.add_argument("--one", choices=ENGINES, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(asdict(measure(chosen.one, chosen.passages[0]))))
        return
    console = Console()
    for passages in chosen.passages or [10_000, 100_000]:
        table = Table(
            "engine",
            "median ms",
            "times ours",
            "p99 ms",
            "first ms",
            "build s",
            "load s",
            "memory MB",
            "same first ten",
            title=f"{passages:,} passages, questions of {_TERMS} terms, one thread",
        )
        ours: Result | None = None
        for engine in chosen.engines.split(","):
            result = _apart(engine, passages)
            if isinstance(result, str):
                table.add_row(engine, result)
                continue
            ours = ours or result
            table.add_row(
                engine,
                f"{result.median:.2f}",
                f"{result.median / ours.median:.1f}",
                f"{result.p99:.2f}",
                f"{result.first:.1f}",
                f"{result.build:.1f}",
                f"{result.load:.3f}",
                f"{result.memory:.0f}",
                _agreement(ours, result),
            )
        console.print(table)


if __name__ == "__main__":
    main()
