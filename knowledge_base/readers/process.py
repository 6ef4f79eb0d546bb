"""Read files in a child process, so that a hostile one can harm nothing but itself."""

import json
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from types import TracebackType
from typing import IO, Any, Self

from knowledge_base.documents import StructuredDocument, from_json
from knowledge_base.errors import ReadError
from knowledge_base.language import detect

Progress = Callable[[int, int], None]

_BOOT = (
    "import sys, json; sys.path[:] = json.loads(sys.argv.pop(1)); "
    "from knowledge_base.readers.child import main; main()"
)
_START_SECONDS = 30.0
_LAST_SECONDS = 2.0
_UPSET = "the file upset the reader, which gave no usable text"
_CHUNK = 1 << 16
_LANGUAGE_SAMPLE = 4000


@dataclass(frozen=True, slots=True)
class ReaderLimits:
    """What one file may take. `page_seconds` also bounds a file that has no pages."""

    file_bytes: int = 100_000_000
    memory_bytes: int = 1 << 30
    page_seconds: float = 20.0
    file_seconds: float = 600.0
    answer_bytes: int = 200_000_000


@dataclass(frozen=True, slots=True)
class Read:
    """A document that was read, under the name of its file; the hash is of the file's bytes."""

    name: str
    document: StructuredDocument
    source_hash: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A file of an archive that was not read: its bytes are known."""

    name: str
    source_hash: str


class _Died(Exception):
    """The reading process is no use any more; the text says why, for people."""


@dataclass(slots=True)
class _Place:
    """How far a process has come: in which file, on what page, and whether it has told everything."""

    member: str | None = None
    page: int | None = None
    done: bool = False

    @property
    def shown(self) -> str | None:
        """Return the page as people count."""
        return None if self.page is None else str(self.page + 1)


class ReaderProcess:
    """A child process that reads one file after the other; use it as a context manager.

    It starts with the first file, and is replaced after a file that killed or stalled it.
    """

    def __init__(self, limits: ReaderLimits | None = None) -> None:
        self._limits = limits or ReaderLimits()
        self._child: subprocess.Popen[bytes] | None = None
        self._buffer = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child process."""
        child, self._child, self._buffer = self._child, None, b""
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    # Closing flushes what the dead child did not read.
                    continue

    def read(self, name: str, data: bytes, on_page: Progress | None = None) -> StructuredDocument:
        """Read one file by its name and content; raise ReadError with one clear sentence.

        `on_page` is called with the index of the page being read and the number of pages. An
        archive of several files is refused: `read_each` takes it.
        """
        readings = [
            reading for _, reading in zip(range(2), self.read_each(name, data, on_page), strict=False)
        ]
        if len(readings) != 1:
            raise ReadError(name, None, "this is an archive of several files, not a document")
        if isinstance(readings[0], ReadError):
            raise readings[0]
        assert isinstance(readings[0], Read), "nothing is known, so nothing is unchanged"
        return readings[0].document

    def read_each(
        self,
        name: str,
        data: bytes,
        on_page: Progress | None = None,
        *,
        known: Collection[str] = (),
    ) -> Iterator[Read | Unchanged | ReadError]:
        """Read a file, or each document of a zip in turn; a fault is yielded in place of its document.

        A file whose bytes have one of the `known` hashes is not read.

        Members of an archive are named "archive.zip/folder/file.md". A member that stalls or kills
        the reading process is one fault, and the members after it are read all the same.
        """
        if len(data) > self._limits.file_bytes:
            most = self._limits.file_bytes // 1_000_000
            yield ReadError(name, None, f"the file has {len(data) // 1_000_000} MB; the limit is {most} MB")
            return
        taken, finished = 0, False
        while not finished:
            progress = _Place()
            try:
                finished = True
                for reading in self._batch(progress, name, data, taken, on_page, known):
                    taken += 1
                    yield reading
            except _Died as error:
                # In the middle of an archive: the members after this one may be sound.
                finished = progress.member is None or progress.member == name
                taken += 1
                yield ReadError(progress.member or name, progress.shown, str(error))
            finally:
                if not progress.done:
                    # Nobody waits for the rest of its answers.
                    self.close()

    def _batch(
        self,
        place: _Place,
        name: str,
        data: bytes,
        skip: int,
        on_page: Progress | None,
        known: Collection[str],
    ) -> Iterator[Read | Unchanged | ReadError]:
        """Yield the answers of one process; raise _Died when it gives no more before it is done."""
        try:
            child = self._started()
            _send(
                child, name, data, {"largest": self._limits.file_bytes, "skip": skip, "known": sorted(known)}
            )
            deadline = time.monotonic() + self._limits.file_seconds
            while True:
                message = self._next(child, min(deadline, time.monotonic() + self._limits.page_seconds))
                if "reading" in message:
                    place.member, place.page = str(message["reading"]), None
                    deadline = time.monotonic() + self._limits.file_seconds
                elif "page" in message:
                    place.page = int(message["page"])
                    if on_page is not None:
                        on_page(place.page, int(message["pages"]))
                elif "document" in message:
                    document = _with_language(from_json(message["document"]))
                    yield Read(str(message["name"]), document, str(message["hash"]))
                elif "unchanged" in message:
                    yield Unchanged(str(message["name"]), str(message["unchanged"]))
                elif message.get("ending"):
                    raise _Died(str(message["reason"]))
                elif "reason" in message:
                    yield ReadError(str(message["name"]), message["page_label"], str(message["reason"]))
                else:
                    place.done = bool(message["done"])
                    return
        except TimeoutError as error:
            raise _Died("reading it takes longer than a document may") from error
        except (EOFError, BrokenPipeError, ConnectionError) as error:
            raise _Died(self._cause_of_death()) from error
        except (ValueError, KeyError, TypeError) as error:
            raise _Died(_UPSET) from error

    def _cause_of_death(self) -> str:
        """Say why the process is gone: the system ended it, or a fault in a reader did."""
        if self._child is None:
            return _UPSET
        try:
            code = self._child.wait(_LAST_SECONDS)
        except subprocess.TimeoutExpired:
            return _UPSET
        return "reading it takes more memory than a document may" if code < 0 else _UPSET

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        paths = json.dumps([path for path in sys.path if path])
        # Isolated, no environment, no descriptor but its own three; the limits it sets itself,
        # because code between fork and exec is not safe in a process with threads.
        self._child = subprocess.Popen(  # noqa: S603  our own code, no shell
            [sys.executable, "-I", "-B", "-c", _BOOT, paths, str(self._limits.memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            close_fds=True,
            start_new_session=True,
        )
        if "ready" not in self._next(self._child, time.monotonic() + _START_SECONDS):
            raise EOFError
        return self._child

    def _next(self, child: subprocess.Popen[bytes], deadline: float) -> dict[str, Any]:
        """Return the next answer; raise TimeoutError, or EOFError when the child is gone."""
        output = _pipe(child.stdout)
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                left = deadline - time.monotonic()
                if left <= 0 or not selector.select(left):
                    raise TimeoutError
                chunk = output.read1(_CHUNK)  # type: ignore[attr-defined]  # a pipe is buffered
                if not chunk:
                    raise EOFError
                self._buffer += chunk
                if len(self._buffer) > self._limits.answer_bytes:
                    raise ValueError("too long an answer")
        line, _, self._buffer = self._buffer.partition(b"\n")
        message = json.loads(line)
        if not isinstance(message, dict):
            raise TypeError("an answer is an object")
        return message


def read(name: str, data: bytes) -> StructuredDocument:
    """Read one file in a process of its own; for several, keep a ReaderProcess."""
    with ReaderProcess() as reader:
        return reader.read(name, data)


def _send(child: subprocess.Popen[bytes], name: str, data: bytes, about: dict[str, Any]) -> None:
    files = _pipe(child.stdin)
    header = {"name": name, "bytes": len(data), **about}
    files.write(json.dumps(header).encode() + b"\n")
    files.write(data)
    files.flush()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise EOFError
    return pipe


def _with_language(document: StructuredDocument) -> StructuredDocument:
    if document.language:
        return document
    sample = ""
    for block in document.blocks:
        sample += " ".join((block.text, *block.items)) + "\n"
        if len(sample) > _LANGUAGE_SAMPLE:
            break
    return replace(document, language=detect(sample))
