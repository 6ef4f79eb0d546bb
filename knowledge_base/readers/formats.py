"""Which reader takes a file. A new format is one module and one line here."""

from collections.abc import Callable
from pathlib import PurePosixPath

from knowledge_base.documents import StructuredDocument
from knowledge_base.errors import ReadError
from knowledge_base.readers.markdown import read_markdown
from knowledge_base.readers.pdf import read_pdf

Progress = Callable[[int, int], None]

MARKDOWN_SUFFIXES = frozenset({".md", ".markdown"})
PDF_SUFFIXES = frozenset({".pdf"})
SUFFIXES = MARKDOWN_SUFFIXES | PDF_SUFFIXES


def read_here(name: str, data: bytes, progress: Progress) -> StructuredDocument:
    """Read a file in this very process; raise ReadError. Only the reading process calls this."""
    suffix = PurePosixPath(name).suffix.lower()
    # A wrong extension is a slip, not a reason to refuse: the content tells.
    if suffix in PDF_SUFFIXES or data[:5] == b"%PDF-":
        return read_pdf(name, data, progress)
    if suffix in MARKDOWN_SUFFIXES:
        if b"\x00" in data[:8192]:
            raise ReadError(name, None, "this is not a text file, whatever its name says")
        if not data.strip():
            raise ReadError(name, None, "the file is empty")
        document = read_markdown(name, data)
        if not document.blocks:
            raise ReadError(name, None, "there is no text in the file")
        return document
    known = ", ".join(sorted(SUFFIXES))
    raise ReadError(name, None, f"files ending in {suffix or 'nothing'} can't be read; these can: {known}")
