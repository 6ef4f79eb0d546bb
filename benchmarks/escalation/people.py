"""What people do in a month: officials ask, experts take the case, answer, wait, resolve, some of it late."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks.escalation.desks import START
from bot.database import transaction
from bot.delivery.sealing import desk_key, vault_of
from escalation import tickets
from escalation.business_hours import add, next_open
from escalation.identifiers import new_id
from escalation.kinds import IdentityKind, RoleName, TicketState
from escalation.sla import Duration, EventKind, Policy, Priority, Target
from escalation.tables import HelpRequest, Identity, Person, Role, Ticket, TicketEvent
from escalation.tickets import Cause, NewTicket
from tests.support.desk import Desk

LEAD = "lead@example.org"
FORGOTTEN = 0.1  # so much of what is owed is thought of when it is long late, a day at most
_MINUTE, _OPEN, _DAY = timedelta(minutes=1), timedelta(hours=11), timedelta(days=1)
_PRIORITIES = (Priority.P1, *3 * (Priority.P2,), *4 * (Priority.P3,), *2 * (Priority.P4,))
_STATES = {
    EventKind.CLAIMED: TicketState.OPEN,
    EventKind.WAITING_REQUESTER: TicketState.WAITING_REQUESTER,
    EventKind.REQUESTER_MESSAGE: TicketState.OPEN,
    EventKind.SOLVED: TicketState.SOLVED,
}


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody does at a moment."""

    at: datetime
    do: Callable[[Desk], None]


def hire_lead(desk: Desk) -> None:
    """Add the lead whom the policy names as its fallback."""
    with transaction(desk.services.engine) as session:
        person = Person(name="Lead on call", language="en", verified=True, created_at=START)
        session.add(person)
        session.flush()
        assert person.id is not None
        session.add(Role(person_id=person.id, name=RoleName.LEAD, granted_at=START))
        session.add(Identity(person_id=person.id, kind=IdentityKind.EMAIL, external_id=LEAD))


def acts(policy: Policy, count: int, experts: list[int], end: datetime) -> list[Act]:
    """Return what happens in so many tickets until `end`, in order. The same each time.

    Tickets come by day and night. Most of what is owed is done in time, a sixth late, a tenth long late.
    """
    rng = random.Random(7)
    openings = sorted(START + (end - START) * rng.random() * 0.9 for _ in range(count))
    found: list[Act] = []
    for ticket_id, opened in enumerate(openings, 1):
        priority, expert = rng.choice(_PRIORITIES), rng.choice(experts)
        found.append(Act(opened, _opening(ticket_id, priority, expert)))
        for at, kind in _story(rng, policy, priority, opened):
            found.append(Act(at, _acting(ticket_id, kind, expert)))
    return sorted((act for act in found if act.at < end), key=lambda act: act.at)


def _story(
    rng: random.Random, policy: Policy, priority: Priority, opened: datetime
) -> Iterator[tuple[datetime, EventKind]]:
    calendar, rule = policy.calendar_for(priority), policy.rule(priority)

    def owed(since: datetime, target: Target, cycle: int = 1) -> datetime:
        allowed = rule.allowed(target, cycle) or Duration(_DAY)
        whole = allowed.time or allowed.days * _OPEN
        latest = whole + min(4 * whole, _DAY)
        took = latest if rng.random() < FORGOTTEN else min(latest, whole * rng.lognormvariate(-0.7, 0.8))
        return add(calendar, since, took)

    def some_hours(mean: float) -> timedelta:
        return timedelta(hours=rng.expovariate(1 / (mean / 9 if priority.urgent else mean)))

    at = next_open(policy.hub_calendar, opened)  # nobody is there at night
    yield (at := owed(at, Target.ACKNOWLEDGE)), EventKind.CLAIMED
    yield (at := max(at + _MINUTE, owed(opened, Target.FIRST_RESPONSE))), EventKind.PUBLIC_REPLY
    for _ in range(rng.randrange(3)):
        at += some_hours(9)
        if rng.random() < 0.5:
            yield at, EventKind.WAITING_REQUESTER
            at += some_hours(18)
        yield at, EventKind.REQUESTER_MESSAGE
        yield (at := owed(at, Target.NEXT_RESPONSE)), EventKind.PUBLIC_REPLY
    resolved = max(at + _MINUTE, owed(opened, Target.RESOLUTION))
    while rule.update and (at := owed(at, Target.UPDATE, 2)) < resolved:
        yield at, EventKind.PUBLIC_REPLY
    yield resolved, EventKind.SOLVED


def _opening(number: int, priority: Priority, suggested: int) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        now = desk.clock()
        with transaction(desk.services.engine) as session:
            person = Person(name="", created_at=now)
            session.add(person)
            session.flush()
            key = desk_key(session, vault_of(desk.services), now).id
            request = HelpRequest(
                person_id=person.id or 0, data_key_id=key, language="en", opened_at=now, last_message_at=now
            )
            session.add(request)
            session.flush()
            new = NewTicket("wants_human", priority, None, "en", "", None, True, suggested, "")
            cause = Cause(None, "benchmark", f"open-{number}", now)
            ticket, _ = tickets.open_new(session, request, new, cause, desk.services.policy, now)
            assert ticket.id == number

    return act


def _acting(ticket_id: int, kind: EventKind, expert: int) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        now = desk.clock()
        with transaction(desk.services.engine) as session:
            ticket = session.get_one(Ticket, ticket_id)
            session.add(
                TicketEvent(
                    id=new_id(now), ticket_id=ticket_id, kind=kind.value, channel="benchmark",
                    source_id=f"{kind}-{now.isoformat()}", occurred_at=now, recorded_at=now,
                    actor_id=None if kind is EventKind.REQUESTER_MESSAGE else expert,
                )
            )  # fmt: skip
            ticket.state = _STATES.get(kind, ticket.state)
            if kind is EventKind.CLAIMED:
                ticket.assignee_id = expert
            session.add(ticket)
            session.flush()
            tickets.clocks.refresh(session, ticket, desk.services.policy, now)

    return act
