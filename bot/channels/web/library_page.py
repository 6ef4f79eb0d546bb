"""A document of the library as a page: in order, each passage at its own anchor."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from bot.browser.transcript import Reader
from bot.rendering import caveats, times
from escalation.access import Actor, Verb, may
from knowledge_base import library
from knowledge_base.errors import LibraryError
from knowledge_base.library import DocumentSummary, PassageView

_LONGEST_VERSION = 6
_SHOWN = frozenset({"published", "retired", "withdrawn"})


@dataclass(frozen=True, slots=True)
class PassageItem:
    """One passage. `step` is set for a numbered step; `page` when the page changes here."""

    anchor: str
    lines: tuple[str, ...]
    language: str
    step: int | None
    page: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """Passages under one heading; `level` is the heading's, from 2. `ordered`: they are numbered steps."""

    heading: str
    level: int
    ordered: bool
    passages: tuple[PassageItem, ...]


@dataclass(frozen=True, slots=True)
class SourceItem:
    """Where the document's statements come from."""

    name: str
    address: str
    href: str | None
    read_by: str


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document, ready to be drawn. A withdrawn one has no sections."""

    title: str
    language: str
    version: int
    updated: str | None
    reviewed: bool
    earlier: bool
    withdrawn: bool
    sections: tuple[Section, ...]
    sources: tuple[SourceItem, ...]
    caveats: tuple[str, ...] = ()


def read_document(
    session: Session,
    actor: Actor,
    audience: frozenset[str],
    document_id: str,
    version: str | None,
    reader: Reader,
) -> DocumentPage | None:
    """Return a document for these audience tags; None when it isn't there or isn't for them.

    An earlier version stays readable, because old answers cite it. A draft is not shown.
    """
    number = _number(version) if version else None
    document = library.find_document(session, document_id)
    if document is None or (version and not number) or not may(actor, Verb.READ_LIBRARY):
        return None
    if document.state not in _SHOWN or not audience & frozenset(document.visibility):
        return None
    if number is not None and number > document.version:
        return None
    try:
        passages = library.get_passages(session, document_id, number)
    except LibraryError:
        return None
    withdrawn = document.withdrawn_at is not None or any(passage.withdrawn_at for passage in passages)
    return DocumentPage(
        title=document.title,
        language=document.language,
        version=number or document.version,
        updated=_updated(document, reader) if number in {None, document.version} else None,
        reviewed=document.reviewed,
        earlier=number is not None and number < document.version,
        withdrawn=withdrawn,
        sections=() if withdrawn else _sections(passages),
        sources=tuple(_sources(document)),
        caveats=_caveats(session, document, reader),
    )


def _caveats(session: Session, document: DocumentSummary, reader: Reader) -> tuple[str, ...]:
    """Return what must be said with every quotation of this document, and so above its text."""
    late = document.document_id in library.behind(session)
    return caveats.say(
        caveats.codes(behind=late, verified=document.last_verified, handling=document.handling),
        reader.language.value,
    )


def _number(version: str) -> int | None:
    """Return the number that a version was asked for by; None for what can't be one."""
    plain = version.isascii() and version.isdecimal() and len(version) <= _LONGEST_VERSION
    return int(version) if plain else None


def _updated(document: DocumentSummary, reader: Reader) -> str | None:
    return times.day(document.published_at, reader.zone, reader.language) if document.published_at else None


def _sections(passages: Iterable[PassageView]) -> tuple[Section, ...]:
    sections: list[Section] = []
    previous: tuple[tuple[str, ...], bool] | None = None
    shown: tuple[str, ...] = ()
    page: str | None = None
    for passage in passages:
        if passage.kind == "source":
            continue
        ordered = passage.step is not None
        item = PassageItem(
            anchor=passage.anchor,
            lines=tuple(line.strip() for line in passage.text.splitlines() if line.strip()),
            language=passage.language,
            step=passage.step,
            page=passage.page_label if passage.page_label != page else None,
        )
        page = passage.page_label
        if previous == (passage.heading, ordered):
            last = sections[-1]
            sections[-1] = Section(last.heading, last.level, last.ordered, (*last.passages, item))
            continue
        sections += _parents(passage.heading, shown)
        heading = passage.heading[-1] if passage.heading and passage.heading != shown else ""
        sections.append(Section(heading, _level(passage.heading), ordered, (item,)))
        previous, shown = (passage.heading, ordered), passage.heading
    return tuple(sections)


def _parents(heading: tuple[str, ...], shown: tuple[str, ...]) -> list[Section]:
    """Return the headings above that have no text of their own and were not shown yet."""
    found = []
    for depth in range(1, len(heading)):
        if heading[:depth] != shown[:depth]:
            found.append(Section(heading[depth - 1], _level(heading[:depth]), ordered=False, passages=()))
    return found


def _level(heading: tuple[str, ...]) -> int:
    return min(1 + max(len(heading), 1), 4)


def _sources(document: DocumentSummary) -> Iterable[SourceItem]:
    for source in document.sources:
        address = source.address.strip()
        plain = "://" not in address and address and " " not in address
        web = (
            address
            if address.startswith(("https://", "http://"))
            else f"https://{address}"
            if plain
            else None
        )
        yield SourceItem(source.name, address, web, source.read_by)
