"""How soon a message needs a person, when nothing in it is danger: P2, P3 or P4."""

from datetime import datetime, timedelta

from bot.safety.model import Scores
from bot.safety.reading import Reading
from bot.safety.thresholds import is_active_crisis
from escalation.sla import Priority

SOON = timedelta(hours=72)

_RANK = {Priority.P1: 0, Priority.P2: 1, Priority.P3: 2, Priority.P4: 3}
_CRISIS = frozenset(
    {"doxed", "media", "threat_speech", "threat_verb", "attack", "follow", "hoax_call", "break_in"}
)


def most_urgent(*priorities: Priority) -> Priority:
    """Return the most urgent of `priorities`."""
    return min(priorities, key=_RANK.__getitem__)


def by_rules(reading: Reading) -> Priority:
    """Judge urgency by concepts alone."""
    seen = reading.concepts
    if not seen or seen <= {"out_of_scope", "hostile", "ours", "near", "asks_material"}:
        return Priority.P4 if not reading.words.question or "out_of_scope" in seen else Priority.P3
    ordinary = bool(seen & {"drill", "hypo", "laugh", "no_threat", "elsewhere", "planning", "past", "closed"})
    fresh = bool(seen & {"recent", "now", "active", "event_soon", "soon"})
    if not ordinary and fresh and seen & _CRISIS:
        return Priority.P2
    if "event_soon" in seen and seen & {"hostile", "active", "media"} and not ordinary:
        return Priority.P2
    if "out_of_scope" in seen and not seen & _CRISIS:
        return Priority.P4
    if seen & {"laugh", "idiom"} and "asks_material" in seen:
        return Priority.P4
    return Priority.P3


def by_scores(scores: Scores) -> Priority:
    """Judge urgency by the learned scores."""
    _, third, fourth = scores.urgency
    if is_active_crisis(scores):
        return Priority.P2
    return Priority.P3 if third >= fourth else Priority.P4


def with_deadline(urgency: Priority, needed_by: datetime | None, sent_at: datetime | None) -> Priority:
    """Raise work that needs judgement to P2 when its stated deadline lies within 72 hours."""
    if needed_by is None or sent_at is None or urgency is not Priority.P3:
        return urgency
    return Priority.P2 if needed_by - sent_at <= SOON else urgency
