"""Whether a message tells of danger in the light of what its writer said before."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from bot.checking import assess
from bot.messages import Inbound
from bot.safety.assessment import Assessment
from bot.services import Check
from bot.wishes import asks_for_more, asks_for_steps, is_thanks
from escalation import request_log
from escalation.sla import Priority
from escalation.tables import Thread

LONGEST_IN_CONTEXT = 20_000


def with_history(
    session: Session,
    inbound: Inbound,
    thread: Thread,
    alone: Assessment,
    failed: bool,
    sent_at: datetime,
    now: datetime,
    checks: tuple[Check, ...],
) -> tuple[Assessment, bool]:
    """Read the message again in the light of the earlier turns; say too whether the full check failed.

    They can raise it, and lower it only as `bot.safety.assess` says.
    """
    begun_now = thread.created_at == now  # nobody can have said anything in it
    history = () if begun_now else request_log.words_of_thread(session, thread.id, before=now)
    # "Show steps" and "thanks" after danger say nothing new of it.
    speaks_to_desk = asks_for_steps(inbound.text) or asks_for_more(inbound.text) or is_thanks(inbound.text)
    nothing_new = speaks_to_desk or (not history and alone.needed_by is None)
    if nothing_new or failed or len(inbound.text) > LONGEST_IN_CONTEXT:
        return alone, failed
    known, broken = assess(
        inbound.text,
        language=inbound.language,
        history=history,
        sent_at=sent_at,
        checks=checks,
    )
    if broken:
        return alone, True
    if known.urgency is Priority.P2 and not request_log.was_urgent(session, thread.id):
        # Calm turns don't add up to a crisis: one becomes urgent by what it says itself.
        return replace(known, urgency=max(alone.urgency, Priority.P2)), False
    return known, False
