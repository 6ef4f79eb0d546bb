"""Whether a message tells of danger, by itself and in the light of what its writer said before."""

from dataclasses import replace
from datetime import datetime

import structlog
from sqlmodel import Session

from bot import safety
from bot.encoded import revealed
from bot.messages import Inbound
from bot.recording import LONGEST_TEXT
from bot.safety.assessment import Assessment
from bot.services import CHECKS, Check
from escalation import request_log
from escalation.sla import Priority
from escalation.tables import Thread

LONGEST_IN_CONTEXT = 20_000
log = structlog.get_logger()


def assess(
    text: str,
    *,
    language: str | None,
    history: tuple[str, ...],
    sent_at: datetime,
    checks: tuple[Check, ...] = CHECKS,
) -> tuple[Assessment, bool]:
    """Return the safety assessment, and whether the full check failed and something plainer decided."""
    text = revealed(_ends(text))
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


def _ends(text: str) -> str:
    """Return the text, of a longer one than is kept its beginning and its end: people paste, then write below it."""
    if len(text) <= LONGEST_TEXT:
        return text
    half = LONGEST_TEXT // 2 - 1
    return f"{text[:half]}\n{text[-half:]}"


def with_history(
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
    begun_now = thread.created_at == now  # nobody can have said anything in it
    history = () if begun_now else request_log.words_of_thread(session, thread.id, before=now)
    nothing_new = not history and alone.needed_by is None
    if nothing_new or failed or len(inbound.text) > LONGEST_IN_CONTEXT:
        return alone
    known, broken = assess(
        inbound.text,
        language=inbound.language,
        history=history,
        sent_at=sent_at,
        checks=checks,
    )
    if broken:
        return alone
    if known.urgency is Priority.P2 and not request_log.was_urgent(session, thread.id):
        # Calm turns don't add up to a crisis: one becomes urgent by what it says itself.
        return replace(known, urgency=max(alone.urgency, Priority.P2))
    return known
