"""Hold back what quotes a text that the library has taken out of every answer.

A withdrawal cancels what waits in the outbox; whatever slips past it, because a carrier was just trying, is
caught where rows are claimed. The official is told that an answer was held back, and why.
"""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from bot.delivery import enqueue
from bot.delivery.enqueue import Words
from bot.messages import Action
from bot.rendering import LineContext
from bot.services import Services
from escalation import outbox, request_log
from escalation.tables import ChannelName, OutboxMessage, Thread
from knowledge_base import library

_TALK = {"en": "Talk to a person", "fr": "Parler à une personne"}
# Here the answer is on the page already, and the mark on it says that it was withdrawn.
_SHOWN_IN_PLACE = frozenset({ChannelName.WEB.value, ChannelName.TERMINAL.value})


def cancel(session: Session, services: Services, passages: Collection[int], now: datetime) -> int:
    """Cancel what is to be sent and quotes one of the passages; return how many deliveries."""
    rows = outbox.cancel_quoting(session, passages, now)
    for row in rows:
        _tell(session, services, row, now)
    return len(rows)


def recalled(session: Session, services: Services, row: OutboxMessage, worker: str, now: datetime) -> bool:
    """Cancel a claimed delivery that quotes what was withdrawn; tell whether it was."""
    quoted = outbox.passages_quoted(session, row)
    if not quoted or not library.recalled_among(session, quoted):
        return False
    if outbox.mark_cancelled(session, row.id, worker, now):
        _tell(session, services, row, now)
    return True


def _tell(session: Session, services: Services, row: OutboxMessage, now: datetime) -> None:
    if row.channel in _SHOWN_IN_PLACE or row.message_id is None or row.request_id is None:
        return
    message = request_log.get_message(session, row.message_id)
    thread = session.get(Thread, message.thread_id) if message.thread_id else None
    if thread is None:
        return
    language = "fr" if message.language == "fr" else "en"
    talk = Action("talk_to_person", str(row.request_id), _TALK[language])
    enqueue.to_requester(
        session,
        services,
        Words("held_back", language, LineContext(), actions=(talk,)),
        request=request_log.get_request(session, row.request_id),
        thread=thread,
        dedupe_key=f"held_back:{message.id}",
        now=now,
    )
