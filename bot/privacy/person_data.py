"""One person's data: given out whole, or erased with an account of what stays and why."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog
from sqlmodel import Session, col, select

from bot import curation
from bot.database import reading, transaction
from bot.delivery import sealing
from bot.privacy import erasures, register, unsafe
from bot.services import Services
from bot.vault import Erased as ErasedText
from escalation import access_log, directory, erasure, holds, request_log, tickets
from escalation.access import Actor
from escalation.access_log import Opened, Opening
from escalation.tables import (
    UNFINISHED,
    AccessLine,
    Author,
    HelpRequest,
    Message,
    MessageKind,
    SafeContact,
    Ticket,
)

_INSIDE = frozenset({MessageKind.NOTE})
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Account:
    """What an erasure did. `stays` has a line for each thing that is still there, with the reason."""

    conversations: int
    person_gone: bool
    stays: tuple[str, ...]


def export(services: Services, person_id: int, by: Actor, reason: str, *, channel: str) -> str:
    """Return everything the desk holds of a person as JSON, their own words unmasked.

    Notes that experts keep among themselves are not the person's. The opening is on record before.
    """
    with transaction(services.engine) as session:
        directory.get_person(session, person_id)
        opening = Opening(Opened.EXPORT, by.person_id, channel, reason, person_id=person_id)
        register.enter(session, services, opening, services.clock())
    with reading(services.engine) as session:
        summary = next(one for one in directory.list_people(session) if one.id == person_id)
        requests = session.exec(
            select(HelpRequest).where(HelpRequest.person_id == person_id).order_by(col(HelpRequest.id))
        ).all()
        lines = session.exec(
            select(AccessLine).where(AccessLine.person_id == person_id).order_by(col(AccessLine.id))
        ).all()
        found = {
            "person": asdict(summary),
            "conversations": [_conversation(session, services, request) for request in requests],
            "opened_by_others": [
                {"at": line.occurred_at.isoformat(), "what": line.what, "why": line.reason} for line in lines
            ],
        }
    return json.dumps(found, ensure_ascii=False, indent=2)


def erase(services: Services, person_id: int, by: Actor, reason: str, *, channel: str) -> Account:
    """Destroy what the desk holds of a person, as far as no hold and no open ticket keeps it.

    Doing it again erases what has been let go since.
    """
    now = services.clock()
    with transaction(services.engine) as session:
        person = directory.get_person(session, person_id)
        directory.lock(session, person)
        opening = Opening(Opened.ERASURE, by.person_id, channel, reason, person_id=person_id)
        register.enter(session, services, opening, now)
        going, stays = _sorted(session, person_id)
        keys = [
            key.id
            for key in (request_log.get_key(session, request.data_key_id) for request in going)
            if key.wrapped is not None
        ]
        ids = [request.id or 0 for request in going]
        if ids:
            erasure.forget_originals(session, ids, now)
            curation.take_back_material(session, ids, now)
            erasure.forget_words(session, ids)
        stays += _person_stays(session, person_id) or (
            ["name and addresses: as long as something above stays"] if stays else []
        )
        gone = not stays
        if gone:
            unsafe.end_ways_in(session, person_id, now)
            erasure.forget_person(session, session.get_one(type(person), person_id), now)
        noted = erasure.note(session, person_id, keys, person_gone=gone, now=now)
        erasures.write(
            services.settings.erasures_path, noted
        )  # before the commit: a list too long does no harm
        lines = len(access_log.of_person(session, person_id))
    _forget_pages(services)
    log.warning("erased", action="privacy.erased", person_id=person_id, conversations=len(ids), whole=gone)
    return Account(len(keys), gone, (*stays, *_always(lines, services)))


def _sorted(session: Session, person_id: int) -> tuple[list[HelpRequest], list[str]]:
    requests = session.exec(
        select(HelpRequest).where(HelpRequest.person_id == person_id).order_by(col(HelpRequest.id))
    ).all()
    held = holds.on_requests(session, [request.id or 0 for request in requests])
    going, stays = [], []
    for request in requests:
        ticket = tickets.latest(session, request.id or 0)
        name = (
            tickets.number_of(ticket.id or 0)
            if ticket
            else f"the conversation of {request.opened_at:%Y-%m-%d}"
        )
        if hold := held.get(request.id or 0):
            stays.append(
                f"{name}: a legal hold by {hold.author} keeps it, to be reviewed on {hold.review_on.isoformat()}"
            )
        elif ticket is not None and ticket.state in UNFINISHED:
            stays.append(f"{name}: people still work on it; resolve it, then erase again")
        else:
            going.append(request)
    return going, stays


def _person_stays(session: Session, person_id: int) -> list[str]:
    stays = []
    if hold := holds.on_person(session, person_id):
        stays.append(
            f"name and addresses: a legal hold by {hold.author} keeps them, to be reviewed on "
            f"{hold.review_on.isoformat()}"
        )
    owned = session.exec(
        select(Ticket.id).where(Ticket.assignee_id == person_id, col(Ticket.state).in_(UNFINISHED))
    ).all()
    if owned:
        numbers = ", ".join(tickets.number_of(ticket_id or 0) for ticket_id in owned)
        stays.append(f"name and addresses: they own {numbers}; hand it over, then erase again")
    return stays


def _always(lines: int, services: Services) -> tuple[str, ...]:
    kept = [
        "the bare record of tickets (when, how urgent, how long), without words or name, until it expires "
        f"after {services.settings.keep_record_days} days: it shows that promises were kept"
    ]
    if lines:
        kept.append(
            f"{lines} lines of the access log, by number: who opened what must stay provable for "
            f"{services.settings.keep_access_log_days} days"
        )
    kept.append("earlier backups: a restore erases this again before anything else")
    return tuple(kept)


def _conversation(session: Session, services: Services, request: HelpRequest) -> dict[str, Any]:
    vault = sealing.vault_of(services)
    key = request_log.get_key(session, request.data_key_id)
    rows = session.exec(
        select(Message)
        .where(Message.request_id == request.id)
        .order_by(col(Message.recorded_at), col(Message.id))
    ).all()
    contacts = session.exec(select(SafeContact).where(SafeContact.request_id == request.id)).all()
    ticket = tickets.latest(session, request.id or 0)
    return {
        "ticket": tickets.number_of(ticket.id or 0) if ticket else None,
        "state": ticket.state.value if ticket else None,
        "opened": request.opened_at.isoformat(),
        "messages": [
            {
                "at": row.occurred_at.isoformat(),
                "from": row.author.value,
                "text": _words(session, services, row),
            }
            for row in rows
            if row.kind not in _INSIDE and not (row.author is Author.EXPERT and row.thread_id is None)
        ],
        "safe_contact": [
            vault.unseal(key.id, key.wrapped, row.body, row=f"safe_contact/{row.id}", field="body")
            for row in contacts
        ],
    }


def _words(session: Session, services: Services, row: Message) -> str:
    try:
        return sealing.open_body(session, sealing.vault_of(services), row)
    except ErasedText:
        return row.masked


def _forget_pages(services: Services) -> None:
    """Let SQLite write its log back, so that no page of before stays in it."""
    if services.engine.dialect.name == "sqlite":
        with services.engine.connect() as connection:
            connection.rollback()
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def write_private(path: Path, content: str) -> None:
    """Write a new file that its owner alone can read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content + "\n")


__all__ = ["Account", "erase", "export", "write_private"]
