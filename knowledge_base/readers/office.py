"""The parcel that a .docx or .pptx file is: checked before anything unpacks it, and stripped to its text.

What is left holds no macro, no embedded file, no picture and no pointer to another place, so that the
libraries that read it have nothing to run, unpack or fetch.
"""

import re
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from posixpath import dirname, join, normpath

from lxml import etree

from knowledge_base.errors import ReadError

LOCKED = "the file is locked with a password; save it without one and add it again"
DAMAGED = "the file is damaged or cut short"
TOO_DEEP = "its tables, lists or boxes are nested too deep to read"

_MOST_UNPACKED = 300_000_000
_MOST_PARTS = 20_000
_SUSPICIOUS_RATIO = 250
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# The ends of the relationships that lead to text, or without which the libraries can't open a file.
_KEPT = frozenset(
    {
        "officeDocument", "core-properties", "styles", "numbering", "settings", "footnotes", "endnotes", "slide",
        "slideLayout", "slideMaster", "notesSlide", "notesMaster", "theme", "diagramData", "hyperlink",
    }
)  # fmt: skip
_MACROS = re.compile(r"vbaProject\.bin\Z|/activeX/", re.IGNORECASE)
_MACRO_TYPES = re.compile(
    rb"application/vnd\.ms-(word|powerpoint)\.(document|template|presentation|slideshow)\.macroEnabled\.main\+xml"
    rb"|application/vnd\.openxmlformats-officedocument\.(?:wordprocessingml\.template|presentationml\.(?:slideshow|template))\.main\+xml"
)
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_DECLARES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)|<\x00!\x00D\x00O|\x00<\x00!\x00D\x00O", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parcel:
    """The file stripped to its text, and sentences about what was left out."""

    data: bytes
    warnings: tuple[str, ...]


def strip(name: str, data: bytes) -> Parcel:
    """Check a file and strip it; raise ReadError with one sentence."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as source:
            check_size(name, source, len(data))
            return _stripped(name, source)
    except zipfile.BadZipFile as error:
        raise ReadError(name, None, DAMAGED) from error
    except (zlib.error, EOFError, OSError, ValueError, NotImplementedError, etree.XMLSyntaxError) as error:
        raise ReadError(name, None, syntax_reason(error)) from error


def check_size(name: str, source: zipfile.ZipFile, stored: int) -> None:
    """Refuse what unpacks to far more than a document holds, before unpacking it, and what is locked."""
    entries = source.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > _MOST_PARTS or unpacked > _MOST_UNPACKED:
        raise ReadError(name, None, "it unpacks to far more than a document holds")
    text = sum(entry.file_size for entry in entries if entry.filename.endswith((".xml", ".rels")))
    if text > 20_000_000 and text > stored * _SUSPICIOUS_RATIO:
        raise ReadError(name, None, "it unpacks to far more than a document holds")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise ReadError(name, None, LOCKED)


def syntax_reason(error: Exception) -> str:
    """Return why a part can't be parsed, in words."""
    return TOO_DEEP if "depth" in str(error) else DAMAGED


def _stripped(name: str, source: zipfile.ZipFile) -> Parcel:
    warnings: list[str] = []
    names = {entry.filename.lstrip("/") for entry in source.infolist()}
    if any(_MACROS.search(part) for part in names):
        warnings.append("The file holds macros: they are left out and never run.")
    written = BytesIO()
    elsewhere: set[str] = set()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as target:
        for entry in source.infolist():
            part = entry.filename.lstrip("/")
            if not part.endswith((".xml", ".rels")):
                continue
            content = source.read(entry)
            if _DECLARES.search(content):
                raise ReadError(name, None, "it declares entities, as no office program does: not read")
            content = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", content)
            if part == "[Content_Types].xml":
                content = _MACRO_TYPES.sub(_ordinary, content)
            elif part.endswith(".rels"):
                content = _kept_relationships(part, content, names, elsewhere)
            target.writestr(part, content)
    if elsewhere:
        what = ", ".join(sorted(elsewhere))
        warnings.append(f"The file points to things kept elsewhere ({what}): nothing was fetched.")
    return Parcel(written.getvalue(), tuple(warnings))


def _ordinary(match: re.Match[bytes]) -> bytes:
    """Return the type of an ordinary document for one with macros, a template or a show."""
    if b"word" in match[0]:
        return b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"


def _kept_relationships(part: str, content: bytes, names: set[str], elsewhere: set[str]) -> bytes:
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    base = dirname(dirname(part))
    for relationship in root.findall(_RELATIONSHIP):
        kind = relationship.get("Type", "").rsplit("/", 1)[-1]
        target = relationship.get("Target", "")
        outside = relationship.get("TargetMode") == "External"
        if outside and kind != "hyperlink":
            elsewhere.add({"attachedTemplate": "a template", "image": "pictures"}.get(kind, "objects"))
        path = normpath(target.lstrip("/") if target.startswith("/") else join(base, target))
        if kind not in _KEPT or (outside != (kind == "hyperlink")) or (not outside and path not in names):
            root.remove(relationship)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
