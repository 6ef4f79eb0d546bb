"""One document as admins see it: what it is, its versions, what the newest changes."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from bot import curation
from bot.browser.transcript import Reader
from bot.console.shelf.comparing import ChangePart, change_of
from bot.console.shelf.days import day_of
from bot.console.shelf.listing import to_do_of
from bot.console.texts import TEXTS
from bot.console.texts.library import LIBRARY, LibraryTexts
from bot.curation import Purge
from escalation.access import Actor, Verb, may
from knowledge_base import library
from knowledge_base.library import DocumentSummary


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
        to_do=to_do_of(one, t, set(late), set()),
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
        change=change_of(comparison, t, before, after),
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
            value = day_of(value, reader)
        if value:
            found.append((label, str(value)))
    return found
