"""What every act shares: one transaction, the right asked again, nothing done twice."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from bot.database import transaction
from bot.services import Services
from escalation import request_log, tickets
from escalation.access import Actor, Verb, may
from escalation.errors import IllegalMove, NotFound
from escalation.tables import Ticket

_TRIES = 3
_LOCK_FAULTS = frozenset({"DeadlockDetected", "LockNotAvailable", "SerializationFailure"})
T = TypeVar("T")


def run(services: Services, act: Callable[[Session, datetime], T]) -> T:
    """Run one act in one transaction; a row that changed under it is read again."""
    for _attempt in range(_TRIES):
        try:
            with transaction(services.engine) as session:
                done = act(session, services.clock())
        except StaleDataError:
            continue
        except OperationalError as error:
            if type(error.orig).__name__ not in _LOCK_FAULTS:
                raise
            continue
        services.outbox_ready.set()
        return done
    raise IllegalMove("Somebody else is changing this ticket right now. Please try again.")


def ticket_for(session: Session, number: str, by: Actor) -> Ticket:
    """Return the ticket if the actor may work on it; a forbidden ticket looks like a missing one."""
    ticket = tickets.by_number(session, number)
    if may(by, Verb.WORK_TICKET, tickets.thing(session, ticket)):
        request_log.lock_request(session, ticket.request_id)
        session.refresh(ticket)
        return ticket
    raise NotFound(f"There is no ticket {number.strip()[:20]!r}.")
