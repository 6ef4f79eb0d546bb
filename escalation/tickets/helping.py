"""What helps the people who work on a ticket: watchers, checklists, monitoring on record.

Each function takes an open session and `now`, is idempotent by its cause's `source_id`, and never commits.
"""

from datetime import datetime

from sqlmodel import Session

from escalation.errors import Refused
from escalation.tables import Ticket
from escalation.tickets import checklists
from escalation.tickets.monitoring import Step
from escalation.tickets.moves import Act
from escalation.tickets.reading import derived, number_of
from escalation.tickets.record import Cause, check, perform, seen

_MISSING = {
    Step.ANALYST: "name the analyst first",
    Step.CONSENT: "put the official's consent on record first",
    Step.SCOPE: "say first what is looked at",
    Step.START: "it has not started yet",
}
_NEEDS_WORDS = frozenset({Step.CONSENT, Step.SCOPE, Step.END})


def watch(session: Session, ticket: Ticket, person_id: int, cause: Cause, now: datetime) -> None:
    """Tell this person, too, of what happens. The caller has asked whether they may know."""
    assert ticket.id is not None
    if person_id not in derived(session, ticket.id).watchers:
        perform(session, ticket, Act.WATCH, cause, now, detail=f"person={person_id}")


def unwatch(session: Session, ticket: Ticket, person_id: int, cause: Cause, now: datetime) -> None:
    """Tell this person no longer."""
    assert ticket.id is not None
    if person_id in derived(session, ticket.id).watchers:
        perform(session, ticket, Act.UNWATCH, cause, now, detail=f"person={person_id}")


def tick(
    session: Session, ticket: Ticket, item: str, cause: Cause, now: datetime, *, done: bool = True
) -> None:
    """Tick an item of the ticket's checklist, or take the tick back."""
    assert ticket.id is not None
    check(session, ticket, Act.CHECK)
    known = {one.id for one in checklists.for_topic(ticket.topic)}
    if item not in known:
        number = number_of(ticket.id)
        raise Refused("no_item", f"{number} has no checklist item {item[:40]!r}.", number)
    if (item in derived(session, ticket.id).checked) is not done:
        perform(session, ticket, Act.CHECK if done else Act.UNCHECK, cause, now, detail=f"item={item}")


def monitor(
    session: Session,
    ticket: Ticket,
    step: Step,
    cause: Cause,
    now: datetime,
    *,
    analyst_id: int | None = None,
    message_id: str | None = None,
) -> None:
    """Put one thing about monitoring on record: who does it, consent, scope, start, a look, the end.

    The words are the cause's reason; what a look found is an internal note, `message_id`.
    """
    assert ticket.id is not None
    if seen(session, ticket.id, cause.source_id):
        return
    check(session, ticket, Act.MONITOR)
    known = derived(session, ticket.id).monitoring
    blocked = known.blocked(step)
    if blocked is not None:
        raise Refused(f"monitoring_{blocked.value}", f"Monitoring: {_MISSING[blocked]}. Nothing was changed.")
    if step in _NEEDS_WORDS and not cause.reason.strip():
        raise Refused("no_reason", "Say it in words: they are kept on record.")
    if step is Step.LOOK and message_id is None:
        raise Refused("no_findings", "Say what was found, even if it is nothing.")
    if step is Step.ANALYST and analyst_id is None:
        raise Refused("monitoring_analyst", "Monitoring: name the analyst first. Nothing was changed.")
    detail = f"step={step.value}" + (f" person={analyst_id}" if step is Step.ANALYST else "")
    perform(session, ticket, Act.MONITOR, cause, now, detail=detail, message_id=message_id)
