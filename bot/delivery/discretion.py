"""Where an official's messages may go: not where others read along, and never over a channel that isn't safe."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.delivery.sealing import open_safe_channel, vault_of
from bot.services import Services
from escalation import confidentiality, directory, outbox
from escalation.tables import ChannelName, OutboxDestination, OutboxMessage, SafeChannel, Thread

# What may be said over a channel that is not safe: 911 and 988, and that a report was noted.
ANYWHERE: Final = frozenset({"safety", "unsafe_noted"})
_SHARED_IN_SLACK: Final = ("C", "G")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one message goes."""

    channel: ChannelName
    address: str


def place_for(session: Session, services: Services, kind: str, thread: Thread) -> Place | None:
    """Return where a message of this kind goes, or None when it may not be sent at all.

    It stays in the conversation on record either way, for the people of the ticket.
    """
    own = Place(thread.channel, thread.address)
    if kind in ANYWHERE:
        return own
    if directory.get_person(session, thread.person_id).suspended_at is not None:
        return safe_place(session, services, thread.person_id)
    if thread.request_id is not None and confidentiality.is_sealed(session, thread.request_id):
        return _private(session, thread) or own
    return own


def overheard(session: Session, services: Services, row: OutboxMessage, worker: str, now: datetime) -> bool:
    """Cancel a claimed delivery to the channel that every expert reads, about a request sealed since; tell whether it was."""
    channel = services.settings.slack_experts_channel
    if not channel or row.channel != ChannelName.SLACK or row.request_id is None:
        return False
    if not confidentiality.is_sealed(session, row.request_id):
        return False
    destination = session.get(OutboxDestination, row.destination_id)
    if destination is None or _channel_of(destination.address) != channel:
        return False
    return outbox.mark_cancelled(session, row.id, worker, now)


def safe_place(session: Session, services: Services, person_id: int) -> Place | None:
    """Return the safe channel that was noted for a person, or None."""
    row = session.get(SafeChannel, person_id)
    if row is None or row.channel not in services.senders:
        return None
    return Place(row.channel, open_safe_channel(session, vault_of(services), row))


def _private(session: Session, thread: Thread) -> Place | None:
    """Return the person's direct messages in place of a Slack channel that others read."""
    if thread.channel is not ChannelName.SLACK:
        return None
    channel = _channel_of(thread.address)
    known = directory.slack_of(session, thread.person_id)
    if known is None or not channel.startswith(_SHARED_IN_SLACK):
        return None
    team, user = known
    address = json.dumps({"channel": user, "thread_ts": None, "team": team}, separators=(",", ":"))
    return Place(ChannelName.SLACK, address)


def _channel_of(address: str) -> str:
    try:
        return str(json.loads(address).get("channel", ""))
    except (ValueError, AttributeError):
        return address
