"""Tickets that belong together: merged, linked, split.

A merge joins the work and never the conversations: each official goes on in their own, under their own
number, and learns nothing of the other. Each function takes an open session and `now`, is idempotent by its
cause's `source_id`, returns the notices of who must be told, and neither commits nor sends.
"""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from escalation import confidentiality
from escalation.errors import Refused
from escalation.notices import Notice, TicketMoved
from escalation.sla import EventKind, Policy, Target, higher
from escalation.sla.events import Event, origin, write_detail
from escalation.tables import Ticket
from escalation.tickets import clocks
from escalation.tickets.moves import Act
from escalation.tickets.record import Cause, check, perform, seen


def merge(
    session: Session, source: Ticket, into: Ticket, cause: Cause, policy: Policy, now: datetime
) -> tuple[Notice, ...]:
    """Go on with `source` on the ticket `into`: earliest question, call for people and unanswered message win.

    The source's clocks end; the higher urgency and the earlier deadline stay. Nobody who asked is told.
    """
    assert source.id is not None
    assert into.id is not None
    if seen(session, source.id, cause.source_id):
        return ()
    if source.id == into.id:
        raise Refused("merge_itself", "A ticket can't be merged with itself.")
    check(session, source, Act.MERGE)
    check(session, into, Act.ABSORB)
    if confidentiality.is_sealed(session, source.request_id) or confidentiality.is_sealed(
        session, into.request_id
    ):
        raise Refused("merge_sealed", "A sealed request is worked on alone: it can't be merged.")
    log = clocks.log_of(session, source)
    began = origin(clocks.facts_of(source, log), log)
    waiting = [
        state.started_at
        for state in clocks.states(session, source, policy, now)
        if state.target in (Target.NEXT_RESPONSE, Target.FIRST_RESPONSE) and state.stopped_at is None
    ]
    told = Event(
        EventKind.ABSORBED,
        now,
        now,
        asked_at=began.first_asked_at,
        escalated_at=began.escalated_at,
        unanswered_since=min(waiting) if waiting else None,
    )
    before = clocks.promised(session, into.id)
    absorbing = replace(cause, source_id=f"{cause.source_id}:absorb")
    detail = f"ticket={source.id} {write_detail(told)}"
    event = perform(session, into, Act.ABSORB, absorbing, now, detail=detail)
    into.first_asked_at = min(into.first_asked_at, began.first_asked_at)
    into.opened_at = min(into.opened_at, began.escalated_at)
    _take_over_facts(session, source, into, cause, now)
    source.merged_into_id = into.id
    perform(session, source, Act.MERGE, cause, now, detail=f"ticket={into.id}")
    session.flush()
    clocks.refresh(session, source, policy, now)
    clocks.refresh(session, into, policy, now)
    assert event is not None
    changed = clocks.change_of_promise(session, into.id, before, EventKind.ABSORBED, event.id)
    return (TicketMoved(into.id, event.id, "absorbed"), *changed)


def _take_over_facts(session: Session, source: Ticket, into: Ticket, cause: Cause, now: datetime) -> None:
    urgent = higher(source.priority, into.priority)
    if urgent is not into.priority:
        into.priority = urgent
        raising = replace(cause, source_id=f"{cause.source_id}:priority")
        perform(session, into, Act.SET_PRIORITY, raising, now, detail=clocks.detail(priority=urgent))
    needed = source.needed_by
    if needed is not None and needed > now and (into.needed_by is None or needed < into.needed_by):
        into.needed_by = needed
        stating = replace(cause, source_id=f"{cause.source_id}:needed_by")
        perform(session, into, Act.SET_NEEDED_BY, stating, now, detail=clocks.detail(needed_by=needed))


def link(session: Session, one: Ticket, other: Ticket, cause: Cause, now: datetime) -> None:
    """Note on both tickets that they belong together."""
    if one.id == other.id:
        raise Refused("link_itself", "A ticket can't be linked to itself.")
    if confidentiality.is_sealed(session, one.request_id) or confidentiality.is_sealed(
        session, other.request_id
    ):
        raise Refused("link_sealed", "A sealed request is worked on alone: it can't be linked.")
    perform(session, one, Act.LINK, cause, now, detail=f"ticket={other.id}")
    perform(session, other, Act.LINK, cause, now, detail=f"ticket={one.id}")


def note_split(session: Session, ticket: Ticket, new: Ticket, cause: Cause, now: datetime) -> None:
    """Note on a ticket that part of it goes on as another."""
    perform(session, ticket, Act.SPLIT, cause, now, detail=f"ticket={new.id}")
    linking = replace(cause, source_id=f"{cause.source_id}:link")
    perform(session, ticket, Act.LINK, linking, now, detail=f"ticket={new.id}")


__all__ = ["link", "merge", "note_split"]
