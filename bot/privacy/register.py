"""The desk's entries in the access log: masked reasons, kept as long as the settings say."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.redaction import mask
from bot.services import Services
from escalation import access_log
from escalation.access_log import Opening

DESK = "desk"


def enter(session: Session, services: Services, opening: Opening, now: datetime) -> str:
    """Add a line in the caller's transaction and return its id. Raise IllegalMove without a reason."""
    keep = timedelta(days=services.settings.keep_access_log_days)
    masked = replace(opening, reason=mask(opening.reason).text)
    return access_log.record(session, masked, now, keep=keep).id
