"""Both halves together: a message is accepted, and answered after the commit."""

from concurrent.futures import Future

import structlog

from bot import answering
from bot.conversation.accepted import Accepted
from bot.conversation.accepting import accept
from bot.conversation.handling import handle
from bot.messages import Inbound
from bot.services import Services

log = structlog.get_logger()


def receive(services: Services, inbound: Inbound) -> Accepted:
    """Accept a message and let the pool answer it. Return once it is safely on record."""
    accepted = accept(services, inbound)
    if not accepted.duplicate:
        future = services.pool.submit(handle, services, accepted.message_id)
        future.add_done_callback(_log_failure)
    return accepted


def receive_and_answer(services: Services, inbound: Inbound) -> Accepted:
    """Accept a message and answer it before returning: for the command line."""
    accepted = accept(services, inbound)
    if not accepted.duplicate:
        handle(services, accepted.message_id)
    return accepted


def _log_failure(future: Future[answering.Decided | None]) -> None:
    # The message stays pending: the sweep tries again, and opens a ticket after 60 seconds.
    error = future.exception()
    if error is not None:
        log.error("message not handled yet", action="conversation.handle_failed", exc_info=error)
