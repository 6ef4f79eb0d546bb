"""Word documents to structured documents."""

from collections.abc import Callable
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from lxml import etree

from knowledge_base.documents import BlockKind, StructuredDocument
from knowledge_base.errors import ReadError
from knowledge_base.readers.cleaning import hidden_warnings, without_title
from knowledge_base.readers.docx_blocks import Body
from knowledge_base.readers.docx_lists import Numbering
from knowledge_base.readers.docx_styles import Styles, W
from knowledge_base.readers.docx_text import Words
from knowledge_base.readers.footnotes import footnote_blocks
from knowledge_base.readers.office import DAMAGED, TOO_DEEP, strip, syntax_reason
from knowledge_base.readers.typed import with_typed_lists

_NOTES = ("footnotes", "endnotes")


def read(name: str, data: bytes, progress: Callable[[int, int], None]) -> StructuredDocument:
    """Read a Word document; raise ReadError with one sentence when it can't be used."""
    del progress
    parcel = strip(name, data)
    try:
        document = docx.Document(BytesIO(parcel.data))
        styles = Styles(document.styles.element)
        links = {key: one.target_ref for key, one in document.part.rels.items() if one.is_external}
        words = Words(styles, links)
        body = Body(words, styles, Numbering(_part(document, "numbering"), styles))
        blocks = with_typed_lists(body.blocks(document.element.body))
        notes = [text for kind in _NOTES for text in _notes(_part(document, kind), words)]
        declared = " ".join((document.core_properties.title or "").split())
    except (KeyError, PackageNotFoundError) as error:
        raise ReadError(name, None, DAMAGED) from error
    except (etree.XMLSyntaxError, ValueError, AttributeError, TypeError) as error:
        raise ReadError(name, None, syntax_reason(error)) from error
    except RecursionError as error:
        raise ReadError(name, None, TOO_DEEP) from error
    if not blocks:
        raise ReadError(name, None, "there is no text in the file")
    blocks += footnote_blocks(notes, [block.text for block in blocks])
    first = next((block.text for block in blocks if block.kind is BlockKind.HEADING), "")
    title = body.title or first or declared or PurePosixPath(name).stem
    return StructuredDocument(
        title=title,
        language="",
        blocks=without_title(blocks, title),
        warnings=(*parcel.warnings, *hidden_warnings(words.hidden)),
        source_bytes=len(data),
    )


def _part(document: Any, kind: str) -> Any:
    """Return the root of one of the document's other parts, None when it has none."""
    for relationship in document.part.rels.values():
        if relationship.reltype.endswith(f"/{kind}"):
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            return etree.fromstring(relationship.target_part.blob, parser)
    return None


def _notes(root: Any, words: Words) -> list[str]:
    """Return the texts of footnotes or endnotes; the lines that part them from the text have a type."""
    if root is None:
        return []
    notes = [
        note for note in root if note.tag in (f"{W}footnote", f"{W}endnote") and not note.get(f"{W}type")
    ]
    texts = (" ".join(words.of(paragraph) for paragraph in note.iter(f"{W}p")) for note in notes)
    return [" ".join(text.split()) for text in texts]
