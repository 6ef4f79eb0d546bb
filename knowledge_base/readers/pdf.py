"""PDF to a structured document: pages to lines here, lines to blocks in `pdf_layout`."""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from pypdf import PageObject, PdfReader
from pypdf.errors import EmptyFileError, FileNotDecryptedError, PyPdfError
from pypdf.generic import ContentStream, Destination, StreamObject

from knowledge_base.documents import Attributes, DocumentKind, StructuredDocument
from knowledge_base.errors import ReadError
from knowledge_base.readers.cleaning import Hidden, hidden_warnings
from knowledge_base.readers.pdf_columns import unfolded
from knowledge_base.readers.pdf_gaps import looks_glued
from knowledge_base.readers.pdf_headings import OutlineEntry
from knowledge_base.readers.pdf_hiding import Blanking, Watch, is_out_of_sight, needs_watching, sight_of
from knowledge_base.readers.pdf_layout import lay_out
from knowledge_base.readers.pdf_notes import raised
from knowledge_base.readers.pdf_page import Cell, Line, Page
from knowledge_base.readers.pdf_pieces import in_pieces

Progress = Callable[[int, int], None]
_Operand = Callable[[bytes, Any, Any, Any], None]

# What pypdf was seen to raise on damaged files besides its own errors.
_DAMAGE = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    UnicodeError,
    ValueError,
    struct.error,
    zlib.error,
)

# A page with nothing on it has a few dozen bytes of content, a page of text some thousands.
_LARGE_CONTENT_BYTES = 20_000

_MOST_PAGES = 5_000
_MOST_OUTLINE_ENTRIES = 5_000
_LINES_A_PAGE = 2_000

_LOCKED = "the file is locked with a password; save it without one and add it again"

# Ligatures are of the type, not of the words that are quoted.
_TYPOGRAPHY = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB06: "st", 0: None}

_BOLD = re.compile(r"bold|black|heavy|semibold|demi|cmbx|-bd\b", re.IGNORECASE)
_EVEN = re.compile(r"mono|courier|cmtt|ectt|sftt|typewriter|consol", re.IGNORECASE)
_TOOL_TITLE = re.compile(
    r"\A(?:microsoft (?:word|powerpoint)\b.*|untitled.*|sans titre.*|document\d*|.*\.(?:docx?|pptx?|tex|dvi|indd|qxd|pdf))\Z",
    re.IGNORECASE,
)


def read(name: str, data: bytes, progress: Progress) -> StructuredDocument:
    """Read a PDF; raise ReadError with one sentence when no page of it can be used.

    `progress` is called with the index of each page before it is read, and the page count.
    Pages that can't be used while others can are named in the warnings.
    """
    reader = _open(name, data)
    total = _page_count(name, reader)
    labels = _labels(reader, total)
    pages, scanned, unreadable = [], [], []
    hidden: list[Hidden] = []
    glued = 0
    for index in range(total):
        progress(index, total)
        # A file that glues two pages together glues them all: then every page is read once, with blanks.
        lines, trouble, unseen, again = _read_page(reader, index, glued=glued > 1)
        glued += again
        hidden += [Hidden(text, f"page {labels[index]}") for text in unseen]
        pages.append(Page(index, labels[index], tuple(lines)))
        if trouble == "scanned":
            scanned.append(labels[index])
        elif trouble == "unreadable":
            unreadable.append(labels[index])
    if not any(page.lines for page in pages):
        raise ReadError(name, None, _no_text_reason(bool(scanned), bool(unreadable)))
    layout = lay_out(pages, _outline(reader, total))
    return StructuredDocument(
        title=_title(reader) or layout.title or PurePosixPath(name).stem,
        # What files declare is mostly the language of the program that wrote them.
        language="",
        attributes=Attributes(kind=DocumentKind.TOOLKIT),
        blocks=layout.blocks,
        pages=total,
        warnings=(*_warnings(scanned, unreadable), *hidden_warnings(hidden)),
        source_bytes=len(data),
    )


def _open(name: str, data: bytes) -> PdfReader:
    if not data:
        raise ReadError(name, None, "the file is empty")
    if b"%PDF-" not in data[:1024]:
        raise ReadError(name, None, "this is not a PDF file, whatever its name says")
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError(name, None, _LOCKED)
    except EmptyFileError as error:
        raise ReadError(name, None, "the file is empty") from error
    except FileNotDecryptedError as error:
        raise ReadError(name, None, _LOCKED) from error
    except _DAMAGE as error:
        raise ReadError(name, None, "the file is damaged or cut short") from error
    return reader


def _page_count(name: str, reader: PdfReader) -> int:
    try:
        total = len(reader.pages)
    except FileNotDecryptedError as error:
        raise ReadError(name, None, _LOCKED) from error
    except _DAMAGE as error:
        raise ReadError(name, None, "the file is damaged or cut short") from error
    if total == 0:
        raise ReadError(name, None, "the file has no pages")
    if total > _MOST_PAGES:
        raise ReadError(
            name, None, f"the file has {total} pages; split it into parts of at most {_MOST_PAGES}"
        )
    return total


def _labels(reader: PdfReader, total: int) -> list[str]:
    try:
        labels = [str(label) for label in reader.page_labels]
    except _DAMAGE:
        labels = []
    if len(labels) != total:
        labels = [str(index + 1) for index in range(total)]
    return [label.strip() or str(index + 1) for index, label in enumerate(labels)]


def _read_page(
    reader: PdfReader, index: int, *, glued: bool
) -> tuple[list[Line], str | None, list[str], bool]:
    """Return the lines of a page, what is wrong when it gave none though it should, its hidden text, and whether words were glued."""
    try:
        page = reader.pages[index]
        collector = _collected(page, index, blanks=glued)
        lines = collector.finish()
        again = not glued and looks_glued(lines)
        if again:
            collector = _collected(page, index, blanks=True)
            lines = collector.finish()
    except _DAMAGE:
        return [], "unreadable", [], False
    if lines or collector.hidden:
        return lines, None, collector.hidden, again
    try:
        if _content_bytes(page) > _LARGE_CONTENT_BYTES:
            # pypdf gives no text, and no error, where a stream passes its limit.
            return [], "unreadable", [], False
        if _has_picture(page):
            return [], "scanned", [], False
    except _DAMAGE:
        return [], "unreadable", [], False
    return [], None, [], False


def _collected(page: PageObject, index: int, *, blanks: bool) -> "_LineCollector":
    """Read a page, again without them where some of its texts are not seen, and once more for those alone."""

    def extracted(content: ContentStream | None, operand: _Operand | None = None) -> _LineCollector:
        collector = _LineCollector(page, index)
        if content is not None:
            with in_pieces(page, content, blanks=blanks):
                page.extract_text(visitor_operand_before=operand, visitor_text=collector.take)
        return collector

    content = _content(page)
    if content is None or not needs_watching(content.get_data()):
        return extracted(content)
    watch = Watch(float(page.mediabox.width) * float(page.mediabox.height))
    collector = extracted(content, watch.operand)
    unseen = watch.hidden()
    if not unseen:
        return collector
    seen = extracted(_content(page), Blanking(lambda number: number in unseen).operand)
    hidden = extracted(_content(page), Blanking(lambda number: number not in unseen).operand)
    seen.hidden += [line.text for line in hidden.finish()]
    return seen


def _content(page: PageObject) -> ContentStream | None:
    """Return what a page draws, parsed anew: what changes operations must not change them twice."""
    contents = page.get("/Contents")
    contents = contents.get_object() if contents is not None else None
    if not isinstance(contents, list | StreamObject):
        return None
    # Strings as bytes: the fonts know what they spell.
    return ContentStream(contents, page.pdf, "bytes")


class _Part(NamedTuple):
    """A fragment of a line as pypdf reports it; x is None where the pen jumped, and nothing told how far."""

    text: str
    x: float | None
    y: float
    size: float
    bold: bool
    even: bool


class _LineCollector:
    """Puts the fragments that pypdf reports back together to lines."""

    def __init__(self, page: PageObject, index: int) -> None:
        self.hidden: list[str] = []
        self._sight = sight_of(page)
        self._fonts: dict[int, tuple[bool, bool]] = {}
        self._page = index
        self._lines: list[Line] = []
        self._parts: list[_Part] = []
        self._place: tuple[float, float, int] | None = None

    def take(self, text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        if not text or len(self._lines) >= _LINES_A_PAGE:
            return
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        scale = (abs(tm[3]) or abs(tm[1])) * (abs(cm[3]) or abs(cm[1]))
        real = abs(size) * (scale or 1)
        if any(map(str.isalnum, text)) and is_out_of_sight(self._sight, x, y, real):
            self.hidden.append(text)
            text = "\n" * text.count("\n")
        bold, even = self._set_in(font)
        place = (x, y, id(font))
        jumped = place == self._place
        for position, piece in enumerate(text.split("\n")):
            if position:
                self._close()
                jumped = False
            if piece:
                self._parts.append(_Part(piece, None if jumped else x, y, real, bold, even))
                self._place = place

    def _set_in(self, font: Any) -> tuple[bool, bool]:
        """Say whether a font is bold, and whether its letters are all of one width."""
        known = self._fonts.get(id(font))
        if known is None:
            name = str(font.get("/BaseFont", "")) if font else ""
            known = self._fonts[id(font)] = bool(_BOLD.search(name)), bool(_EVEN.search(name))
        return known

    def finish(self) -> list[Line]:
        """Return the lines in reading order."""
        self._close()
        return unfolded(self._lines)

    def _close(self) -> None:
        inked = [part for part in self._parts if part.text.strip()]
        usual = max((part.size for part in inked), default=0.0)
        words = [
            (raised(part.text) if place and part.size < usual * 0.8 else part.text).translate(_TYPOGRAPHY)
            for place, part in enumerate(self._parts)
        ]
        parts, self._parts, self._place = self._parts, [], None
        text = " ".join("".join(words).split())
        if not text or not inked:
            return
        letters = sum(len(part.text) for part in inked)
        heavy = sum(len(part.text) for part in inked if part.bold)
        # What is typed with letters of one width is set with blanks: its lines are no rows.
        pieces = (
            zip(words, parts, strict=True) if len(parts) > 1 and not all(part.even for part in inked) else ()
        )
        self._lines.append(
            Line(
                text,
                round(inked[0].x or 0.0, 1),
                round(inked[0].y, 1),
                round(max(inked, key=lambda part: len(part.text)).size, 1),
                heavy > letters * 0.8,
                self._page,
                tuple(Cell(part.x, word) for word, part in pieces),
            )
        )


def _content_bytes(page: PageObject) -> int:
    """Return how long the page's content is as stored, without unpacking it."""
    contents = page.get("/Contents")
    contents = contents.get_object() if contents is not None else None
    streams = contents if isinstance(contents, list) else [contents]
    return sum(int(stream.get_object().get("/Length", 0)) for stream in streams if stream is not None)


def _has_picture(page: PageObject) -> bool:
    resources = page.get("/Resources")
    drawn = resources.get_object().get("/XObject") if resources is not None else None
    objects = drawn.get_object().values() if drawn is not None else ()
    return any(entry.get_object().get("/Subtype") in ("/Image", "/Form") for entry in objects)


def _outline(reader: PdfReader, total: int) -> tuple[OutlineEntry, ...]:
    try:
        entries = list(_flat(reader, reader.outline, 1))
    except _DAMAGE:
        return ()
    return tuple(entry for entry in entries if 0 <= entry.page < total)


def _flat(reader: PdfReader, outline: Any, level: int) -> Iterator[OutlineEntry]:
    taken = 0
    for entry in outline:
        if taken >= _MOST_OUTLINE_ENTRIES or level > 6:
            return
        if isinstance(entry, list):
            yield from _flat(reader, entry, level + 1)
        elif isinstance(entry, Destination) and entry.title:
            page = reader.get_destination_page_number(entry)
            taken += 1
            if page is not None:
                yield OutlineEntry(" ".join(str(entry.title).split()), page, level)


def _title(reader: PdfReader) -> str:
    try:
        title = " ".join(str(reader.metadata.title or "").split()) if reader.metadata else ""
    except _DAMAGE:
        return ""
    return "" if _TOOL_TITLE.match(title) or len(title) < 4 else title[:200]


def _no_text_reason(scanned: bool, unreadable: bool) -> str:
    if unreadable:
        return "no page can be read: the content of the pages is damaged or unpacks to far more than a document holds"
    if scanned:
        return (
            "the pages are scanned pictures without text; run text recognition (OCR) and add the file again"
        )
    return "the pages are blank"


def _warnings(scanned: list[str], unreadable: list[str]) -> Iterator[str]:
    if scanned:
        yield f"{_pages(scanned)} scanned without text: nothing there can be found or quoted."
    if unreadable:
        yield f"{_pages(unreadable)} unreadable: nothing there can be found or quoted."


def _pages(labels: list[str]) -> str:
    shown = ", ".join(labels[:10]) + (f" and {len(labels) - 10} more" if len(labels) > 10 else "")
    return f"Page {shown} is" if len(labels) == 1 else f"Pages {shown} are"
