"""What is promised, and where every promise stands: policies, clocks, reminder points.

Clocks are worked out from a ticket's events each time, never kept as counters; `now` is an argument.
"""

from escalation.sla.clocks import ClockState, clocks, silence_due_at
from escalation.sla.events import Event, Origin, TicketFacts, origin, read_detail, write_detail
from escalation.sla.kinds import EventKind, Priority, Target, higher
from escalation.sla.points import (
    DUE,
    PERCENTS,
    Interval,
    Point,
    Schedule,
    due,
    latest_missed_point,
    next_point,
    points,
)
from escalation.sla.policy import Cover, Duration, Plan, Policy, Rule, Step, parse_duration
from escalation.sla.policy_file import PolicyError, default_policy, default_policy_text, load_policy
from escalation.sla.policy_text import write_policy
from escalation.sla.promise import Promise, pages_now, promise
from escalation.sla.run import Revision
from escalation.sla.story import Story, tell

__all__ = [
    "DUE",
    "PERCENTS",
    "ClockState",
    "Cover",
    "Duration",
    "Event",
    "EventKind",
    "Interval",
    "Origin",
    "Plan",
    "Point",
    "Policy",
    "PolicyError",
    "Priority",
    "Promise",
    "Revision",
    "Rule",
    "Schedule",
    "Step",
    "Story",
    "Target",
    "TicketFacts",
    "clocks",
    "default_policy",
    "default_policy_text",
    "due",
    "higher",
    "latest_missed_point",
    "load_policy",
    "next_point",
    "origin",
    "pages_now",
    "parse_duration",
    "points",
    "promise",
    "read_detail",
    "silence_due_at",
    "tell",
    "write_detail",
    "write_policy",
]
