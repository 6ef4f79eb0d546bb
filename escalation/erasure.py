"""Taking words and names away for good: data keys destroyed, masked text emptied, people made numbers.

What stays is the bare record: when, how urgent, how long it took. The caller has asked the holds.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, or_, select, update
from sqlmodel import Session, col
from sqlmodel import select as rows_of

from escalation.identifiers import new_id
from escalation.rows import insert_new
from escalation.tables import (
    Affiliation,
    Answer,
    Attachment,
    DataKey,
    Erasure,
    ExpertProfile,
    FollowUp,
    HelpRequest,
    Identity,
    Message,
    NamedPerson,
    OutboxDestination,
    OutboxMessage,
    OutboxState,
    Person,
    Role,
    SafeChannel,
    SafeContact,
    SubjectKind,
    Thread,
    Ticket,
    TicketEvent,
    metadata,
)

_AT_ONCE = 400
_UNSENT = (OutboxState.PENDING, OutboxState.CLAIMED)


@dataclass(frozen=True, slots=True)
class Erased:
    """One erasure, by number alone: what a restore must do again."""

    id: str
    person_id: int
    data_keys: tuple[str, ...]
    person_gone: bool
    erased_at: datetime


def forget_originals(session: Session, request_ids: Sequence[int], now: datetime) -> int:
    """Destroy the data keys of these requests and what they sealed; return how many keys.

    Messages keep their masked text. What was still to be sent is cancelled.
    """
    keys = [key for key in _keys_of(session, request_ids) if key.wrapped is not None]
    for key in keys:
        key.wrapped, key.destroyed_at = None, now
        session.add(key)
    session.flush()
    messages = select(col(Message.id)).where(col(Message.request_id).in_(request_ids))
    _run(session, delete(Attachment).where(col(Attachment.message_id).in_(messages)))
    _run(session, delete(SafeContact).where(col(SafeContact.request_id).in_(request_ids)))
    _run(
        session,
        update(Message).where(col(Message.request_id).in_(request_ids)).values(body=b"", subject=None),
    )
    mine = col(OutboxMessage.request_id).in_(request_ids)
    unsent = col(OutboxMessage.state).in_(_UNSENT)
    _run(
        session,
        update(OutboxMessage).where(mine, unsent).values(state=OutboxState.CANCELLED, finished_at=now),
    )
    _run(session, update(OutboxMessage).where(mine).values(body=b""))
    return len(keys)


def forget_words(session: Session, request_ids: Sequence[int]) -> None:
    """Empty the masked text of these requests, and every name a carrier gave them."""
    _run(
        session,
        update(Message)
        .where(col(Message.request_id).in_(request_ids))
        .values(masked="", masked_subject=None, external_id=None, dedupe_key="erased:" + col(Message.id)),
    )
    _run(
        session,
        update(OutboxMessage)
        .where(col(OutboxMessage.request_id).in_(request_ids))
        .values(external_id=None, last_error=None, dedupe_key="erased:" + col(OutboxMessage.id)),
    )
    _run(
        session,
        update(Thread)
        .where(col(Thread.request_id).in_(request_ids))
        .values(key="erased:" + col(Thread.id), address=""),
    )
    tickets = select(col(Ticket.id)).where(col(Ticket.request_id).in_(request_ids))
    _run(session, update(Ticket).where(col(Ticket.request_id).in_(request_ids)).values(summary=""))
    _run(
        session,
        update(TicketEvent)
        .where(col(TicketEvent.ticket_id).in_(tickets), col(TicketEvent.kind) == "solved")
        .values(detail=""),
    )
    messages = select(col(Message.id)).where(col(Message.request_id).in_(request_ids))
    _run(session, update(Answer).where(col(Answer.message_id).in_(messages)).values(feedback_reason=None))
    session.expire_all()


def forget_person(session: Session, person: Person, now: datetime) -> None:
    """Make a person a number: no name, no identity, no city, no role, no way to be reached."""
    assert person.id is not None
    names = [
        identity.external_id
        for identity in session.exec(rows_of(Identity).where(Identity.person_id == person.id)).all()
    ]
    if safe := session.get(SafeChannel, person.id):
        key = session.get(DataKey, safe.data_key_id)
        session.delete(safe)
        session.flush()
        if key is not None:
            session.delete(key)
    for table in (Identity, Role, Affiliation, NamedPerson):
        _run(session, delete(table).where(col(table.person_id) == person.id))
    if profile := session.get(ExpertProfile, person.id):
        names += [profile.pager] if profile.pager else []
        session.delete(profile)
    _forget_addresses(session, names)
    _forget_own_places(session, person.id)
    person.name, person.zone, person.verified = "", None, False
    person.suspended_at = person.suspended_at or now
    session.add(person)
    session.flush()


def remove_records(session: Session, request_ids: Sequence[int]) -> None:
    """Delete these requests with every row that hangs on them, by whatever table."""
    keys = [key.id for key in _keys_of(session, request_ids)]
    doomed: dict[Table, list[Any]] = {_table(HelpRequest): list(request_ids)}
    _add_hanging(session, doomed)
    # clocks and the like name their subject by kind and number, and have rows of their own
    named = ((SubjectKind.TICKET, _table(Ticket)), (SubjectKind.FOLLOW_UP, _table(FollowUp)))
    for table in metadata.sorted_tables:
        if not {"subject_kind", "subject_id"} <= set(table.c.keys()):
            continue
        for kind, subject in named:
            for some in _batches(doomed.get(subject, [])):
                query = select(_key_column(table)).where(
                    table.c.subject_kind == kind, table.c.subject_id.in_(some)
                )
                doomed.setdefault(table, []).extend(session.connection().execute(query).scalars())
    _add_hanging(session, doomed)
    places = _places_of(session, doomed.get(_table(OutboxMessage), []))
    for table in reversed(metadata.sorted_tables):
        for some in _batches(doomed.get(table, [])):
            _run(session, table.delete().where(_key_column(table).in_(some)))
    for some in _batches(keys):
        _run(session, delete(DataKey).where(col(DataKey.id).in_(some)))
    used = select(col(OutboxMessage.destination_id))
    for some in _batches(places):
        gone = col(OutboxDestination.id).in_(some), col(OutboxDestination.id).not_in(used)
        _run(session, delete(OutboxDestination).where(*gone))
    session.expire_all()


def note(
    session: Session, person_id: int, data_keys: Iterable[str], *, person_gone: bool, now: datetime
) -> Erased:
    """Keep what was erased on the list that a restore replays."""
    row = Erasure(
        id=new_id(now),
        person_id=person_id,
        data_keys=sorted(data_keys),
        person_gone=person_gone,
        erased_at=now,
    )
    session.add(row)
    session.flush()
    return _value(row)


def noted(session: Session) -> tuple[Erased, ...]:
    """Return the list of erasures, the oldest first."""
    return tuple(_value(row) for row in session.exec(rows_of(Erasure).order_by(col(Erasure.id))).all())


def replay(session: Session, erasures: Iterable[Erased], now: datetime) -> int:
    """Erase again what an older backup has brought back; return how many requests lost their words.

    A person entered after the erasure has nothing to do with it, whatever their number.
    """
    count = 0
    for erased in erasures:
        insert_new(
            session,
            Erasure(
                id=erased.id,
                person_id=erased.person_id,
                data_keys=list(erased.data_keys),
                person_gone=erased.person_gone,
                erased_at=erased.erased_at,
            ),
        )
        requests = brought_back(session, [erased])
        if requests:
            count += forget_originals(session, requests, now)
            forget_words(session, requests)
        person = session.get(Person, erased.person_id)
        if erased.person_gone and person is not None and person.created_at <= erased.erased_at:
            forget_person(session, person, now)
    return count


def brought_back(session: Session, erasures: Iterable[Erased]) -> tuple[int, ...]:
    """Return the erased requests that an older backup has brought back."""
    keys = [key for erased in erasures for key in erased.data_keys]
    query = rows_of(HelpRequest.id).where(col(HelpRequest.data_key_id).in_(keys))
    return tuple(request_id for request_id in session.exec(query).all() if request_id is not None)


def _forget_addresses(session: Session, names: Collection[str]) -> None:
    """Empty every destination that is somebody's own, and what names it."""
    for name in names:
        if len(name) < 3:  # nothing that short is an address
            continue
        found = session.exec(
            rows_of(OutboxDestination).where(
                col(OutboxDestination.address).contains(f'"{name}"', autoescape=True)
            )
        ).all()
        for destination in found:
            _run(
                session,
                update(OutboxMessage)
                .where(col(OutboxMessage.destination_id) == destination.id)
                .values(body=b"", dedupe_key="erased:" + col(OutboxMessage.id), last_error=None),
            )
            destination.address = f"erased:{destination.id}"
            session.add(destination)


def _forget_own_places(session: Session, person_id: int) -> None:
    """Empty every destination that only this person's conversations went to, a safe one included."""
    theirs = select(col(HelpRequest.id)).where(col(HelpRequest.person_id) == person_id)
    to_them = col(OutboxMessage.message_id).is_not(None) & col(OutboxMessage.request_id).in_(theirs)
    own, others = (
        select(col(OutboxMessage.destination_id)).where(condition)
        for condition in (to_them, or_(~to_them, col(OutboxMessage.request_id).is_(None)))
    )
    for destination in session.exec(
        rows_of(OutboxDestination).where(
            col(OutboxDestination.id).in_(own), col(OutboxDestination.id).not_in(others)
        )
    ).all():
        destination.address = f"erased:{destination.id}"
        session.add(destination)


def _keys_of(session: Session, request_ids: Sequence[int]) -> Sequence[DataKey]:
    wanted = select(col(HelpRequest.data_key_id)).where(col(HelpRequest.id).in_(request_ids))
    return session.exec(rows_of(DataKey).where(col(DataKey.id).in_(wanted))).all()


def _places_of(session: Session, row_ids: Sequence[Any]) -> list[int]:
    """Return where these deliveries to officials went."""
    found: set[int] = set()
    for some in _batches(row_ids):
        query = select(col(OutboxMessage.destination_id)).where(
            col(OutboxMessage.id).in_(some), col(OutboxMessage.message_id).is_not(None)
        )
        found |= set(session.connection().execute(query).scalars())
    return sorted(found)


def _add_hanging(session: Session, doomed: dict[Table, list[Any]]) -> None:
    for table in metadata.sorted_tables:
        if table not in doomed and (found := _hanging_on(session, table, doomed)):
            doomed[table] = found


def _hanging_on(session: Session, table: Table, doomed: dict[Table, list[Any]]) -> list[Any]:
    """Return the keys of the table's rows that name a doomed row in a foreign key."""
    found: set[Any] = set()
    for foreign in table.foreign_keys:
        for some in _batches(doomed.get(foreign.column.table, [])):
            names: ColumnElement[bool] = foreign.parent.in_(some)
            found |= set(session.connection().execute(select(_key_column(table)).where(names)).scalars())
    return sorted(found)


def _key_column(table: Table) -> Any:
    (column,) = table.primary_key.columns
    return column


def _table(model: Any) -> Table:
    found: Table = model.__table__
    return found


def _batches(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def _run(session: Session, statement: Any) -> None:
    session.connection().execute(statement)


def _value(row: Erasure) -> Erased:
    return Erased(row.id, row.person_id, tuple(row.data_keys), row.person_gone, row.erased_at)
