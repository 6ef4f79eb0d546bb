"""What the processes of one test run make together: whoever needs it first makes it, the others wait."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")


def of_the_run(folder: Path) -> Path:
    """Return the folder that all processes of this run share. `folder` comes from `tmp_path_factory`."""
    return folder.parent if WORKER == "alone" else folder.parent.parent


def apart(name: str) -> Path:
    """Return where a server of this run keeps its data, and remove what runs left there that were killed.

    Not in pytest's own folder: every run that begins takes other users' way into that away, and a server that root
    started runs as somebody else.
    """
    place = Path(os.environ.get("PYTEST_DEBUG_TEMPROOT") or tempfile.gettempdir())
    for old in place.glob(f"{name}-*"):
        if not Path("/proc", old.name.rpartition("-")[2]).exists():
            shutil.rmtree(old, ignore_errors=True)
    return place / f"{name}-{os.getpid() if WORKER == 'alone' else os.getppid()}"


@contextmanager
def one_at_a_time(folder: Path, what: str) -> Iterator[None]:
    """Let no other process of this run do the same meanwhile."""
    with (folder / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
