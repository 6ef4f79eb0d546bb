"""The one way in for every message of every channel: `accept`, then `handle`.

`accept` is one short transaction; whoever called it may acknowledge when it returns. `handle` answers
what was accepted, in one transaction of its own, and may run any number of times.
"""

import secrets
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from bot import answering, recording, safety
from bot.database import reading, transaction
from bot.delivery import announce, sealing
from bot.encoded import revealed
from bot.messages import Inbound
from bot.privacy import need_to_know
from bot.privacy.complaints import complains
from bot.recording import LONGEST_TEXT
from bot.safety.assessment import Assessment
from bot.services import CHECKS, Check, Services
from bot.vault import Vault, VaultError
from bot.wishes import language_choice
from escalation import confidentiality, directory, request_log, tickets
from escalation.access import Verb, may
from escalation.notices import DangerSeen
from escalation.tables import (
    DataKey,
    HelpRequest,
    MessageKind,
    Person,
    Thread,
    Ticket,
)
from knowledge_base.language import SUPPORTED, detect

LONGEST_IN_CONTEXT = 20_000
RETRY = timedelta(seconds=1)
_ASSESSED = frozenset({MessageKind.MESSAGE, MessageKind.EDIT})
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that is on record. `duplicate` says it had been before."""

    message_id: str
    duplicate: bool
    assessment: Assessment
    thread_id: str | None
    request_id: int
    masked: recording.MaskedWords


class NotAccepted(Exception):
    """Nothing was stored. The channel shows `safety_text` directly if there is one, else `notice`,
    and then fails the delivery so that it comes again."""

    def __init__(self, *, safety_text: str | None, language: str, safety_only: bool) -> None:
        super().__init__("the message could not be stored")
        self.safety_text = safety_text
        self.language = language
        self.safety_only = safety_only
        self.notice = _NOT_STORED["fr" if language == "fr" else "en"]


_NOT_STORED = {
    "en": "We cannot take your message right now. Please try again in a few minutes. "
    "If anyone is in danger, call 911. Thoughts of suicide: call or text 988.",
    "fr": "Nous ne pouvons pas recevoir votre message en ce moment. Réessayez dans quelques minutes. "
    "Si quelqu’un est en danger, appelez le 911. Pensées suicidaires : appelez ou textez le 988.",
}


class _DuplicateError(Exception):
    """Another delivery of the same message won the race; everything here is undone."""


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


def assess(
    text: str,
    *,
    language: str | None,
    history: tuple[str, ...],
    sent_at: datetime,
    checks: tuple[Check, ...] = CHECKS,
) -> tuple[Assessment, bool]:
    """Return the safety assessment, and whether the full check failed and something plainer decided."""
    text = revealed(text)
    for number, check in enumerate(checks):
        try:
            return check(text, language=language, history=history, sent_at=sent_at), number > 0
        except Exception as error:  # noqa: BLE001  whatever breaks in there, danger must still be seen
            # the kind of fault alone: its text may quote the message
            log.error(
                "safety check failed, a plainer one decides",
                action="safety.failed",
                check=getattr(check, "__name__", "check"),
                error=type(error).__name__,
            )
    return safety.last_resort(text), True


def accept(services: Services, inbound: Inbound) -> Accepted:
    """Put a message on record, with the safety reply and the page if it tells of danger.

    Idempotent by `inbound.key`. Raise NotAccepted when it can't be stored; nothing is lost then but
    the channel's own delivery, which must come again.
    """
    now = services.clock()
    inbound = _storable(inbound)
    assessment, failed = assess(
        inbound.text[:LONGEST_TEXT],
        language=inbound.language,
        history=(),
        sent_at=_local(services, inbound, None),
        checks=services.checks,
    )
    masked = recording.mask_words(
        services.mask, inbound, _served(assessment.language)
    )  # may take a second: not under the write lock
    complaint = inbound.kind in _ASSESSED and complains(inbound.text)
    try:
        vault = sealing.vault_of(services)
        with transaction(services.engine, first=True) as session:
            return _store(session, services, vault, inbound, assessment, failed, masked, complaint, now)
    except _DuplicateError:
        with transaction(services.engine) as session:
            known = request_log.known_message(session, inbound.key)
        if known is not None:
            return Accepted(known.id, True, assessment, known.thread_id, known.request_id, masked)
        raise _not_accepted(services, inbound, assessment) from None
    except VaultError:
        raise _not_accepted(services, inbound, assessment) from None
    except (DBAPIError, PoolTimeout) as error:
        log.error("message not stored", action="conversation.not_accepted", error=type(error).__name__)
        raise _not_accepted(services, inbound, assessment) from None
    except Exception as error:  # noqa: BLE001  whatever broke, the writer gets 911 at once, and the channel tries again
        # the kind of fault alone: its text may quote the message
        log.error("message not stored", action="conversation.broken", error=type(error).__name__)
        raise _not_accepted(services, inbound, assessment) from None


def _local(services: Services, inbound: Inbound, zone: str | None) -> datetime:
    """Return when it was written, on the writer's own wall clock: "tonight at seven" is theirs."""
    return inbound.occurred_at.astimezone(ZoneInfo(zone or services.policy.hub_calendar.zone))


def _storable(inbound: Inbound) -> Inbound:
    """Return the message without what no database keeps: NUL characters and halves of surrogate pairs."""

    def clean(text: str) -> str:
        return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")

    return replace(
        inbound,
        text=clean(inbound.text),
        subject=clean(inbound.subject) if inbound.subject is not None else None,
    )


def _not_accepted(services: Services, inbound: Inbound, assessment: Assessment) -> NotAccepted:
    text = None
    if inbound.kind in _ASSESSED and assessment.situation is not None:
        text = safety.reply(assessment.situation, _served(assessment.language), stored=False)
    language = _served(assessment.language)
    return NotAccepted(safety_text=text, language=language, safety_only=services.vault is None)


def _served(language: str) -> str:
    return "fr" if language == "fr" else "en"


def _store(
    session: Session,
    services: Services,
    vault: Vault,
    inbound: Inbound,
    assessment: Assessment,
    failed: bool,
    masked: recording.MaskedWords,
    complaint: bool,
    now: datetime,
) -> Accepted:
    known = request_log.known_message(session, inbound.key)
    if known is not None:
        return Accepted(known.id, True, assessment, known.thread_id, known.request_id, masked)
    person = directory.ensure_person(session, inbound.sender, now, language=_served(assessment.language))
    inbound = _own_case(session, inbound, person)
    directory.lock(session, person)  # two messages at once in a new conversation are one request
    thread, request, key = _place(session, vault, inbound, person, assessment.language, now)
    if thread is not None:
        sent_at = _local(services, inbound, directory.zone_of(session, person))
        assessment = _with_history(
            session, inbound, thread, assessment, failed, sent_at, now, services.checks
        )
    language = _language(session, inbound, assessment, thread, person)
    message = recording.message_row(
        vault, key, inbound, assessment, failed, masked, person, thread, request, language, now
    )
    if not request_log.record(session, message, recording.attachment_rows(vault, key, message, inbound, now)):
        raise _DuplicateError
    if (message.self_harm or complaint) and inbound.case is None:
        reason = confidentiality.SELF_HARM if message.self_harm else confidentiality.COMPLAINT
        need_to_know.seal_at_birth(session, services, request, reason, now)
    if failed:
        announce.check_failed(session, services, message, now)
    if assessment.situation is not None and inbound.case is None:
        announce.danger(
            session,
            services,
            DangerSeen(message.id, human=inbound.kind in _ASSESSED),
            assessment.situation,
            message,
            request,
            thread,
            now,
        )
    log.info("accepted", action="conversation.accepted", message_id=message.id, request_id=request.id)
    thread_id = thread.id if thread else None
    return Accepted(message.id, False, assessment, thread_id, message.request_id, masked)


def _own_case(session: Session, inbound: Inbound, person: Person) -> Inbound:
    """Keep the case only for somebody who may work on it; anybody else writes as an official does."""
    if inbound.case is None or person.id is None:
        return inbound
    ticket = session.get(Ticket, inbound.case.ticket_id)
    actor = directory.actor_of(session, person.id)
    if ticket is not None and may(actor, Verb.WORK_TICKET, tickets.thing(session, ticket)):
        return inbound
    return replace(inbound, case=None)


def _place(
    session: Session, vault: Vault, inbound: Inbound, person: Person, language: str, now: datetime
) -> tuple[Thread | None, HelpRequest, DataKey]:
    """Return the conversation and the need this message belongs to, made now if they are new, and its key."""
    assert person.id is not None
    if inbound.case is not None:
        ticket = session.get(Ticket, inbound.case.ticket_id)
        if ticket is not None:
            return None, *_known(session, ticket.request_id)
    where = inbound.thread
    thread = request_log.find_thread(session, where.channel, where.key, where.aliases, person.id)
    if thread is not None and thread.request_id is not None:
        return thread, *_known(session, thread.request_id)
    request = None if where.threaded else request_log.open_request_of(session, person.id, now)
    if request is not None:
        key = request_log.get_key(session, request.data_key_id)
    else:
        key = sealing.new_key(session, vault, now)
        request = request_log.open_request(
            session,
            person_id=person.id,
            key=key,
            language=_served(language),
            asked_at=min(inbound.occurred_at, now),
        )
    assert request.id is not None
    thread = request_log.open_thread(
        session,
        channel=where.channel,
        key=where.key,
        address=where.address,
        person_id=person.id,
        request_id=request.id,
        now=now,
    )
    return thread, request, key


def _known(session: Session, request_id: int) -> tuple[HelpRequest, DataKey]:
    request = request_log.get_request(session, request_id)
    return request, request_log.get_key(session, request.data_key_id)


def _with_history(
    session: Session,
    inbound: Inbound,
    thread: Thread,
    alone: Assessment,
    failed: bool,
    sent_at: datetime,
    now: datetime,
    checks: tuple[Check, ...],
) -> Assessment:
    """Read the message again in the light of the earlier turns, which can raise it and never lower it."""
    history = request_log.words_of_thread(session, thread.id, before=now)
    nothing_new = not history and alone.needed_by is None
    if nothing_new or failed or len(inbound.text) > LONGEST_IN_CONTEXT:
        return alone
    known, broken = assess(
        inbound.text[:LONGEST_TEXT],
        language=inbound.language,
        history=history,
        sent_at=sent_at,
        checks=checks,
    )
    if broken:
        return alone
    return replace(
        known,
        immediate_danger=alone.immediate_danger or known.immediate_danger,
        self_harm=alone.self_harm or known.self_harm,
        wants_human=alone.wants_human or known.wants_human,
        urgency=min(alone.urgency, known.urgency),
        situation=alone.situation or known.situation,
    )


def _language(
    session: Session, inbound: Inbound, assessment: Assessment, thread: Thread | None, person: Person
) -> str:
    """Return the language to answer in: the message's own, or for a few words the conversation's."""
    if inbound.language:
        return inbound.language
    if chosen := language_choice(inbound.text):
        return chosen
    if assessment.situation is not None:
        return assessment.language
    if len(inbound.text.split()) < 4:
        earlier = request_log.language_of_thread(session, thread.id) if thread else None
        earlier = earlier if earlier in SUPPORTED else None
        return earlier or person.language or assessment.language
    # The safety check knows two languages; a message in a third is told so.
    told = detect(inbound.text)
    return assessment.language if told in SUPPORTED else told[:8]


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
