"""The senses of a generation, in a file beside its index: made once, and taken over by the next.

Encoding takes milliseconds a sentence, for a large import minutes. An index answers by words alone
for what is not encoded yet, and a process apart does the rest.
"""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from threading import Thread

import numpy as np

from knowledge_base.arrays import Array, BadArrayFile, read_arrays, write_arrays
from knowledge_base.index import Index
from knowledge_base.senses import Senses
from knowledge_base.senses.making import count_missing, key_of, known_only, make

SUFFIX = ".senses"

# For what takes about a second no process is started.
_SOON = 300

_BOOT = (
    "import sys, json; sys.path[:] = json.loads(sys.argv.pop(1)); "
    "from knowledge_base.generations.senses import main; main()"
)
_POLITE = 10


def beside(index_file: Path) -> Path:
    """Return where the senses of an index file are kept."""
    return index_file.with_suffix(SUFFIX)


def attach(index: Index, index_file: Path) -> Index:
    """Return the index with its senses as far as they are known; nothing is encoded."""
    path = beside(index_file)
    found = _read(path)
    if found is not None and len(found.senses) == index.text_count:
        return index.with_senses(found.senses)
    texts = index.texts()
    senses = known_only(texts, known_codes(index_file.parent))
    if senses.complete:
        save(path, texts, senses)
    return index.with_senses(senses)


def make_soon(index: Index, index_file: Path) -> bool:
    """Make the senses of an index that lacks few, which takes about a second; return False for many."""
    texts = index.texts()
    known = known_codes(index_file.parent)
    if count_missing(texts, known) > _SOON:
        return False
    save(beside(index_file), texts, make(texts, known))
    return True


def begin(index_file: Path) -> Thread:
    """Have a process of its own make the senses of an index and write them beside it; the thread ends with it."""
    paths = json.dumps([entry for entry in sys.path if entry])
    order = [sys.executable, "-I", "-c", _BOOT, paths, str(index_file)]

    def wait() -> None:
        # Its standard input is open for as long as this process lives: it ends when we do.
        with subprocess.Popen(  # noqa: S603
            order, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
        ) as process:
            process.wait()

    waiting = Thread(target=wait, name="senses", daemon=True)
    waiting.start()
    return waiting


def main() -> None:
    """Make the senses of the index file named on the command line, unless another process does."""
    os.nice(_POLITE)
    Thread(target=_end_with_parent, daemon=True).start()
    index_file = Path(sys.argv[1])
    with index_file.with_suffix(".senses.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if not beside(index_file).exists():
            texts = Index.open(index_file).texts()
            save(beside(index_file), texts, make(texts, known_codes(index_file.parent)))


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


def save(path: Path, texts: list[str], senses: Senses) -> None:
    """Write senses and what their texts are known by, at once."""
    keys = np.array([key_of(text) for text in texts], dtype=np.uint64)
    write_arrays(path, {"keys": keys, **senses.arrays}, "")


def known_codes(folder: Path) -> Mapping[int, Array]:
    """Return the codes of texts that were encoded before: those of the starter library, and of what
    the newest generations in the folder hold."""
    known: dict[int, Array] = {}
    newest = sorted(folder.glob(f"generation-*{SUFFIX}"))[-2:]
    for path in (starter_file(), *newest):
        found = _read(path)
        if found is None:
            continue
        for row, key in enumerate(found.keys.tolist()):
            if len(codes := found.senses.row(row)):
                known[key] = codes
    return known


def starter_file() -> Path:
    """Return the file that holds the senses of the starter library."""
    return Path(str(files("knowledge_base.starter").joinpath("starter.senses")))


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a file holds: a key and senses for each text."""

    keys: Array
    senses: Senses


def _read(path: Path) -> _Kept | None:
    try:
        arrays, _ = read_arrays(path)
        return _Kept(arrays.pop("keys"), Senses(arrays))
    except (BadArrayFile, FileNotFoundError, KeyError):
        return None
