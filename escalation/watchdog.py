"""Does every open ticket have a next step in the future? Asked apart from the sweep, which may be what broke."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, exists, or_, select

from escalation.kinds import SubjectKind
from escalation.tables import UNFINISHED, Chain, Clock, Ticket

GRACE = timedelta(minutes=3)
MOST = 200


def forgotten(session: Session, now: datetime, *, limit: int = MOST) -> tuple[int, ...]:
    """Return open tickets for which nothing is planned from now on, the oldest first.

    A step that should have been taken minutes ago is no plan either.
    """
    since = now - GRACE
    clock = exists().where(
        col(Clock.subject_kind) == SubjectKind.TICKET,
        col(Clock.subject_id) == col(Ticket.id),
        col(Clock.next_point_at) > since,
    )
    chain = exists().where(
        col(Chain.subject_kind) == SubjectKind.TICKET,
        col(Chain.subject_id) == col(Ticket.id),
        col(Chain.next_at) > since,
    )
    overdue_step = exists().where(
        col(Clock.subject_kind) == SubjectKind.TICKET,
        col(Clock.subject_id) == col(Ticket.id),
        col(Clock.next_point_at) <= since,
    )
    overdue_chain = exists().where(
        col(Chain.subject_kind) == SubjectKind.TICKET,
        col(Chain.subject_id) == col(Ticket.id),
        col(Chain.next_at) <= since,
        col(Chain.stopped_at).is_(None),
    )
    return tuple(
        ticket_id
        for ticket_id in session.exec(
            select(Ticket.id)
            .where(
                col(Ticket.state).in_(UNFINISHED),
                col(Ticket.opened_at) <= since,
                or_(~or_(clock, chain), overdue_step, overdue_chain),
            )
            .order_by(col(Ticket.id))
            .limit(limit)
        ).all()
        if ticket_id is not None
    )
