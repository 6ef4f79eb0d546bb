"""Take a message in: one short transaction, after which whoever brought it may acknowledge."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from bot import recording, safety
from bot.checking import assess
from bot.conversation.accepted import Accepted, NotAccepted
from bot.conversation.assessing import with_history
from bot.conversation.languages import language_known, language_of, served
from bot.conversation.placing import own_case, place
from bot.database import transaction
from bot.delivery import alarm, sealing
from bot.messages import Inbound
from bot.privacy import need_to_know
from bot.privacy.complaints import complains
from bot.safety.assessment import Assessment
from bot.services import Services
from bot.vault import Vault, VaultError
from escalation import confidentiality, directory, request_log
from escalation.notices import DangerSeen
from escalation.tables import MessageKind

_ASSESSED = frozenset({MessageKind.MESSAGE, MessageKind.EDIT})
log = structlog.get_logger()


class _DuplicateError(Exception):
    """Another delivery of the same message won the race; everything here is undone."""


def accept(services: Services, inbound: Inbound) -> Accepted:
    """Put a message on record, with the safety reply and the page if it tells of danger.

    Idempotent by `inbound.key`. Raise NotAccepted when it can't be stored; nothing is lost then but
    the channel's own delivery, which must come again.
    """
    now = services.clock()
    inbound = _storable(inbound)
    assessment, failed = assess(
        inbound.text,
        language=inbound.language,
        history=(),
        sent_at=_local(services, inbound, None),
        checks=services.checks,
    )
    masked = recording.mask_words(
        services, inbound, served(assessment.language)
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
        text = safety.reply(
            assessment.situation,
            served(assessment.language),
            stored=False,
            both=not assessment.language_sure,
        )
    language = served(assessment.language)
    return NotAccepted(safety_text=text, language=language, safety_only=services.vault is None)


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
    person = directory.ensure_person(session, inbound.sender, now, language=served(assessment.language))
    inbound = own_case(session, inbound, person)
    directory.lock(session, person)  # two messages at once in a new conversation are one request
    thread, request, key = place(session, vault, inbound, person, assessment.language, now)
    if thread is not None:
        sent_at = _local(services, inbound, directory.zone_of(session, person))
        assessment, failed = with_history(
            session, inbound, thread, assessment, failed, sent_at, now, services.checks
        )
    # asked before the message is on record, and only of those whose safety reply may be in both languages
    known_language = language_known(session, thread, person) if assessment.situation is not None else None
    language = language_of(session, inbound, assessment, thread, person)
    message = recording.message_row(
        vault, key, inbound, assessment, failed, masked, person, thread, request, language, now
    )
    if not request_log.record(session, message, recording.attachment_rows(vault, key, message, inbound, now)):
        raise _DuplicateError
    if (message.self_harm or complaint) and inbound.case is None:
        reason = confidentiality.SELF_HARM if message.self_harm else confidentiality.COMPLAINT
        need_to_know.seal_at_birth(session, services, request, reason, now)
    if failed:
        alarm.check_failed(session, services, message, now)
    if assessment.situation is not None and inbound.case is None:
        alarm.danger(
            session,
            services,
            DangerSeen(message.id, human=inbound.kind in _ASSESSED),
            assessment.situation,
            message,
            request,
            thread,
            now,
            both=not (inbound.language or assessment.language_sure or known_language),
        )
    log.info("accepted", action="conversation.accepted", message_id=message.id, request_id=request.id)
    thread_id = thread.id if thread else None
    return Accepted(message.id, False, assessment, thread_id, message.request_id, masked)
