"""What a document is called in the library: the slug it names itself, or one made of its file's name."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from sqlmodel import Session

from knowledge_base.documents import StructuredDocument
from knowledge_base.language import detect
from knowledge_base.lookup import find_row, newest_version

_SUFFIX = re.compile(r"[-_.](en|fr)\Z", re.IGNORECASE)


def slug_of(name: str) -> str:
    """Return the slug of a file that names none itself; the language at the end of its name is no part of it."""
    return slug(_SUFFIX.sub("", PurePosixPath(name).stem)) or "document"


def slug(text: str) -> str:
    """Return letters and digits of a text, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:100]


def told_apart(
    session: Session, document: StructuredDocument, path: str, taken: Mapping[str, str]
) -> StructuredDocument:
    """Return the document with a slug that no other file of the same batch has, told by format or by folder.

    `taken` are the ids that other files of the batch have, with the path of each. guide.docx and guide.pdf are
    "guide" and "guide-pdf" ever after, even when only one of them is added again. A document that names its
    slug keeps it.
    """
    if document.attributes.slug:
        return document
    language = document.language or detect("\n".join(block.text for block in document.blocks))
    plain, *longer = _choices(path)
    twin = taken.get(f"{plain}-{language}", "")
    if PurePosixPath(twin).suffix.lower() == PurePosixPath(path).suffix.lower():
        longer.sort(key=lambda one: not one.endswith(f"-{plain}"))
    chosen = next((one for one in longer if _was_read_from(session, one, language, path)), None)
    if chosen is None:
        free = (one for one in (plain, *longer) if f"{one}-{language}" not in taken)
        chosen = next(free, plain)
    return replace(document, language=language, attributes=replace(document.attributes, slug=chosen))


def _choices(path: str) -> list[str]:
    file = PurePosixPath(path)
    plain, suffix, folder = slug_of(file.name), slug(file.suffix), slug(file.parent.name)
    choices = [plain, f"{plain}-{suffix}", f"{folder}-{plain}", f"{folder}-{plain}-{suffix}"]
    return [choice.strip("-")[:100] for choice in choices]


def _was_read_from(session: Session, chosen: str, language: str, path: str) -> bool:
    row = find_row(session, chosen, language)
    newest = newest_version(session, row) if row is not None else None
    return newest is not None and PurePosixPath(newest.source_name).name == PurePosixPath(path).name
