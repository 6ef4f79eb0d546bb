"""A marked test of the whole way to a person: policy, duty, page, carrier, answer. Nothing in it counts as a case."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import structlog
from sqlmodel import Session

from bot.database import reading, transaction
from bot.delivery import duty
from bot.delivery.enqueue import Destination, Words, to_desk
from bot.delivery.sealing import desk_key, vault_of
from bot.rendering import LineContext
from bot.services import Services
from escalation import directory, outbox, self_tests
from escalation.business_hours import from_wall, zone_of
from escalation.errors import NotFound
from escalation.sla import Priority
from escalation.tables import ChannelName, Lane, OutboxMessage, OutboxState, Person, SelfTest

KIND = "self_test"
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of the way, and whether it was taken. `ok` None: it is still awaited."""

    name: str
    ok: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class Report:
    """How far a test has come."""

    test_id: int
    hops: tuple[Hop, ...]

    @property
    def acknowledged(self) -> bool:
        """Tell whether somebody answered the page."""
        return all(hop.ok for hop in self.hops)

    @property
    def over(self) -> bool:
        """Tell whether waiting can change nothing any more."""
        return self.acknowledged or any(hop.ok is False for hop in self.hops)


def start(services: Services, *, to: str | None = None, daily: bool = False) -> int:
    """Begin a test and queue its page to one person on duty, marked as a test. Return the test's number.

    `to` names somebody; else it is the first on duty with a pager. Raises NotFound when the name fits nobody.
    """
    now = services.clock()
    with transaction(services.engine) as session:
        destination = _destination(session, services, to)
        test = self_tests.begin(session, now, daily=daily)
        if destination is not None:
            dedupe = f"{KIND}:{test.code}"
            to_desk(
                session,
                services,
                Words(KIND, destination.language, LineContext(), lane=Lane.URGENT, ahead=True),
                destination,
                desk_key(session, vault_of(services), now),
                dedupe_key=dedupe,
                now=now,
            )
            self_tests.paged(
                session, test, destination.channel.value, outbox.row_id_of(session, dedupe) or ""
            )
        assert test.id is not None
        started = test.id
    services.outbox_ready.set()
    log.info("self-test begun", action="selftest.begun", daily=daily, paged=destination is not None)
    return started


def report(services: Services, test_id: int) -> Report:
    """Return how far the test has come, hop by hop."""
    with reading(services.engine) as session:
        test = session.get(SelfTest, test_id)
        if test is None:
            raise NotFound("There is no such test.")
        return Report(test_id, (*_before(session, services), *_way(session, test, services.clock())))


def daily(services: Services) -> int | None:
    """Begin today's test when its hour has come and none has begun; return its number if one did."""
    wanted = services.settings.selftest_at
    if wanted is None or services.vault is None:
        return None
    now, zone = services.clock(), services.policy.hub_calendar.zone
    today = now.astimezone(zone_of(zone)).date()
    hour, minute = (int(part) for part in wanted.split(":"))
    at = from_wall(zone, datetime.combine(today, time(hour, minute)))
    with reading(services.engine) as session:
        if now < at or self_tests.began_today(session, from_wall(zone, datetime.combine(today, time.min))):
            return None
    return start(services, daily=True)


def acknowledge(services: Services, outbox_id: str, how: str) -> bool:
    """Note that the page of a test was answered; False when the page is of no test."""
    with transaction(services.engine) as session:
        return self_tests.acknowledge(session, outbox_id, how, services.clock())


def _destination(session: Session, services: Services, to: str | None) -> Destination | None:
    people: tuple[Person, ...]
    if to is not None:
        person = directory.find_named(session, to)
        if person is None:
            raise NotFound(f"{to[:60]!r} is not one person of the directory.")
        people = (person,)
    else:
        people = duty.on_duty(session, services.clock())
    return duty.pager_of(session, services, people)


def _before(session: Session, services: Services) -> tuple[Hop, ...]:
    policy = services.policy
    steps = ", then ".join(step.notify for step in policy.chain(Priority.P1)) or "nobody"
    on_duty = [person for person in duty.on_duty(session, services.clock()) if not person.demonstration]
    names = ", ".join(person.name for person in on_duty)
    return (
        Hop("policy", bool(policy.chain(Priority.P1)), f"version {policy.version}: a P1 wakes {steps}"),
        Hop("duty", bool(on_duty), names or "nobody real is on duty: see `helpdesk directory list`"),
        Hop(
            "pager",
            ChannelName.PAGER in services.senders,
            "the gateway is configured"
            if ChannelName.PAGER in services.senders
            else "no gateway: set HELPDESK_PAGER_URL and HELPDESK_PAGER_SECRET",
        ),
    )


def _way(session: Session, test: SelfTest, now: datetime) -> tuple[Hop, ...]:
    row = session.get(OutboxMessage, test.outbox_id) if test.outbox_id else None
    if row is None:
        return (Hop("page", False, "nobody on duty has a pager, so nobody was paged"),)
    queued = Hop("page", True, f"test page {test.code} queued at {test.started_at:%H:%M:%S} UTC")
    sent = {OutboxState.SENT: True, OutboxState.DEAD: False, OutboxState.CANCELLED: False}.get(row.state)
    words = "waiting for the carrier" if sent is None else "the gateway took it"
    if row.last_error and not sent:
        words = f"not delivered: {row.last_error}"
    delivered = Hop("delivery", sent, words)
    late = now - test.started_at > self_tests.ANSWER_WITHIN
    if test.acknowledged_at is not None:
        took = _seconds(test.acknowledged_at - test.started_at)
        answered = Hop("answer", True, f"acknowledged by {test.acknowledged_how} after {took}")
    else:
        answered = Hop(
            "answer", False if late else None, "nobody has answered" if late else "waiting for an answer"
        )
    return (queued, delivered, answered)


def _seconds(span: timedelta) -> str:
    return f"{max(0, round(span.total_seconds()))} s"
