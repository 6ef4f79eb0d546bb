"""The morning's digest: one message to each person about their calm tickets, in place of many nudges."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, or_, select

from escalation.business_hours import from_wall, next_open, zone_of
from escalation.roster import Roster, person_key
from escalation.sla import Policy, Priority
from escalation.tables import UNFINISHED, Ticket

_CALM = (Priority.P3, Priority.P4)
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Digest:
    """What one person should know this morning. `zone` is their own."""

    person_id: int
    day: date
    zone: str
    mine: tuple[int, ...]
    unowned: tuple[int, ...]


def due(session: Session, policy: Policy, now: datetime) -> tuple[Digest, ...]:
    """Return the digests of those whose working day has begun and who have calm tickets; the same all day long.

    The caller sends each once for its person and day.
    """
    roster = Roster(session, policy, now)
    people = dict.fromkeys((*roster.present(), *roster.leads()))
    awake = {person: today for person in people if (today := _working_day(roster, person, now)) is not None}
    if not awake:
        return ()
    rows = session.exec(
        select(Ticket.id, Ticket.assignee_id, Ticket.suggested_id)
        .where(
            col(Ticket.state).in_(UNFINISHED),
            col(Ticket.priority).in_(_CALM),
            or_(col(Ticket.assignee_id).is_(None), col(Ticket.assignee_id).in_(awake)),
        )
        .order_by(col(Ticket.due_at), col(Ticket.id))
    ).all()
    found: list[Digest] = []
    for person, (day, zone) in awake.items():
        mine = [ticket for ticket, owner, _ in rows if owner == person and ticket is not None]
        free = [
            ticket
            for ticket, owner, suggested in rows
            if owner is None
            and ticket is not None
            and (suggested in (person, None) or person in roster.leads())
        ]
        if mine or free:
            found.append(Digest(person, day, zone, tuple(mine[:LONGEST]), tuple(free[:LONGEST])))
    return tuple(found)


def _working_day(roster: Roster, person: int, now: datetime) -> tuple[date, str] | None:
    """Return today's date and zone for somebody whose first working minute of today has come."""
    calendar = roster.calendar(person_key(person))
    local = now.astimezone(zone_of(calendar.zone))
    midnight = from_wall(calendar.zone, datetime.combine(local.date(), time.min))
    opening = next_open(calendar, midnight)
    end = from_wall(calendar.zone, datetime.combine(local.date() + timedelta(days=1), time.min))
    return (local.date(), calendar.zone) if opening <= now and opening < end else None
