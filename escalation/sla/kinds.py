"""The words of the clocks: priorities, targets, and what can happen to a ticket."""

from enum import StrEnum


class Priority(StrEnum):
    """How urgent a ticket is; P1 is the most urgent."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"

    @property
    def urgent(self) -> bool:
        """Tell whether somebody may be hurt, or hurt again, before the next working day."""
        return self in (Priority.P1, Priority.P2)

    def above(self, other: "Priority") -> bool:
        """Tell whether this is more urgent than `other`."""
        return self.value < other.value


def higher(a: Priority, b: Priority) -> Priority:
    """Return the more urgent of the two."""
    return min(a, b, key=lambda priority: priority.value)


class Target(StrEnum):
    """What is promised; one clock runs for each."""

    ACKNOWLEDGE = "acknowledge"
    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    UPDATE = "update"
    RESOLUTION = "resolution"
    FOLLOW_UP = "follow_up"
    REVIEW = "review"
    SILENCE = "silence"

    @property
    def promised(self) -> bool:
        """Tell whether an official was promised this; the others remind the hub of its own plans."""
        return self not in (Target.FOLLOW_UP, Target.REVIEW, Target.SILENCE)


class EventKind(StrEnum):
    """What moves a ticket's clocks. Everything else that happens (notes, bot answers, auto-replies) does not.

    The order is the order in which events of one instant count: what opens or asks comes before what
    answers, and an answer before a pause, so that a reply given on the stroke of the hour is in time.
    """

    OPENED = "opened"
    ABSORBED = "absorbed"
    POLICY_APPLIED = "policy_applied"
    PRIORITY_CHANGED = "priority_changed"
    REOPENED = "reopened"
    NEEDED_BY_SET = "needed_by_set"
    REQUESTER_MESSAGE = "requester_message"
    CLAIMED = "claimed"
    ACKNOWLEDGED = "acknowledged"
    PUBLIC_REPLY = "public_reply"
    SOLVED = "solved"
    HANDED_OVER = "handed_over"
    RETURNED = "returned"
    RESUMED = "resumed"
    WAITING_REQUESTER = "waiting_requester"
    WAITING_THIRD_PARTY = "waiting_third_party"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"
