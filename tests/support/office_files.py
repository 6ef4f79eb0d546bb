"""Word, PowerPoint and zip files made in memory, and what hostile people make of them."""

import io
import zipfile
from collections.abc import Callable, Mapping

import docx
import pptx
from docx.document import Document
from docx.oxml import parse_xml
from pptx.presentation import Presentation
from pptx.util import Inches

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx_of(make: Callable[[Document], None]) -> bytes:
    """Return a Word file that `make` has written into."""
    document = docx.Document()
    make(document)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def pptx_of(make: Callable[[Presentation], None]) -> bytes:
    """Return a PowerPoint file that `make` has written into."""
    show = pptx.Presentation()
    make(show)
    written = io.BytesIO()
    show.save(written)
    return written.getvalue()


def body_xml(document: Document, xml: str) -> None:
    """Put XML at the end of a Word document's body, as no program's buttons would."""
    end = document.element.body.sectPr
    for element in parse_xml(f"<w:body {W}>{xml}</w:body>"):
        end.addprevious(element)


def slide(show: Presentation, title: str, *lines: str) -> object:
    """Add a slide with a title and a body, and return it."""
    made = show.slides.add_slide(show.slide_layouts[1])
    made.shapes.title.text = title
    made.placeholders[1].text_frame.text = "\n".join(lines)
    return made


def box(made: object, text: str, left: float, top: float) -> object:
    """Add a text box at a place in inches, and return it."""
    added = made.shapes.add_textbox(Inches(left), Inches(top), Inches(3), Inches(1))  # type: ignore[attr-defined]
    added.text_frame.text = text
    return added


def changed(data: bytes, parts: Mapping[str, bytes | Callable[[bytes], bytes]]) -> bytes:
    """Return a zip with parts added, replaced or changed."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        there = source.namelist()
        for name in there:
            part = parts.get(name, lambda content: content)
            target.writestr(name, part if isinstance(part, bytes) else part(source.read(name)))
        for name, part in parts.items():
            if name not in there and isinstance(part, bytes):
                target.writestr(name, part)
    return written.getvalue()


def zip_of(members: Mapping[str | zipfile.ZipInfo, bytes]) -> bytes:
    """Return a zip of these files."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return written.getvalue()
