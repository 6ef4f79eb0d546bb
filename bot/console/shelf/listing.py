"""The list of the library as admins see it, and what waits for somebody."""

from dataclasses import dataclass

from sqlmodel import Session

from bot.browser.transcript import Reader
from bot.console.shelf.days import day_of
from bot.console.texts import TEXTS
from bot.console.texts.library import LIBRARY, LibraryTexts
from escalation.access import Actor, Verb, may
from knowledge_base import library
from knowledge_base.library import DocumentSummary


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document of the list. `to_do` is what somebody should look at."""

    document_id: str
    title: str
    kind: str
    language: str
    state: str
    version: int
    passages: int
    reviewed: bool
    review: str
    owner: str
    to_do: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """The list. `to_do` counts what waits; `editor`: may change it."""

    t: LibraryTexts
    editor: bool
    rows: tuple[DocumentRow, ...]
    to_do: tuple[str, ...]


def read_shelf(session: Session, actor: Actor, reader: Reader) -> ShelfPage:
    """Return every document of the library, and what waits for somebody."""
    t = LIBRARY[reader.language]
    found = library.list_documents(session)
    parity = library.parity(session)
    late = {one.document_id for one in parity.behind}
    alone = {one.document_id for one in parity.untranslated}
    today = reader.now.date()
    rows = tuple(_row(one, reader, late, alone) for one in found)
    overdue = [
        one for one in found if one.state == "published" and one.review_date and one.review_date < today
    ]
    drafts = [one for one in found if one.state == "draft" or one.draft]
    counts = ((t.waits, drafts), (t.behind, late), (t.overdue, overdue), (t.untranslated, alone))
    to_do = tuple(words.format(count=len(some)) for words, some in counts if some)
    return ShelfPage(t, may(actor, Verb.EDIT_LIBRARY), rows, to_do)


def _row(one: DocumentSummary, reader: Reader, late: set[str], alone: set[str]) -> DocumentRow:
    texts, t = TEXTS[reader.language], LIBRARY[reader.language]
    review = texts.reviewed if one.reviewed else texts.not_reviewed
    if one.review_date:
        review = f"{review}, {texts.review_by.format(when=day_of(one.review_date, reader))}"
    return DocumentRow(
        document_id=one.document_id,
        title=one.title,
        kind=t.kinds.get(one.kind, one.kind),
        language=texts.languages.get(one.language, one.language),
        state=texts.document_states.get(one.state, one.state),
        version=one.version,
        passages=one.passages,
        reviewed=one.reviewed,
        review=review,
        owner=one.owner,
        to_do=to_do_of(one, t, late, alone),
    )


def to_do_of(one: DocumentSummary, t: LibraryTexts, late: set[str], alone: set[str]) -> tuple[str, ...]:
    """Return what of a document waits for somebody."""
    return tuple(
        words
        for words, applies in (
            (t.draft_waits.format(number=one.draft), one.draft is not None),
            (t.is_behind, one.document_id in late),
            (t.no_twin, one.document_id in alone),
        )
        if applies
    )
