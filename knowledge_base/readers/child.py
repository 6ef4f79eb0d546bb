"""The reading process: takes files on standard input, gives documents on standard output.

It runs with an empty environment and cannot open a connection, start a program or write a
file. Files and answers are framed; answers are JSON, never pickles: what a hostile file makes
of this process must not spread to the one that listens.
"""

import json
import resource
import sys
from typing import Any, BinaryIO

from knowledge_base.documents import to_json
from knowledge_base.errors import ReadError
from knowledge_base.readers.formats import read_here

_TOO_MUCH_MEMORY = "reading it takes more memory than a document may"

_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "os.remove",
    "os.rename",
    "ctypes.",
)


def main() -> None:
    """Serve files until standard input ends. The one argument is the memory limit in bytes."""
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.addaudithook(_refuse)
    files, answers = sys.stdin.buffer, sys.stdout.buffer
    _answer(answers, {"ready": True})
    while header := files.readline():
        request = json.loads(header)
        _serve(request["name"], files.read(request["bytes"]), answers)


def _serve(name: str, data: bytes, answers: BinaryIO) -> None:
    def progress(page: int, pages: int) -> None:
        _answer(answers, {"page": page, "pages": pages})

    try:
        _answer(answers, {"document": to_json(read_here(name, data, progress))})
    except ReadError as error:
        _answer(answers, {"page_label": error.page, "reason": error.reason})
    except MemoryError:
        # This process may be crippled: end it, and a new one takes the next file.
        _answer(answers, {"page_label": None, "reason": _TOO_MUCH_MEMORY, "ending": True})
        sys.exit(1)


def _answer(answers: BinaryIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message).encode() + b"\n")
    answers.flush()


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not for a reading process")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        raise PermissionError("a reading process writes no file")
