"""HTML to a structured document: the page's own matter, without the site around it."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from lxml import etree
from lxml import html as lxml_html

from knowledge_base.documents import BlockKind, StructuredDocument
from knowledge_base.errors import ReadError
from knowledge_base.readers.charsets import decode
from knowledge_base.readers.cleaning import hidden_warnings, without_title
from knowledge_base.readers.html_blocks import Walk
from knowledge_base.readers.html_hiding import Hiding
from knowledge_base.readers.html_matter import matter_of, page_title
from knowledge_base.readers.typed import with_typed_lists

_DECLARED = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_XML_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]+encoding\s*=\s*["']([\w.:-]+)""", re.IGNORECASE)
# lxml refuses a text that names its own encoding, settled by now; its parser knows no DTD.
_PROLOGUE = re.compile(r"\A\s*(?:<\?xml[^>]*\?>)?\s*(?:<!DOCTYPE(?:[^>\[]|\[[^\]]*\])*>)?", re.IGNORECASE)
_TOO_DEEP = "its tables, lists or boxes are nested too deep to read"


def read(name: str, data: bytes, progress: Callable[[int, int], None]) -> StructuredDocument:
    """Read an HTML page; raise ReadError with one sentence when it can't be used."""
    del progress
    if not data.strip():
        raise ReadError(name, None, "the file is empty")
    found = _XML_DECLARED.match(data[:1024]) or _DECLARED.search(data[:4096])
    text = decode(data, found[1].decode("ascii") if found else None)
    tree = parse(name, text)
    hiding = Hiding(tree)
    walk = Walk(hiding)
    try:
        for element in matter_of(tree, hiding):
            walk.take(element)
    except RecursionError as error:
        raise ReadError(name, None, _TOO_DEEP) from error
    blocks = with_typed_lists(walk.finish())
    if not blocks:
        raise ReadError(name, None, "there is no text in the file")
    title = page_title(tree, hiding) or next(
        (block.text for block in blocks if block.kind is BlockKind.HEADING), PurePosixPath(name).stem
    )
    return StructuredDocument(
        title=title,
        language="",
        blocks=without_title(blocks, title),
        warnings=hidden_warnings(hiding.found),
        source_bytes=len(data),
    )


def parse(name: str, text: str) -> lxml_html.HtmlElement:
    """Parse a page that may be broken; raise ReadError where parts of it would be lost."""
    text = _PROLOGUE.sub("", text.replace("\x00", ""), count=1)
    parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError as error:
        raise ReadError(name, None, "there is no text in the file") from error
    except (etree.LxmlError, RecursionError, ValueError) as error:
        raise ReadError(name, None, "the page is too broken to read") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        # The parser has dropped the rest without a word: half a document is worse than none.
        raise ReadError(name, None, _TOO_DEEP)
    return tree
