"""Run the safety check, and plainer ones when it fails: danger is seen whatever breaks."""

from datetime import datetime

import structlog

from bot import safety
from bot.encoded import revealed
from bot.messages import LONGEST_TEXT
from bot.safety.assessment import Assessment
from bot.services import CHECKS, Check

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
