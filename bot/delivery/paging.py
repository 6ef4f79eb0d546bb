"""Who is paged at once, and what a flood makes into one page.

A page takes an expert out of bed, so strangers can't be let make any number of them; and a stranger may be
a mayor on a borrowed phone, so none is dropped.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, func, or_, select

from bot.delivery import duty
from bot.delivery.enqueue import Words, to_desk
from bot.delivery.sealing import desk_key, vault_of
from bot.rendering import PageContext, PagesContext
from bot.services import Services
from escalation import confidentiality, request_log, tickets
from escalation.tables import HelpRequest, Lane, Message, Person, Ticket

ALONE = 3
WINDOW = timedelta(minutes=10)
TOGETHER_EVERY = timedelta(seconds=60)
_LOOK_BACK = timedelta(days=1)
_LISTED = 20
_NOT_ALONE = timedelta(microseconds=1)


def room_for_one(session: Session, now: datetime) -> bool:
    """Tell whether a page for somebody who is not verified may go alone: three in ten minutes do."""
    paged = session.exec(
        select(func.count())
        .select_from(Message)
        .join(Person, col(Person.id) == col(Message.person_id))
        .where(
            col(Message.recorded_at) > now - WINDOW,
            col(Message.paged_at) == col(Message.recorded_at),
            or_(~col(Person.verified), ~col(Message.sender_proved)),
        )
    ).one()
    return paged < ALONE


def alone(
    session: Session, services: Services, message: Message, request: HelpRequest, *, told: bool, now: datetime
) -> None:
    """Page for one message, on every channel of everybody on duty. `told`: its writer got a safety reply."""
    # in the commit that records the message: equal instants say that it went alone
    session.connection().execute(
        update(Message).where(col(Message.id) == message.id).values(paged_at=message.recorded_at)
    )
    key = request_log.get_key(session, request.data_key_id)
    context = PageContext(url=f"{services.settings.base_url}/console", told=told)
    for destination in duty.everyone(session, services, message.request_id):
        to_desk(
            session,
            services,
            Words("page", destination.language, context, lane=Lane.URGENT, ahead=True),
            destination,
            key,
            dedupe_key=f"page:{message.id}:{destination.channel.value}:{destination.address}",
            now=now,
            request_id=request.id,
        )


def together(session: Session, services: Services, now: datetime) -> int:
    """Page once for every message of danger that nobody was paged for, at most once a minute.

    Return how many there were. Run by the heartbeat; a second worker at the same time pages once more at
    worst, under the same key.
    """
    waiting = session.exec(
        select(Message)
        .where(
            col(Message.paged_at).is_(None),
            _in_danger(),
            col(Message.case_ticket_id).is_(None),
            col(Message.recorded_at) > now - _LOOK_BACK,
        )
        .order_by(col(Message.id))
    ).all()
    if not waiting or _paged_lately(session, now):
        return 0
    context = PagesContext(
        count=len(waiting),
        numbers=_numbers(session, waiting),
        url=f"{services.settings.base_url}/console",
    )
    key = desk_key(session, vault_of(services), now)
    for destination in duty.everybody(session, services):
        to_desk(
            session,
            services,
            Words("pages", destination.language, context, lane=Lane.URGENT, ahead=True),
            destination,
            key,
            dedupe_key=f"pages:{waiting[0].id}:{destination.channel.value}:{destination.address}",
            now=now,
        )
    for message in waiting:
        message.paged_at = max(now, message.recorded_at + _NOT_ALONE)
        session.add(message)
    session.flush()
    return len(waiting)


def told_together(session: Session, ticket: Ticket) -> bool:
    """Tell whether the danger this ticket is about is paged for with others, not alone."""
    latest = session.exec(
        select(Message)
        .where(Message.request_id == ticket.request_id, _in_danger())
        .order_by(col(Message.id).desc())
        .limit(1)
    ).first()
    return latest is not None and latest.paged_at != latest.recorded_at


def _in_danger() -> ColumnElement[bool]:
    return or_(col(Message.immediate_danger), col(Message.self_harm))


def _paged_lately(session: Session, now: datetime) -> bool:
    last = session.exec(
        select(func.max(Message.paged_at)).where(
            col(Message.paged_at) > col(Message.recorded_at), col(Message.paged_at) > now - TOGETHER_EVERY
        )
    ).one()
    return last is not None


def _numbers(session: Session, waiting: Sequence[Message]) -> tuple[str, ...]:
    """Return the ticket numbers to list. What not everybody on duty may know of is counted only."""
    found: dict[str, None] = {}
    for message in waiting:
        if len(found) >= _LISTED:
            break
        ticket = tickets.unfinished(session, message.request_id)
        about = confidentiality.about(session, message.request_id)
        if ticket is None or about.sealed or about.cities or about.kept_away:
            continue
        found[tickets.number_of(ticket.id or 0)] = None
    return tuple(found)
