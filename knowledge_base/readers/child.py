"""The reading process: takes files on standard input, gives documents on standard output.

It runs with an empty environment. While it reads it can open no file and no connection, start no
program and write nothing: it may have no descriptor but the three it was given. Files and answers
are framed; answers are JSON, never pickles: what a hostile file makes of this process must not
spread to the one that listens.
"""

import gc
import hashlib
import json
import logging
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from knowledge_base.documents import to_json
from knowledge_base.errors import ReadError
from knowledge_base.readers.archive import Member, members
from knowledge_base.readers.formats import read_with, reader_of, warm_up
from knowledge_base.readers.sniffing import is_archive

_TOO_MUCH_MEMORY = "reading it takes more memory than a document may"
_OWN_DESCRIPTORS = 3
_LOADING_DESCRIPTORS = 64
# What readers call themselves for each box in a box; parsers refuse what is deeper long before.
_DEEPEST_CALLS = 5_000

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
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
    resource.setrlimit(resource.RLIMIT_NOFILE, (_LOADING_DESCRIPTORS, _LOADING_DESCRIPTORS))
    sys.setrecursionlimit(_DEEPEST_CALLS)
    # Parsers complain at length of fonts and the like, to nobody.
    logging.disable(logging.CRITICAL)
    warm_up()
    # A page is a hundred thousand small objects: looking so often for what is left over takes a tenth of the time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    sys.addaudithook(_refuse)
    files, answers = sys.stdin.buffer, sys.stdout.buffer
    _answer(answers, {"ready": True})
    while header := files.readline():
        request = json.loads(header)
        data = files.read(request["bytes"])
        _serve(request, data, answers)
        _answer(answers, {"done": True})


@contextmanager
def _sealed() -> Iterator[None]:
    """Let nothing be opened: neither a file nor a connection gets a descriptor."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OWN_DESCRIPTORS, _LOADING_DESCRIPTORS))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (_LOADING_DESCRIPTORS, _LOADING_DESCRIPTORS))


def _serve(request: dict[str, Any], data: bytes, answers: BinaryIO) -> None:
    name, known = request["name"], frozenset(request["known"])
    try:
        with _sealed():
            several = is_archive(data)
        if not several:
            _serve_one(Member(name, data), known, answers)
            return
        found = members(name, data, request["largest"], request["skip"])
        while True:
            with _sealed():
                member = next(found, None)
            if member is None:
                return
            _serve_one(member, known, answers)
    except ReadError as error:
        _answer(answers, {"name": error.name, "page_label": error.page, "reason": error.reason})
    except MemoryError:
        _end(name, answers)


def _serve_one(member: Member, known: frozenset[str], answers: BinaryIO) -> None:
    def progress(page: int, pages: int) -> None:
        _answer(answers, {"page": page, "pages": pages})

    name = member.name
    _answer(answers, {"reading": name})
    try:
        if member.fault is not None:
            raise member.fault
        source_hash = hashlib.sha256(member.data).hexdigest()
        if source_hash in known:
            _answer(answers, {"name": name, "unchanged": source_hash})
            return
        reader = reader_of(name, member.data)
        with _sealed():
            document = to_json(read_with(reader, name, member.data, progress))
        _answer(answers, {"name": name, "document": document, "hash": source_hash})
    except ReadError as error:
        _answer(answers, {"name": name, "page_label": error.page, "reason": error.reason})
    except MemoryError:
        _end(name, answers)


def _end(name: str, answers: BinaryIO) -> None:
    """End this process, which may be crippled: a new one takes the next file."""
    _answer(answers, {"name": name, "page_label": None, "reason": _TOO_MUCH_MEMORY, "ending": True})
    sys.exit(1)


def _answer(answers: BinaryIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message).encode() + b"\n")
    answers.flush()


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not for a reading process")
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING:
        raise PermissionError("a reading process writes no file")
