"""Answer what was accepted: each message in one transaction of its own, and any number of times."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from bot import answering
from bot.database import reading, transaction
from bot.services import Services
from escalation import request_log

RETRY = timedelta(seconds=1)
log = structlog.get_logger()


def handle(services: Services, message_id: str) -> answering.Decided | None:
    """Answer one accepted message; return what was decided, None when it is handled or another worker has it.

    Everything that follows from the message is applied in one transaction: a process that dies before
    its commit leaves the message pending, one that dies after it leaves nothing to do.
    """
    worker = secrets.token_hex(8)
    with transaction(services.engine, passing=True) as session:
        message = request_log.claim(session, message_id, worker, services.clock())
    if message is None:
        return None
    try:
        turn = answering.read(services, message)
        with transaction(services.engine) as session:
            now = services.clock()
            if not request_log.finish(session, message_id, worker, now):
                return None
            answering.apply(session, services, message_id, turn, now)
    except (StaleDataError, DBAPIError) as error:
        # Somebody changed the ticket meanwhile, or the database was busy: soon again, on fresh rows.
        log.warning(
            "message put back",
            action="conversation.put_back",
            message_id=message_id,
            error=type(error).__name__,
        )
        with transaction(services.engine) as session:
            request_log.release(session, message_id, worker, services.clock() + RETRY)
        return None
    services.outbox_ready.set()
    return turn


def sweep(services: Services, limit: int = 50) -> int:
    """Answer what a dead process left behind, and give to people what nobody answered in 60 seconds."""
    now = services.clock()
    with reading(services.engine) as session:
        overdue = request_log.unanswered(session, now - request_log.UNANSWERED_AFTER, now)
    for message_id in overdue:  # one transaction each: one that fails must not hold up the others
        with _one_failure_is_one_message(message_id), transaction(services.engine) as session:
            answering.hand_over_unanswered(session, services, message_id, now)
    with reading(services.engine) as session:
        waiting = request_log.pending(session, now, limit, not_before=now - timedelta(seconds=2))
    if overdue:
        services.outbox_ready.set()
    for message_id in waiting:
        with _one_failure_is_one_message(message_id):
            handle(services, message_id)
    return len(overdue) + len(waiting)


@contextmanager
def _one_failure_is_one_message(message_id: str) -> Iterator[None]:
    try:
        yield
    except Exception:  # whatever is wrong with this one, the next must have its turn
        log.exception("message not handled yet", action="conversation.handle_failed", message_id=message_id)
