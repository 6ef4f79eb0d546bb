"""What an official may be told: who is there, by when a person answers, and whether their deadline holds."""

from dataclasses import dataclass
from datetime import datetime

from escalation.business_hours import is_open, next_open
from escalation.sla.events import TicketFacts
from escalation.sla.kinds import Priority
from escalation.sla.policy import Policy
from escalation.sla.replay import needed_by_leg, starts_at
from escalation.sla.run import leg_of


@dataclass(frozen=True, slots=True)
class Promise:
    """The first human reply that is promised. Instants are aware UTC.

    `due_at` is never later than a `needed_by` that can be met; `meets_needed_by` is None where no deadline
    was stated. When nobody is on duty, `opens_at` says from when somebody is.
    """

    starts_at: datetime
    due_at: datetime
    needed_by: datetime | None
    meets_needed_by: bool | None
    opens_at: datetime | None

    @property
    def staffed(self) -> bool:
        """Tell whether somebody is on duty at the moment of promising."""
        return self.opens_at is None


def promise(policy: Policy, facts: TicketFacts, priority: Priority, escalated_at: datetime) -> Promise:
    """Return what to promise for a ticket opened at `escalated_at`; its first-response clock agrees."""
    calendar = policy.calendar_for(priority, facts.requester_calendar)
    begins = starts_at(policy, priority, facts, escalated_at)
    due_at = leg_of(calendar, begins, policy.rule(priority).first_response).due(begins)
    meets = None
    if facts.needed_by is not None:
        leg = needed_by_leg(policy, calendar, begins, due_at, facts.needed_by)
        meets = leg is not None or due_at <= facts.needed_by
        due_at = leg.due(begins) if leg is not None else due_at
    covered = policy.out_of_hours is not None if facts.covered is None else facts.covered
    on_duty = (covered and priority.urgent) or is_open(policy.hub_calendar, escalated_at)
    opens_at = None if on_duty else next_open(policy.hub_calendar, escalated_at)
    return Promise(begins, due_at, facts.needed_by, meets, opens_at)


def pages_now(
    policy: Policy, priority: Priority, at: datetime, *, danger: bool, needed_by: datetime | None = None
) -> bool:
    """Tell whether a new ticket may wake somebody at `at`.

    P1 always may. So may P2, unless the hub is closed, nobody is threatened or doxed (`danger`), and what is
    needed is needed only after the next opening. P3 and P4 never do.
    """
    if not priority.urgent or priority is Priority.P1:
        return priority.urgent
    opening = next_open(policy.hub_calendar, at)
    return opening == at or danger or needed_by is None or needed_by <= opening
