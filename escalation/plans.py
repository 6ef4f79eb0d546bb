"""What the hub planned for itself: check-ins after a crisis, articles to be read again. Clocks that nobody was promised.

The rows are swept by the same engine as everything else; they are alive whether or not the ticket is solved.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from escalation import directory
from escalation.business_hours import Calendar, nth_opening
from escalation.errors import IllegalMove, NotFound
from escalation.kinds import ReminderState, SubjectKind
from escalation.reminder_rows import NewReminder, record
from escalation.roster import Roster, person_key, working_hours
from escalation.rows import insert_new
from escalation.sla import Event, EventKind, Policy, Priority, Target
from escalation.sla.follow_up import plan
from escalation.tables import Clock, FollowUp, HelpRequest, RoleName, Ticket

DUE = "due"
REVIEW_AGAIN = timedelta(days=7)
LONGEST_NOTE = 500


def follow(session: Session, ticket: Ticket, log: Sequence[Event], policy: Policy) -> None:
    """Begin the policy's plan when somebody takes a ticket of one of its topics. Harmless when repeated."""
    if ticket.topic not in policy.follow_up.topics:
        return
    taken = [event.at for event in log if event.kind == EventKind.CLAIMED]
    if taken:
        begin(session, ticket, policy, min(taken))


def begin(
    session: Session,
    ticket: Ticket,
    policy: Policy,
    accepted_at: datetime,
    days: Sequence[int] | None = None,
) -> tuple[FollowUp, ...]:
    """Write the steps of a ticket's follow-up plan, once; a ticket that has a plan keeps it."""
    assert ticket.id is not None
    if known := steps(session, ticket.id):
        return known
    request = session.get_one(HelpRequest, ticket.request_id)
    person = directory.get_person(session, request.person_id)
    zone = directory.zone_of(session, person) or policy.hub_calendar.zone
    calendar = working_hours(policy.hub_calendar, zone)
    wanted = policy.follow_up.days if days is None else days
    moments = plan(calendar, zone, accepted_at, wanted, high_risk=ticket.priority.urgent)
    for number, due_at in enumerate(moments, 1):
        row = FollowUp(ticket_id=ticket.id, number=number, accepted_at=accepted_at, due_at=due_at)
        session.add(row)
        session.flush()
        session.add(
            _clock(SubjectKind.FOLLOW_UP, row.id or 0, Target.FOLLOW_UP, ticket.priority, accepted_at, due_at)
        )
    session.flush()
    return steps(session, ticket.id)


def steps(session: Session, ticket_id: int) -> tuple[FollowUp, ...]:
    """Return a ticket's plan, in order."""
    return tuple(
        session.exec(
            select(FollowUp).where(FollowUp.ticket_id == ticket_id).order_by(col(FollowUp.number))
        ).all()
    )


def next_check_in(session: Session, ticket_id: int) -> datetime | None:
    """Return when somebody looks in next, or None when no step is left."""
    return session.exec(
        select(FollowUp.due_at)
        .where(FollowUp.ticket_id == ticket_id, col(FollowUp.done_at).is_(None))
        .order_by(col(FollowUp.due_at))
        .limit(1)
    ).first()


def finish(
    session: Session,
    ticket_id: int,
    number: int,
    note: str,
    now: datetime,
    *,
    by: int | None,
    skipped: bool = False,
) -> FollowUp:
    """Note that a step was done, or skipped, and what was found or why (masked by the caller).

    Raises IllegalMove without a note: a plan does not end in silence. Done already stays as it was.
    """
    row = session.exec(
        select(FollowUp).where(FollowUp.ticket_id == ticket_id, FollowUp.number == number)
    ).first()
    if row is None:
        raise NotFound(f"The plan has no step {number}.")
    if row.done_at is not None:
        return row
    if not note.strip():
        why = "why it is skipped" if skipped else "what you found"
        raise IllegalMove(f"Say {why}: a check-in is not closed without a word.")
    row.done_at, row.done_by, row.skipped, row.note = now, by, skipped, note.strip()[:LONGEST_NOTE]
    session.add(row)
    _stop(session, SubjectKind.FOLLOW_UP, row.id or 0, now)
    session.flush()
    return row


def review(session: Session, due: Mapping[int, datetime], now: datetime) -> None:
    """Bring the clocks of articles under review in line with their review dates, by document.

    A date moved forward stops the old clock, reviewed, and starts the next; a document that is gone stops its own.
    """
    rows = session.exec(
        select(Clock).where(Clock.subject_kind == SubjectKind.REVIEW).order_by(col(Clock.cycle))
    ).all()
    latest = {row.subject_id: row for row in rows}
    for document_id, row in latest.items():
        if row.stopped_at is None and due.get(document_id) != row.due_at:
            row.stopped_at, row.next_point, row.next_point_at = now, None, None
            session.add(row)
    session.flush()
    for document_id, due_at in sorted(due.items()):
        known = latest.get(document_id)
        if known is None or known.due_at != due_at:
            cycle = known.cycle + 1 if known else 1
            # another worker may be at the same: whoever comes second finds the clock started
            insert_new(
                session,
                _clock(SubjectKind.REVIEW, document_id, Target.REVIEW, Priority.P4, now, due_at, cycle),
            )


def record_due(
    session: Session, policy: Policy, now: datetime, *, owners: Mapping[int, str], limit: int = 100
) -> int:
    """Put on record who is reminded of a plan's step or an article; return how many came due.

    `owners` names who keeps an article, by document: that person is reminded of it where the directory knows one
    of the name who is there, the admins otherwise.
    """
    rows = session.exec(
        select(Clock)
        .where(
            col(Clock.subject_kind).in_((SubjectKind.FOLLOW_UP, SubjectKind.REVIEW)),
            col(Clock.next_point_at) <= now,
        )
        .order_by(col(Clock.next_point_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    roster = Roster(session, policy, now)
    new: list[NewReminder] = []
    for row in rows:
        if row.next_point is None or row.next_point_at is None:
            continue
        keys = _recipients(session, row, roster, owners, now)
        if not keys:  # what it was about is gone, or nobody is left to tell
            row.next_point_at = now + timedelta(days=1)
            session.add(row)
            continue
        urgent = row.subject_kind is SubjectKind.FOLLOW_UP and row.priority.urgent
        name, at = _latest(row, policy.hub_calendar, now)
        new += [
            NewReminder(
                row.subject_kind,
                row.subject_id,
                row.target,
                row.cycle,
                name,
                key,
                at,
                roster.send_at(key, now, urgent=urgent),
                ReminderState.HELD,
            )
            for key in keys
        ]
        row.breached_at = row.breached_at or row.due_at
        row.next_point, row.next_point_at = _following(row, name, policy.hub_calendar, now)
        session.add(row)
    record(session, new, now)
    session.flush()
    return len(rows)


def _recipients(
    session: Session, row: Clock, roster: Roster, owners: Mapping[int, str], now: datetime
) -> tuple[str, ...]:
    if row.subject_kind is SubjectKind.REVIEW:
        keeper = _keeper(session, owners.get(row.subject_id, ""), now)
        return (person_key(keeper),) if keeper else tuple(map(person_key, roster.admins() or roster.leads()))
    step = session.get(FollowUp, row.subject_id)
    ticket = session.get(Ticket, step.ticket_id) if step else None
    owner = ticket.assignee_id if ticket else None
    if owner is not None and owner in roster.present():
        return (person_key(owner),)
    return tuple(map(person_key, roster.leads()))


def _keeper(session: Session, name: str, now: datetime) -> int | None:
    """Return the one person of a name who may read the library as staff and is not away."""
    staff = directory.people_with(session, RoleName.ADMIN, RoleName.EXPERT, RoleName.LEAD)
    known = [person for person in staff if name and person.name.casefold() == name.strip().casefold()]
    there = directory.there(session, known, now)
    return there[0].id if len(there) == 1 else None


def _latest(row: Clock, calendar: Calendar, now: datetime) -> tuple[str, datetime]:
    """Return the last point that has come: after an outage this one alone is told."""
    name, at = row.next_point or DUE, row.next_point_at or row.due_at
    while True:
        following, next_at = _following(row, name, calendar, at)
        if next_at > now:
            return name, at
        name, at = following, next_at


def _following(row: Clock, name: str, calendar: Calendar, at: datetime) -> tuple[str, datetime]:
    number = 1 if name == DUE else int(name.removeprefix("after-")) + 1
    if row.subject_kind is SubjectKind.REVIEW:
        return f"after-{number}", row.due_at + number * REVIEW_AGAIN
    if row.priority.urgent:  # at high risk weekends count like any day
        return f"after-{number}", row.due_at + number * timedelta(days=1)
    return f"after-{number}", nth_opening(calendar, max(at, row.due_at), 1)


def _clock(
    kind: SubjectKind,
    subject_id: int,
    target: Target,
    priority: Priority,
    started_at: datetime,
    due_at: datetime,
    cycle: int = 1,
) -> Clock:
    return Clock(
        subject_kind=kind,
        subject_id=subject_id,
        target=target,
        cycle=cycle,
        priority=priority,
        started_at=started_at,
        due_at=due_at,
        next_point=DUE,
        next_point_at=due_at,
    )


def _stop(session: Session, kind: SubjectKind, subject_id: int, now: datetime) -> None:
    for row in session.exec(
        select(Clock).where(
            Clock.subject_kind == kind, Clock.subject_id == subject_id, col(Clock.stopped_at).is_(None)
        )
    ).all():
        row.stopped_at, row.next_point, row.next_point_at = now, None, None
        row.breached_at = row.breached_at or (row.due_at if row.due_at < now else None)
        session.add(row)
