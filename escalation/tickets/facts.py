"""What is known of a ticket and may change: urgency, topic, kind of help, deadline, language, identity.

Each function takes an open session and `now`, is idempotent by its cause's `source_id`, returns the notices
of who must be told, and neither commits nor sends.
"""

from datetime import datetime

from sqlmodel import Session

from escalation import directory
from escalation.errors import Refused
from escalation.kinds import Service
from escalation.notices import Notice, TicketMoved
from escalation.sla import EventKind, Policy, Priority
from escalation.tables import HelpRequest, Ticket
from escalation.tickets import clocks
from escalation.tickets.derived import NONE
from escalation.tickets.moves import Act
from escalation.tickets.reading import number_of
from escalation.tickets.record import Cause, check, perform, seen

LANGUAGES = ("en", "fr")


def set_priority(
    session: Session, ticket: Ticket, priority: Priority, cause: Cause, policy: Policy, now: datetime
) -> tuple[Notice, ...]:
    """Change the urgency, with a reason. The official is told when the promise moves."""
    assert ticket.id is not None
    if seen(session, ticket.id, cause.source_id):
        return ()
    check(session, ticket, Act.SET_PRIORITY)
    if not cause.reason.strip():
        raise Refused("no_reason", "Say why.")
    if priority is ticket.priority:
        return ()
    before = clocks.promised(session, ticket.id)
    ticket.priority = priority
    event = perform(session, ticket, Act.SET_PRIORITY, cause, now, detail=clocks.detail(priority=priority))
    assert event is not None
    clocks.refresh(session, ticket, policy, now)
    changed = clocks.change_of_promise(session, ticket.id, before, EventKind.PRIORITY_CHANGED, event.id)
    return (TicketMoved(ticket.id, event.id, "priority_changed"), *changed)


def set_topic(session: Session, ticket: Ticket, topic: str | None, cause: Cause, now: datetime) -> None:
    """Say what the ticket is about."""
    if topic != ticket.topic:
        ticket.topic = topic
        perform(session, ticket, Act.SET_TOPIC, cause, now, detail=f"topic={topic or NONE}")


def set_service(
    session: Session, ticket: Ticket, service: Service | None, cause: Cause, now: datetime
) -> None:
    """Say what kind of help it is."""
    word = service.value if service else None
    if word != ticket.service:
        ticket.service = word
        perform(session, ticket, Act.SET_SERVICE, cause, now, detail=f"service={word or NONE}")


def set_needed_by(
    session: Session, ticket: Ticket, needed_by: datetime | None, cause: Cause, policy: Policy, now: datetime
) -> tuple[Notice, ...]:
    """Note by when the official needs it, or that they don't any more. They are told what it moves."""
    assert ticket.id is not None
    if seen(session, ticket.id, cause.source_id):
        return ()
    check(session, ticket, Act.SET_NEEDED_BY)
    if needed_by is not None and needed_by <= now:
        raise Refused("past", "That moment is over. Choose a later one.")
    if needed_by == ticket.needed_by:
        return ()
    before = clocks.promised(session, ticket.id)
    ticket.needed_by = needed_by
    detail = clocks.detail(needed_by=needed_by)
    event = perform(session, ticket, Act.SET_NEEDED_BY, cause, now, detail=detail)
    assert event is not None
    clocks.refresh(session, ticket, policy, now)
    return clocks.change_of_promise(session, ticket.id, before, EventKind.NEEDED_BY_SET, event.id)


def choose_language(
    session: Session, ticket: Ticket, language: str, cause: Cause, now: datetime
) -> tuple[Notice, ...]:
    """Keep the language the official agreed to be answered in."""
    assert ticket.id is not None
    if language not in LANGUAGES:
        raise Refused("language", "The desk answers in English or in French.")
    event = perform(session, ticket, Act.CHOOSE_LANGUAGE, cause, now, detail=f"language={language}")
    return (
        ()
        if event is None
        else (TicketMoved(ticket.id, event.id, f"chose_{language}", official="language_chosen"),)
    )


def verify(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> tuple[Notice, ...]:
    """Note that the asker is who they say: somebody called them through the city's published number.

    The person is verified from then on, and every ticket of theirs with them.
    """
    assert ticket.id is not None
    if seen(session, ticket.id, cause.source_id):
        return ()
    if not cause.reason.strip():
        raise Refused(
            "verified_how", "Say how you checked: whom you called, and where the number is published."
        )
    number = number_of(ticket.id)
    if not ticket.unverified:
        raise Refused("verified", f"The asker of {number} is verified already.", number)
    ticket.unverified = False
    perform(session, ticket, Act.VERIFY, cause, now)
    request = session.get_one(HelpRequest, ticket.request_id)
    directory.verify(session, request.person_id, f"called back for {number}", now)
    return ()
