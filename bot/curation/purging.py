"""Purge: a document leaves the library, and what was quoted from it leaves every old answer.

Sealed bodies are opened, emptied of the excerpt and sealed again. What people wrote by hand, copied or
printed is beyond reach, and so is what a carrier has delivered: hence the list of who saw it.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from bot.curation import rights
from bot.database import transaction
from bot.delivery import held_back
from bot.delivery.sealing import open_body, open_outbound, seal_body, seal_outbound, vault_of
from bot.messages import Outbound
from bot.services import Services
from bot.vault import Vault, VaultError
from escalation import confidentiality, request_log, tickets
from escalation.access import Actor
from escalation.errors import IllegalMove
from escalation.tables import Citation, HelpRequest, Message, OutboxMessage, Person, Thread
from knowledge_base import library

_REMOVED = {"en": "[removed]", "fr": "[retiré]"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody an excerpt was sent to. `name` is empty for a sealed request, whose owner nobody names."""

    name: str
    channel: str
    at: dt.datetime
    number: str | None
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Purge:
    """What was removed, and who had seen it."""

    document_id: str
    passages: int
    answers: int
    readers: tuple[Reader, ...]


def purge(services: Services, document_id: str, actor: Actor, *, reason: str) -> Purge:
    """Remove a document for good, with every excerpt of it, and return who saw one.

    Raise IllegalMove without a reason, VaultError without the key that old answers are sealed under.
    """
    rights.check_editor(actor)
    if not reason.strip():
        raise IllegalMove("Say why it is purged: the reason stays in the history.")
    vault, now = vault_of(services), services.clock()
    with transaction(services.engine) as session:
        # Withdrawn first, in the same transaction: what waits to be sent is stopped by its citations.
        passages = library.withdraw(session, document_id, now, by=rights.by_of(actor), reason=reason)
        held_back.cancel(session, services, passages, now)
        readers = _readers(session, passages)
        answers = _scrub(session, vault, passages)
        done = library.purge(session, document_id, now, by=rights.by_of(actor), reason=reason)
    services.outbox_ready.set()
    services.library.refresh(services.engine, now)
    return Purge(document_id, len(done.passages), answers, readers)


def readers_of(session: Session, document_id: str) -> tuple[Reader, ...]:
    """Return who was sent an excerpt of any version of a document, the first one first."""
    found = session.exec(
        select(Citation.passage_id).where(col(Citation.document_id) == document_id).distinct()
    ).all()
    return _readers(session, found)


def _readers(session: Session, passages: Collection[int]) -> tuple[Reader, ...]:
    if not passages:
        return ()
    rows = session.exec(
        select(Message, Person, Thread)
        .join(HelpRequest, col(HelpRequest.id) == col(Message.request_id))
        .join(Person, col(Person.id) == col(HelpRequest.person_id))
        .join(Thread, col(Thread.id) == col(Message.thread_id))
        .where(col(Message.id).in_(select(Citation.message_id).where(col(Citation.passage_id).in_(passages))))
        .order_by(col(Message.recorded_at), col(Message.id))
    ).all()
    readers = []
    for message, person, thread in rows:
        sealed = confidentiality.is_sealed(session, message.request_id)
        ticket = tickets.latest(session, message.request_id)
        readers.append(
            Reader(
                name="" if sealed else person.name,
                channel=thread.channel.value,
                at=message.recorded_at,
                number=tickets.number_of(ticket.id) if ticket and ticket.id and not sealed else None,
                sealed=sealed,
            )
        )
    return tuple(readers)


def _scrub(session: Session, vault: Vault, passages: Collection[int]) -> int:
    """Empty the citations of these passages, and take their excerpts out of the messages that held them."""
    excerpts: dict[str, list[str]] = {}
    for row in session.exec(select(Citation).where(col(Citation.passage_id).in_(passages))).all():
        removed = _removed(row.language)
        excerpts.setdefault(row.message_id, []).extend((row.excerpt, row.title, row.section))
        row.excerpt, row.title, row.section = removed, removed, ""
        session.add(row)
    for message_id, found in excerpts.items():
        message = request_log.get_message(session, message_id)
        _scrub_message(session, vault, message, found)
        _scrub_outbox(session, vault, message, found)
    session.flush()
    return len(excerpts)


def _scrub_message(session: Session, vault: Vault, message: Message, excerpts: list[str]) -> None:
    message.masked = _without(message.masked, excerpts, message.language)
    session.add(message)
    try:
        body = open_body(session, vault, message)
    except VaultError:
        return  # erased: nobody can read it any more
    key = request_log.get_key(session, request_log.get_request(session, message.request_id).data_key_id)
    message.body = seal_body(vault, key, message.id, _without(body, excerpts, message.language))


def _scrub_outbox(session: Session, vault: Vault, message: Message, excerpts: list[str]) -> None:
    rows = session.exec(select(OutboxMessage).where(OutboxMessage.message_id == message.id)).all()
    for row in rows:
        try:
            outbound = Outbound.loads(open_outbound(session, vault, row))
        except VaultError:
            continue
        clean = replace(
            outbound, text=_without(outbound.text, excerpts, message.language), html=None, quotes=()
        )
        key = request_log.get_key(session, row.data_key_id)
        row.body = seal_outbound(vault, key, row.id, clean.dumps())
        session.add(row)


def _without(text: str, excerpts: list[str], language: str) -> str:
    for excerpt in sorted(filter(None, excerpts), key=len, reverse=True):
        text = text.replace(excerpt, _removed(language))
    return text


def _removed(language: str) -> str:
    return _REMOVED["fr" if language == "fr" else "en"]
