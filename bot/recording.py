"""An inbound message as rows: sealed, masked, with its files."""

import re
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.database import reading
from bot.delivery import sealing
from bot.encoded import concealed
from bot.messages import LONGEST_TEXT, Inbound
from bot.redaction import official_in
from bot.redaction.values import Span
from bot.safety.assessment import Assessment
from bot.services import Services
from bot.vault import Vault
from escalation import directory
from escalation.identifiers import new_id
from escalation.kinds import Author, ChannelName, MessageKind, MessageState
from escalation.sla import Priority
from escalation.tables import Attachment, DataKey, HelpRequest, Message, Person, Thread

_REACHED = re.compile(r"[\d@]")
_NOT_SHOWN = {"en": "[not shown: masking failed]", "fr": "[masqué en entier : le masquage a échoué]"}
log = structlog.get_logger()
_HUMAN = frozenset({MessageKind.MESSAGE, MessageKind.EDIT, MessageKind.DELETION})


@dataclass(frozen=True, slots=True)
class MaskedWords:
    """What of a message may be seen in lists. `spans` are what was masked in its text, and not to be shown."""

    text: str
    subject: str | None
    spans: tuple[Span, ...] = field(default=(), repr=False)


def public_lines(services: Services) -> frozenset[str]:
    """Return the lines and addresses of the directory's police, which are no secret; none where it can't be read."""
    try:
        with reading(services.engine) as session:
            return official_in(directory.police_lines(session))
    except (DBAPIError, PoolTimeout) as error:
        log.error(
            "directory not read, nothing counts as public",
            action="recording.no_directory",
            error=type(error).__name__,
        )
        return frozenset()


def mask_words(services: Services, inbound: Inbound, language: str) -> MaskedWords:
    """Mask the text and the subject. A hostile text may take a second: never under a write lock.

    What the directory names as public stays. If the masker itself breaks, nothing of the message is shown in lists; it is kept all the same.
    """
    try:
        # a text without a digit or an @ holds no line that could be taken for a private one
        told = f"{inbound.subject or ''} {inbound.text}"
        official = public_lines(services) if _REACHED.search(told) else frozenset()
        text, subject = (
            services.mask(concealed(words[:LONGEST_TEXT], language), language=language, official=official)
            if words
            else None
            for words in (inbound.text, inbound.subject)
        )
    except Exception as error:  # noqa: BLE001  a message must not be lost for want of a mask
        log.error(
            "masking failed, nothing is shown", action="recording.mask_failed", error=type(error).__name__
        )
        return MaskedWords(_NOT_SHOWN["fr" if language == "fr" else "en"], None)
    return MaskedWords(
        text.text if text else "",
        subject.text[:500] if subject else None,
        text.spans if text else (),
    )


def message_row(
    vault: Vault,
    key: DataKey,
    inbound: Inbound,
    assessment: Assessment,
    failed: bool,
    masked: MaskedWords,
    person: Person,
    thread: Thread | None,
    request: HelpRequest,
    language: str,
    now: datetime,
) -> Message:
    """Return the row of an inbound message: its own words sealed, masked words beside them."""
    message_id = new_id(now)
    author = Author.REQUESTER if inbound.kind in _HUMAN else Author.MACHINE
    if inbound.case is not None:
        author = Author.EXPERT
    urgency = min(assessment.urgency, Priority.P2) if failed else assessment.urgency
    subject = inbound.subject
    return Message(
        id=message_id,
        dedupe_key=inbound.key,
        thread_id=thread.id if thread else None,
        request_id=request.id or 0,
        person_id=person.id,
        kind=inbound.kind,
        author=author,
        external_id=inbound.external_id,
        subject=vault.seal(key.id, key.wrapped, subject, row=f"message/{message_id}", field="subject")
        if subject
        else None,
        body=sealing.seal_body(vault, key, message_id, inbound.text[:LONGEST_TEXT]),
        masked=masked.text,
        masked_subject=masked.subject,
        language=language,
        immediate_danger=assessment.immediate_danger,
        self_harm=assessment.self_harm,
        wants_human=assessment.wants_human or inbound.wants_human,
        in_doubt=assessment.in_doubt or failed,
        safety_check_failed=failed,
        sender_proved=inbound.sender.verified or inbound.thread.channel is not ChannelName.EMAIL,
        case_public=inbound.case.public if inbound.case else None,
        case_ticket_id=inbound.case.ticket_id if inbound.case else None,
        urgency=urgency.value,
        needed_by=assessment.needed_by,
        occurred_at=inbound.occurred_at,
        recorded_at=now,
        state=MessageState.PENDING,
    )


def attachment_rows(
    vault: Vault, key: DataKey, message: Message, inbound: Inbound, now: datetime
) -> tuple[Attachment, ...]:
    """Return the rows of the files that came with a message, names and contents sealed."""
    rows = []
    for file in inbound.files:
        row_id = new_id(now)
        bound = f"attachment/{row_id}"
        rows.append(
            Attachment(
                id=row_id,
                message_id=message.id,
                name=vault.seal(key.id, key.wrapped, file.name, row=bound, field="name"),
                media_type=file.media_type[:200],
                size=len(file.content),
                content=vault.seal(key.id, key.wrapped, file.content, row=bound, field="content"),
                recorded_at=now,
            )
        )
    return tuple(rows)
