"""Who writes next: the order in which a process's threads get at a database that takes one writer at a time.

SQLite lets a waiting writer sleep and try again, so that in a crowd one may be turned away though it came
first. Here each waits for its own turn.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class NoTurnError(Exception):
    """The turn did not come in time."""


class Turns:
    """Hand out one turn at a time, first come, first served, and before them whoever can't wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._first: deque[threading.Event] = deque()
        self._taken = False

    @contextmanager
    def turn(self, seconds: float, *, first: bool = False) -> Iterator[None]:
        """Hold the turn while the block runs; raise NoTurnError when it has not come after `seconds`."""
        self._take(seconds, self._first if first else self._waiting)
        try:
            yield
        finally:
            self._pass_on()

    def _take(self, seconds: float, row: deque[threading.Event]) -> None:
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Event()
            row.append(mine)
        if mine.wait(seconds):
            return
        with self._lock:
            if mine.is_set():  # it came at the last moment, and is ours
                return
            row.remove(mine)
        raise NoTurnError

    def _pass_on(self) -> None:
        with self._lock:
            row = self._first or self._waiting
            if row:
                row.popleft().set()
            else:
                self._taken = False
