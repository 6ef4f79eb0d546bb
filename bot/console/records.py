"""The admins' list of everything that left the desk. No words of anybody."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, and_, col, func, or_, select

from bot.browser.language import Language
from bot.browser.transcript import Reader
from bot.console.case import point_name, recipient_name
from bot.console.texts import TEXTS
from bot.rendering.labels import label
from escalation import confidentiality, tickets
from escalation.access import Actor, Verb, may
from escalation.tables import OutboxMessage, OutboxState, Reminder, SubjectKind, Ticket

_LATEST = 100


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery: what kind, where it stands, never what it says."""

    stamp: str
    at: datetime
    kind: str
    channel: str
    number: str | None
    state: str
    code: str
    attempts: int
    fault: str


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """One reminder that was sent."""

    stamp: str
    at: datetime
    number: str
    target: str
    point: str
    to: str


@dataclass(frozen=True, slots=True)
class OutboxPage:
    """What was sent, what waits, what was given up."""

    counts: tuple[tuple[str, str, int], ...]
    reminders: tuple[ReminderRow, ...]
    deliveries: tuple[DeliveryRow, ...]


def read_outbox(session: Session, actor: Actor, reader: Reader) -> OutboxPage:
    """Return the latest deliveries and reminders, newest first, and how many stand where.

    What concerns a case the actor may not read is not among them.
    """
    texts = TEXTS[reader.language]
    known = or_(
        col(OutboxMessage.request_id).is_(None),
        and_(*confidentiality.knowable(actor, col(OutboxMessage.request_id))),
    )
    counted = dict(
        session.exec(
            select(OutboxMessage.state, func.count()).where(known).group_by(col(OutboxMessage.state))
        ).all()
    )
    return OutboxPage(
        counts=tuple(
            (state.value, texts.states.get(state.value, state.value), counted.get(state, 0))
            for state in OutboxState
        ),
        reminders=_reminders(session, actor, reader),
        deliveries=_deliveries(session, actor, reader),
    )


def _deliveries(session: Session, actor: Actor, reader: Reader) -> tuple[DeliveryRow, ...]:
    texts = TEXTS[reader.language]
    found = session.exec(
        select(OutboxMessage)
        .order_by(col(OutboxMessage.created_at).desc(), col(OutboxMessage.id).desc())
        .limit(_LATEST)
    ).all()
    requests = {row.request_id for row in found if row.request_id is not None}
    numbers: dict[int, int] = {}
    for request_id, ticket_id in session.exec(
        select(Ticket.request_id, Ticket.id)
        .where(col(Ticket.request_id).in_(requests))
        .order_by(col(Ticket.id))
    ).all():
        numbers[request_id] = ticket_id or 0
    return tuple(
        DeliveryRow(
            stamp=reader.stamp(row.finished_at or row.created_at),
            at=row.finished_at or row.created_at,
            kind=texts.kinds.get(row.kind, row.kind.replace("_", " ")),
            channel=texts.channels.get(row.channel, row.channel),
            number=tickets.number_of(numbers[row.request_id]) if row.request_id in numbers else None,
            state=texts.states.get(row.state.value, row.state.value),
            code=row.state.value,
            attempts=row.attempts,
            fault=row.last_error or "",
        )
        for row in found
        if _about_readable(session, actor, row.request_id)
    )


def _reminders(session: Session, actor: Actor, reader: Reader) -> tuple[ReminderRow, ...]:
    found = session.exec(
        select(Reminder)
        .where(Reminder.subject_kind == SubjectKind.TICKET)
        .order_by(col(Reminder.id).desc())
        .limit(_LATEST)
    ).all()
    language: Language = reader.language
    return tuple(
        ReminderRow(
            stamp=reader.stamp(row.recorded_at),
            at=row.recorded_at,
            number=tickets.number_of(row.subject_id),
            target=label(row.target.value, language.value),
            point=point_name(row.point, language),
            to=recipient_name(session, row.recipient, language),
        )
        for row in found
        if may(actor, Verb.READ_TICKET, tickets.thing(session, tickets.get(session, row.subject_id)))
    )


def _about_readable(session: Session, actor: Actor, request_id: int | None) -> bool:
    """Tell whether a delivery belongs to no case, or to one the actor may know of."""
    if request_id is None:
        return True
    return may(actor, Verb.READ_TICKET, confidentiality.about(session, request_id))
