"""What the processes of one test run make together: whoever needs it first makes it, the others wait."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")


def of_the_run(folder: Path) -> Path:
    """Return the folder that all processes of this run share. `folder` comes from `tmp_path_factory`."""
    return folder.parent if WORKER == "alone" else folder.parent.parent


@contextmanager
def one_at_a_time(folder: Path, what: str) -> Iterator[None]:
    """Let no other process of this run do the same meanwhile."""
    with (folder / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
