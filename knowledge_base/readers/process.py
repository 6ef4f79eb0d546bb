"""Read files in a child process, so that a hostile one can harm nothing but itself."""

import json
import selectors
import subprocess
import sys
import time
from collections.abc import Callable
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

        `on_page` is called with the index of the page being read and the number of pages.
        """
        if len(data) > self._limits.file_bytes:
            most = self._limits.file_bytes // 1_000_000
            raise ReadError(name, None, f"the file has {len(data) // 1_000_000} MB; the limit is {most} MB")
        page: int | None = None
        deadline = time.monotonic() + self._limits.file_seconds
        try:
            child = self._started()
            _send(child, name, data)
            while True:
                message = self._next(child, min(deadline, time.monotonic() + self._limits.page_seconds))
                if "document" in message:
                    return _with_language(from_json(message["document"]))
                if "reason" in message:
                    if message.get("ending"):
                        self.close()
                    raise ReadError(name, message["page_label"], message["reason"])
                page = int(message["page"])
                if on_page is not None:
                    on_page(page, int(message["pages"]))
        except TimeoutError as error:
            self.close()
            raise ReadError(name, _shown(page), "reading it takes longer than a document may") from error
        except (EOFError, BrokenPipeError, ConnectionError) as error:
            self.close()
            raise ReadError(name, _shown(page), "reading it takes more memory than a document may") from error
        except (ValueError, KeyError, TypeError) as error:
            self.close()
            raise ReadError(
                name, _shown(page), "the file upset the reader, which gave no usable text"
            ) from error

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        paths = json.dumps([path for path in sys.path if path])
        # Isolated, no environment, no descriptor but its own three; the limits it sets itself,
        # because code between fork and exec is not safe in a process with threads.
        self._child = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-c", _BOOT, paths, str(self._limits.memory_bytes)],
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
                chunk = output.read1(_CHUNK)  # type: ignore[attr-defined]
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


def _send(child: subprocess.Popen[bytes], name: str, data: bytes) -> None:
    files = _pipe(child.stdin)
    files.write(json.dumps({"name": name, "bytes": len(data)}).encode() + b"\n" + data)
    files.flush()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise EOFError
    return pipe


def _shown(page: int | None) -> str | None:
    return None if page is None else str(page + 1)


def _with_language(document: StructuredDocument) -> StructuredDocument:
    if document.language:
        return document
    sample = ""
    for block in document.blocks:
        sample += " ".join((block.text, *block.items)) + "\n"
        if len(sample) > _LANGUAGE_SAMPLE:
            break
    return replace(document, language=detect(sample))
