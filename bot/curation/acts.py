"""The acts on documents: take in, publish, roll back, retire, withdraw, confirm a translation, let expire."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.curation import rights
from bot.database import reading, transaction
from bot.delivery import held_back
from bot.services import Services
from escalation import gaps
from escalation.access import Actor
from knowledge_base import library
from knowledge_base.documents import StructuredDocument
from knowledge_base.library import Added, Comparison


class HowToPublish(StrEnum):
    """What becomes of a document that is taken in."""

    NOTHING = "nothing"  # everything stays a draft
    NEW = "new"  # what answers don't quote yet goes out; a change of what they do is a draft
    ALL = "all"  # changes go out too


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What taking in did. `comparison` says what changed; `waits`: another admin must publish it."""

    added: Added
    comparison: Comparison | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """What is out now. `behind` are translations that the new text has overtaken."""

    document_id: str
    version: int
    behind: tuple[str, ...] = ()
    gaps_closed: int = 0


def take_in(
    session: Session,
    document: StructuredDocument,
    actor: Actor,
    *,
    source_name: str,
    source_hash: str = "",
    how: HowToPublish,
    now: dt.datetime,
) -> TakenIn:
    """Take in one document in the caller's transaction.

    Raise SecondAdminNeeded when it should go out at once and may not.
    """
    rights.check_editor(actor)
    by = rights.by_of(actor)
    added = library.add(
        session, document, source_name=source_name, source_hash=source_hash, by=by, now=now, publish=False
    )
    summary = library.get_document(session, added.document_id)
    comparison = None
    if added.changed and not added.first:
        _, _, comparison = library.compare_versions(session, added.document_id, new=added.version)
    never_out = summary.state == "draft"
    draft = never_out or summary.draft == added.version
    if not draft or how is HowToPublish.NOTHING or (how is HowToPublish.NEW and not never_out):
        return TakenIn(added, comparison)
    if how is HowToPublish.NEW and rights.needs_second(session, actor, added.document_id, added.version):
        return TakenIn(added, comparison, waits=True)
    _publish(session, actor, added.document_id, added.version, now)
    done = Added(added.document_id, added.version, True, added.passages, first=added.first, published=True)
    return TakenIn(done, comparison)


def publish(services: Services, document_id: str, actor: Actor, *, version: int | None = None) -> Published:
    """Make a version, by default the newest, what answers quote; an older one rolls back.

    Raise SecondAdminNeeded, NotPublishable, Forbidden, DocumentNotFound or VersionNotFound.
    """
    rights.check_editor(actor)
    with transaction(services.engine) as session:
        return _publish(session, actor, document_id, version, services.clock())


def retire(services: Services, document_id: str, actor: Actor) -> None:
    """Take a document out of new answers."""
    rights.check_editor(actor)
    with transaction(services.engine) as session:
        library.retire(session, document_id, services.clock(), by=rights.by_of(actor))


def withdraw(services: Services, document_id: str, actor: Actor, *, reason: str = "") -> int:
    """Take a document out of every answer at once; return how many waiting deliveries were cancelled."""
    rights.check_editor(actor)
    now = services.clock()
    with transaction(services.engine) as session:
        passages = library.withdraw(session, document_id, now, by=rights.by_of(actor), reason=reason)
        cancelled = held_back.cancel(session, services, passages, now)
    services.outbox_ready.set()
    return cancelled


def confirm_match(services: Services, document_id: str, actor: Actor) -> None:
    """Note that a translation still agrees with its changed original."""
    rights.check_editor(actor)
    with transaction(services.engine) as session:
        library.match(session, document_id, services.clock(), by=rights.by_of(actor))


def expire(services: Services) -> tuple[str, ...]:
    """Retire the briefings whose last day has passed where the hub is; return them."""
    now = services.clock()
    today = now.astimezone(ZoneInfo(services.policy.hub_calendar.zone)).date()
    with reading(services.engine) as session:
        if not library.has_expired(session, today):
            return ()
    with transaction(services.engine) as session:
        return library.retire_expired(session, now, today)


def _publish(
    session: Session, actor: Actor, document_id: str, version: int | None, now: dt.datetime
) -> Published:
    if version is None:
        version = library.list_versions(session, document_id)[0].number
    else:
        library.get_passages(session, document_id, version)  # named and there, or VersionNotFound
    rights.check_second(session, actor, document_id, version)
    before = set(library.behind(session))
    library.publish(session, document_id, now, version=version, by=rights.by_of(actor))
    closed = gaps.answered(session, document_id, now)
    overtaken = tuple(sorted(set(library.behind(session)) - before))
    return Published(document_id, version, overtaken, closed)
