"""The senses of a generation: what is known is taken over when its index is built, the rest is made.

Encoding takes milliseconds a sentence, for a large import minutes. An index answers by words alone
for what is not encoded yet, and a process apart does the rest.
"""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import numpy as np

from knowledge_base.generations.sense_files import beside, known_codes, read, save
from knowledge_base.index import Index
from knowledge_base.senses import Senses
from knowledge_base.senses.making import count_missing, keys_of, make

# For what takes about a second no process is started.
_SOON = 300
# What is made is kept every minute or so: who is stopped loses no more than that.
_AT_ONCE = 4096

_BOOT = (
    "import sys, json; sys.path[:] = json.loads(sys.argv.pop(1)); "
    "from knowledge_base.generations.senses import main; main()"
)
_POLITE = 10


def attach(index: Index, index_file: Path) -> Index:
    """Return the index with its senses as far as they are known; nothing is encoded."""
    found = read(beside(index_file))
    if found is None or len(found.senses) != index.text_count:
        carry_over(index, index_file)
        found = read(beside(index_file))
    return index.with_senses(found.senses) if found else index


def carry_over(index: Index, index_file: Path) -> None:
    """Write beside an index what is known of its senses already; nothing is encoded."""
    keys = keys_of(index.texts())
    save(beside(index_file), keys, known_codes(index_file.parent).of(keys))


def catch_up(index_file: Path) -> None:
    """Take over what was made since for other generations."""
    if found := read(beside(index_file)):
        save(beside(index_file), found.keys, known_codes(index_file.parent).of(found.keys))


def is_complete(index_file: Path) -> bool:
    """Say whether all senses of an index file are made."""
    found = read(beside(index_file))
    return found is not None and found.senses.complete


def make_soon(index: Index, index_file: Path) -> bool:
    """Make what is missing if that takes about a second; return False where it takes longer."""
    found = read(beside(index_file))
    if found is None:
        return False
    some = found.senses.missing[: _SOON + 1].tolist()
    if count_missing([index.text(place) for place in some], {}) > _SOON:
        return False
    _make(index, index_file, len(some))
    return True


def _make(index: Index, index_file: Path, most: int) -> bool:
    """Make so many missing senses of an index, and keep them; return whether there is more to do."""
    found = read(beside(index_file))
    if found is None:
        return False
    missing = found.senses.missing[:most]
    made = make([index.text(place) for place in missing.tolist()], {})
    where = np.arange(len(found.senses))
    where[missing] = len(where) + np.arange(len(missing))
    senses = Senses.joined([found.senses, made]).pick(where)
    save(beside(index_file), found.keys, senses)
    return not senses.complete


def begin(index_file: Path) -> Thread:
    """Have a process of its own make the senses of an index; the thread ends with it."""
    paths = json.dumps([entry for entry in sys.path if entry])
    order = [sys.executable, "-I", "-c", _BOOT, paths, str(index_file)]

    def wait() -> None:
        # Its standard input is open for as long as this process lives: it ends when we do.
        with subprocess.Popen(  # noqa: S603  our own code, no shell
            order, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
        ) as process:
            process.wait()

    waiting = Thread(target=wait, name="senses", daemon=True)
    waiting.start()
    return waiting


def main() -> None:
    """Make the senses of the index file named on the command line."""
    os.nice(_POLITE)
    Thread(target=_end_with_parent, daemon=True).start()
    index_file = Path(sys.argv[1])
    with (index_file.parent / "senses.lock").open("w") as lock:
        # One at a time: who comes second mostly finds all of it made.
        fcntl.flock(lock, fcntl.LOCK_EX)
        catch_up(index_file)
        index = Index.open(index_file)
        while not is_complete(index_file) and _make(index, index_file, _AT_ONCE):
            pass


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)
