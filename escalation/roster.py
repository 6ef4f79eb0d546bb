"""Who is told of a point, and when they work: one key for each, as reminders store it."""

from datetime import datetime
from functools import lru_cache

from sqlmodel import Session

from escalation import directory
from escalation.business_hours import Calendar, CalendarError, next_open
from escalation.kinds import ReminderState, RoleName
from escalation.sla import Policy, Target, pages_now
from escalation.tables import Person, Ticket

EXPERTS = "experts"  # the places that every expert sees
LEADS = "leads"
ADMINS = "admins"
EVERYONE = "everyone"
OWNER = "owner"
_DANGER = ("danger", "self_harm")
_REPEATS_AMONG_OURSELVES = 5  # after so many reminders of a late clock the policy's fallback hears too
_EARLY = ("50", "75")
_NUDGES_OF_CALM = ("90", "due")


def person_key(person_id: int) -> str:
    """Return the key of one person."""
    return f"person:{person_id}"


def person_of(key: str) -> int | None:
    """Return the person a key names, or None for a place or a group."""
    kind, _, number = key.partition(":")
    return int(number) if kind == "person" else None


class Roster:
    """Who is there at one moment, read once: a sweep asks for thousands of points."""

    def __init__(self, session: Session, policy: Policy, now: datetime) -> None:
        self._session = session
        self._policy = policy
        self._now = now
        self._staff: tuple[Person, ...] | None = None
        self._leads: tuple[int, ...] | None = None
        self._zones: dict[int, str | None] = {}

    def present(self) -> tuple[int, ...]:
        """Return the experts and leads who are not away, in order of entry."""
        if self._staff is None:
            people = directory.people_with(self._session, RoleName.EXPERT, RoleName.LEAD)
            self._staff = directory.there(self._session, people, self._now)
        return tuple(person.id for person in self._staff if person.id is not None)

    def leads(self) -> tuple[int, ...]:
        """Return the leads who are not away; all of them when every one is."""
        if self._leads is None:
            people = directory.people_with(self._session, RoleName.LEAD)
            all_leads = tuple(person.id for person in people if person.id is not None)
            there = tuple(lead for lead in all_leads if lead in self.present())
            self._leads = there or all_leads
        return self._leads

    def admins(self) -> tuple[int, ...]:
        """Return the admins."""
        people = directory.people_with(self._session, RoleName.ADMIN)
        return tuple(person.id for person in people if person.id is not None)

    def named(self, who: str, ticket: Ticket | None) -> tuple[str, ...]:
        """Return the keys of those a step of an escalation names; none when everybody it names is away."""
        if who == OWNER:
            chosen = ticket and (ticket.assignee_id or ticket.suggested_id)
            return (person_key(chosen),) if chosen and chosen in self.present() else ()
        if who == EXPERTS:
            return (EXPERTS, *map(person_key, self.present())) if self.present() else ()
        if who == LEADS:
            return tuple(map(person_key, self.leads()))
        if who == EVERYONE:
            everyone = dict.fromkeys((*self.present(), *self.leads(), *self.admins()))
            return (EXPERTS, *map(person_key, everyone))
        person = directory.find_named(self._session, who)
        if person is None or person.id is None:
            return ()
        there = directory.there(self._session, (person,), self._now)
        return (person_key(person.id),) if there else ()

    def of_point(self, ticket: Ticket, point: str) -> tuple[str, ...]:
        """Return who is told of a ticket's point: the owner, or those it waits for; late, the leads too."""
        chosen = ticket.assignee_id or ticket.suggested_id
        if chosen is not None and (ticket.assignee_id is not None or chosen in self.present()):
            first: tuple[int, ...] = (chosen,)
        else:
            first = self.present()
        late = () if point.partition("~")[0] in _EARLY else self.leads()
        people = dict.fromkeys((*first, *late))
        keys = (EXPERTS, *map(person_key, people))
        if _repeat(point) <= _REPEATS_AMONG_OURSELVES:
            return keys
        return tuple(dict.fromkeys((*keys, *self.named(self._policy.fallback, ticket))))

    def may_wake(self, ticket: Ticket) -> bool:
        """Tell whether this ticket is worth somebody's sleep: not a P2 that threatens nobody and can wait."""
        topics = self._policy.follow_up.topics
        danger = ticket.topic in topics or ticket.reason in _DANGER
        return pages_now(self._policy, ticket.priority, self._now, danger=danger, needed_by=ticket.needed_by)

    def send_at(self, key: str, now: datetime, *, urgent: bool) -> datetime:
        """Return when this recipient may be told: at once if it is urgent, else in their next working minute.

        That is by the hours the directory knows of them, else by the hub's on their own clock.
        """
        if urgent:
            return now
        person_id = person_of(key)
        if person_id is not None:
            own = directory.availability_of(self._session, person_id, hub_zone=self._policy.hub_calendar.zone)
            if own.hours is not None or own.away_until(now) is not None:
                return own.next_working(now, self.calendar(key)) or now
        return next_open(self.calendar(key), now)

    def calendar(self, key: str) -> Calendar:
        """Return the working hours of a recipient: the hub's, on their own clock."""
        person_id = person_of(key)
        if person_id is None:
            return self._policy.hub_calendar
        if person_id not in self._zones:
            person = self._session.get(Person, person_id)
            self._zones[person_id] = directory.zone_of(self._session, person) if person else None
        return working_hours(self._policy.hub_calendar, self._zones[person_id])


def _repeat(point: str) -> int:
    word, _, number = point.partition("~")[0].partition("-")
    return int(number) if word == "after" and number.isdigit() else 0


def state_of(ticket: Ticket, target: Target, point: str) -> ReminderState:
    """Return whether a point is told by itself, or left to the digest: calm tickets nudge but twice."""
    calm = not ticket.priority.urgent and target is not Target.SILENCE
    told = point.partition("~")[0] in _NUDGES_OF_CALM
    return ReminderState.HELD if told or not calm else ReminderState.DIGEST


@lru_cache(maxsize=256)
def working_hours(hub: Calendar, zone: str | None) -> Calendar:
    """Return the hub's hours on the clock of another zone, closed on the hub's holidays."""
    if zone is None or zone == hub.zone:
        return hub
    try:
        return Calendar(f"{hub.name} in {zone}", zone, hub.windows, hub.holidays)
    except CalendarError:  # a zone of the directory that the zone data does not know
        return hub
