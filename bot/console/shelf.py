"""The library as admins see it: the list, one document with its versions, words, changes and gaps."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session

from bot import curation
from bot.browser.transcript import Reader
from bot.console.texts import TEXTS
from bot.console.texts.library import LIBRARY, LibraryTexts
from bot.curation import GapGroup, Purge
from bot.rendering import times
from escalation import directory
from escalation.access import Actor, Verb, may
from escalation.tables import RoleName
from knowledge_base import library
from knowledge_base.library import ApprovedReply, Comparison, DocumentSummary, Mark
from knowledge_base.synonyms import Synonym

_LATEST = 200
_SHOWN = 5
_DAY = timedelta(days=1)


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


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line; `hot` for a phone number, address or link that changed."""

    text: str
    hot: bool


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a comparison. `said` tells a screen reader what the colour says."""

    mark: str
    pieces: tuple[Piece, ...]
    said: str


@dataclass(frozen=True, slots=True)
class ChangePart:
    """A comparison, ready to be drawn."""

    title: str
    same: bool
    gone: tuple[tuple[str, str], ...]
    new: tuple[tuple[str, str], ...]
    attributes: tuple[tuple[str, str, str], ...]
    lines: tuple[DiffLine, ...]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version. `compare` is the address that shows what it changed."""

    number: int
    state: str
    code: str
    written: str
    by: str
    published: str | None
    compare: str
    may_return: bool


@dataclass(frozen=True, slots=True)
class ShelvedPage:
    """One document for admins. `publishable` is the draft that may go out; `second`: by somebody else."""

    t: LibraryTexts
    editor: bool
    document_id: str
    title: str
    state: str
    code: str
    to_do: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    versions: tuple[VersionRow, ...]
    change: ChangePart
    publishable: int | None
    second: bool
    behind: str | None
    flash: str | None = None
    good: bool = False


@dataclass(frozen=True, slots=True)
class PurgedPage:
    """What a purge removed, and who had seen it: when, to whom, on which channel."""

    t: LibraryTexts
    words: str
    readers: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class EditPage:
    """A document as text to be changed."""

    t: LibraryTexts
    title: str
    action: str
    text: str
    flash: str | None = None


@dataclass(frozen=True, slots=True)
class GapRow:
    """One gap: a group of questions, or the draft that will answer them."""

    id: str
    count: int
    not_helped: str | None
    first: str
    languages: str
    places: str
    questions: tuple[str, ...]
    document_id: str | None
    writer: str | None


@dataclass(frozen=True, slots=True)
class GapsPage:
    """The gaps. `people` may be asked to write."""

    t: LibraryTexts
    headline: str
    counts: str
    open: tuple[GapRow, ...]
    writing: tuple[GapRow, ...]
    people: tuple[tuple[int, str], ...]
    flash: str | None = None


@dataclass(frozen=True, slots=True)
class WordsPage:
    """Synonyms and approved answers; `kept` is what was typed into a form that was refused."""

    t: LibraryTexts
    synonyms: tuple[Synonym, ...]
    approved: tuple[ApprovedReply, ...]
    documents: tuple[tuple[str, str], ...]
    flash: str | None = None
    good: bool = False


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One line of the record of changes."""

    at: datetime
    stamp: str
    who: str
    what: str
    document: str
    detail: str


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Who did what, the latest first."""

    t: LibraryTexts
    rows: tuple[ChangeRow, ...]


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


def read_shelved(
    session: Session, actor: Actor, document_id: str, reader: Reader, old: int | None, new: int | None
) -> ShelvedPage:
    """Return one document for admins; raise DocumentNotFound or VersionNotFound."""
    t = LIBRARY[reader.language]
    one = library.get_document(session, document_id)
    late = library.behind(session)
    versions = library.list_versions(session, document_id)
    before, after, comparison = library.compare_versions(session, document_id, old, new)
    newest = versions[0].number
    waits = one.draft or (newest if one.state == "draft" else None)
    brings_back = newest if one.state in {"retired", "withdrawn"} else None
    publishable = waits or brings_back
    second = publishable is not None and curation.needs_second(session, actor, document_id, publishable)
    return ShelvedPage(
        t=t,
        editor=may(actor, Verb.EDIT_LIBRARY),
        document_id=one.document_id,
        title=one.title,
        state=TEXTS[reader.language].document_states.get(one.state, one.state),
        code=one.state,
        to_do=_to_do(one, t, set(late), set()),
        facts=tuple(_facts(one, reader)),
        versions=tuple(
            VersionRow(
                number=version.number,
                state=t.version_states.get(
                    "withdrawn" if version.withdrawn_at else version.state, version.state
                ),
                code=version.state,
                written=reader.stamp(version.created_at),
                by=curation.who(session, version.created_by),
                published=reader.stamp(version.published_at) if version.published_at else None,
                compare=f"/console/library/{document_id}?to={version.number}",
                may_return=version.state == "superseded",
            )
            for version in versions
        ),
        change=_change(comparison, t, before, after),
        publishable=publishable,
        second=second,
        behind=reader.stamp(late[document_id].since) if document_id in late else None,
    )


def read_purged(done: Purge, reader: Reader) -> PurgedPage:
    """Return the page that a purge ends on."""
    t = LIBRARY[reader.language]
    channels = TEXTS[reader.language].channels
    return PurgedPage(
        t,
        t.purged.format(id=done.document_id, count=done.answers),
        tuple(
            (
                reader.stamp(one.at),
                t.sealed_request if one.sealed else one.name or t.nameless,
                channels.get(one.channel, one.channel),
            )
            for one in done.readers
        ),
    )


def read_gaps(session: Session, actor: Actor, reader: Reader) -> GapsPage:
    """Return what the library could not answer; raise Forbidden."""
    t = LIBRARY[reader.language]
    found = curation.look_for_gaps(session, actor, reader.now)
    people = directory.people_with(session, RoleName.ADMIN, RoleName.EXPERT, RoleName.LEAD)
    return GapsPage(
        t=t,
        headline=t.gaps_headline.format(span=_span(found.to_answer, t)),
        counts=t.gaps_counts.format(
            answered=len(found.answered), writing=len(found.being_written), open=len(found.open)
        ),
        open=tuple(_gap(group, reader) for group in found.open),
        writing=tuple(_gap(group, reader) for group in found.being_written),
        people=tuple((one.id or 0, one.name) for one in people),
    )


def read_words(session: Session, reader: Reader) -> WordsPage:
    """Return the synonyms and the approved answers."""
    documents = tuple(
        (one.document_id, one.title) for one in library.list_documents(session) if one.state == "published"
    )
    t = LIBRARY[reader.language]
    return WordsPage(t, library.list_synonyms(session), library.list_approved(session), documents)


def read_changes(session: Session, reader: Reader) -> ChangesPage:
    """Return the record of changes."""
    t = LIBRARY[reader.language]
    return ChangesPage(
        t,
        tuple(
            ChangeRow(
                at=one.occurred_at,
                stamp=reader.stamp(one.occurred_at),
                who=curation.who(session, one.by),
                what=t.act_names.get(one.act.value, one.act.value),
                document=f"{one.document}, {t.version.format(number=one.version)}"
                if one.version
                else one.document,
                detail=one.detail,
            )
            for one in library.history(session, limit=_LATEST)
        ),
    )


def _row(one: DocumentSummary, reader: Reader, late: set[str], alone: set[str]) -> DocumentRow:
    texts, t = TEXTS[reader.language], LIBRARY[reader.language]
    review = texts.reviewed if one.reviewed else texts.not_reviewed
    if one.review_date:
        review = f"{review}, {texts.review_by.format(when=_day(one.review_date, reader))}"
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
        to_do=_to_do(one, t, late, alone),
    )


def _to_do(one: DocumentSummary, t: LibraryTexts, late: set[str], alone: set[str]) -> tuple[str, ...]:
    return tuple(
        words
        for words, applies in (
            (t.draft_waits.format(number=one.draft), one.draft is not None),
            (t.is_behind, one.document_id in late),
            (t.no_twin, one.document_id in alone),
        )
        if applies
    )


def _facts(one: DocumentSummary, reader: Reader) -> list[tuple[str, str]]:
    texts, t = TEXTS[reader.language], LIBRARY[reader.language]
    found = []
    for name, label in t.about.items():
        value = getattr(one, name)
        if name == "kind":
            value = t.kinds.get(value, value)
        elif name == "language":
            value = texts.languages.get(value, value)
        elif name == "state":
            value = texts.document_states.get(value, value)
        elif isinstance(value, tuple):
            value = ", ".join(value)
        elif isinstance(value, date):
            value = _day(value, reader)
        if value:
            found.append((label, str(value)))
    return found


def _change(comparison: Comparison, t: LibraryTexts, before: int | None, after: int) -> ChangePart:
    title = t.changed_title.format(old=before, new=after) if before else t.first_version.format(new=after)
    return ChangePart(
        title=title,
        same=comparison.same,
        gone=tuple((t.fact_kinds[fact.kind.value], fact.text) for fact in comparison.gone) if before else (),
        new=tuple((t.fact_kinds[fact.kind.value], fact.text) for fact in comparison.new),
        attributes=tuple(
            (t.about.get(one.name, one.name.replace("_", " ")), one.old or "-", one.new or "-")
            for one in comparison.attributes
        ),
        lines=tuple(
            DiffLine(
                mark={Mark.GONE: "gone", Mark.NEW: "new", Mark.CUT: "cut"}.get(line.mark, "same"),
                pieces=_pieces(line.text, line.facts),
                said={Mark.GONE: t.line_gone, Mark.NEW: t.line_new}.get(line.mark, ""),
            )
            for line in comparison.lines
        ),
    )


def _pieces(text: str, facts: tuple[str, ...]) -> tuple[Piece, ...]:
    if not facts:
        return (Piece(text, hot=False),)
    parts = re.split("(" + "|".join(map(re.escape, facts)) + ")", text)
    return tuple(Piece(part, hot=bool(place % 2)) for place, part in enumerate(parts) if part)


def _gap(group: GapGroup, reader: Reader) -> GapRow:
    texts, t = TEXTS[reader.language], LIBRARY[reader.language]
    writer = t.written_by.format(who=group.assignee) if group.assignee else t.nobody
    return GapRow(
        id=group.id,
        count=group.count,
        not_helped=t.not_helped.format(count=group.thumbs_down) if group.thumbs_down else None,
        first=_day(group.first_asked_at.date(), reader),
        languages=", ".join(f"{texts.languages.get(name, name)} {count}" for name, count in group.languages),
        places=", ".join(f"{name} {count}" for name, count in group.jurisdictions),
        questions=tuple(question.text for question in group.questions[:_SHOWN]),
        document_id=group.document_id,
        writer=writer if group.document_id else None,
    )


def _span(span: timedelta | None, t: LibraryTexts) -> str:
    if span is None:
        return t.gaps_none_yet
    if span >= 2 * _DAY:
        return t.days.format(count=span.days)
    return t.hours.format(count=max(1, round(span.total_seconds() / 3600)))


def _day(day: date, reader: Reader) -> str:
    return times.day(datetime.combine(day, time(12), tzinfo=UTC), "UTC", reader.language)
