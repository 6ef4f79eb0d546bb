"""Which reader takes a file. A new format is one module with a `read`, and one line in `sniffing`."""

import contextlib
import importlib
import pkgutil
import sys
from collections.abc import Callable
from typing import cast

from knowledge_base.documents import StructuredDocument
from knowledge_base.readers.cleaning import cleaned
from knowledge_base.readers.sniffing import Format, format_of

Progress = Callable[[int, int], None]
Reader = Callable[[str, bytes, Progress], StructuredDocument]


# Libraries that load parts of themselves only when a file needs them.
_LATE = ("_strptime", "base64", "bisect", "calendar", "copy", "decimal", "fractions", "hashlib", "heapq", "html.entities",
         "locale", "math", "random", "secrets", "statistics", "string", "textwrap", "tokenize", "linecache",
         "traceback", "uuid", "zoneinfo")  # fmt: skip
_LOADED_WHOLE = {Format.PDF: ("pypdf",), Format.MARKDOWN: ("markdown_it",)}


def warm_up() -> None:
    """Load what is loaded late elsewhere: a reading process can't open files once it reads."""
    _load_whole("encodings")
    for name in _LATE:
        importlib.import_module(name)


def reader_of(name: str, data: bytes) -> Reader:
    """Load what reads a file; raise ReadError for one that nothing reads.

    Word and PowerPoint take half a second to load, so each reader is loaded for its first file.
    """
    return _loaded(format_of(name, data))


def read_with(reader: Reader, name: str, data: bytes, progress: Progress) -> StructuredDocument:
    """Read a file in this very process; raise ReadError. Only the reading process calls this."""
    return cleaned(reader(name, data, progress))


def _loaded(kind: Format) -> Reader:
    first = f"knowledge_base.readers.{kind.value}" not in sys.modules
    for library in _LOADED_WHOLE.get(kind, ()) if first else ():
        _load_whole(library)
    return cast(Reader, importlib.import_module(f"knowledge_base.readers.{kind.value}").read)


def _load_whole(library: str) -> None:
    for module in pkgutil.walk_packages(importlib.import_module(library).__path__, f"{library}."):
        # Parts for other systems, or for libraries that are not installed.
        with contextlib.suppress(ImportError):
            importlib.import_module(module.name)
