"""The values that cross the channel seam: what comes in, what goes out, who carries it.

A channel turns its native payload into an `Inbound` (pure) and sends an `Outbound` through its
`Sender`. Neither side knows the other.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol

from escalation.identities import SenderIdentity
from escalation.kinds import ChannelName, MessageKind

LONGEST_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class ThreadKey:
    """One conversation on one channel.

    `key` is the channel's unique name for it; `address` says where a reply goes, in the channel's
    own form. `aliases` are older keys the same conversation may be known by (a mail's References).
    `threaded` is false for a message that starts a conversation without naming one (a plain DM):
    it joins the person's open request.
    """

    channel: ChannelName
    key: str
    address: str
    aliases: tuple[str, ...] = ()
    threaded: bool = True


@dataclass(frozen=True, slots=True)
class InboundFile:
    """A file that came with a message; `content` is stored encrypted, never opened here."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Case:
    """The ticket an expert's message belongs to. `public`: meant for the official, not a note."""

    ticket_id: int
    public: bool


@dataclass(frozen=True, slots=True)
class Inbound:
    """One native message in the desk's own words. `key` makes a second arrival a duplicate."""

    key: str
    kind: MessageKind
    thread: ThreadKey
    sender: SenderIdentity
    text: str
    occurred_at: datetime
    subject: str | None = None
    external_id: str | None = None
    language: str | None = None
    wants_human: bool = False
    files: tuple[InboundFile, ...] = ()
    case: Case | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """One quoted passage of an answer, by value."""

    number: int
    document_id: str
    title: str
    section: str
    page: str | None
    dated: str | None
    url: str
    excerpt: str
    language: str
    reviewed: bool
    score: float
    # What must be said with it, in the reader's language.
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """A button. `name` is the verb (talk_to_person, helpful, not_helpful, claim, reply); `value` its id."""

    name: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to send. `text` and `html` are complete on their own; quotes and actions repeat
    in structured form what a richer surface may draw better.

    `reply_to` is the carrier's id of the message this one follows (a mail's Message-ID, a Slack ts);
    `reply_to_row` names an outbox row instead, whose carrier id delivery fills in when it sends.
    `automatic` is false when a person's own words are passed on.
    """

    row_id: str
    channel: ChannelName
    address: str
    kind: str
    language: str
    text: str
    subject: str | None = None
    html: str | None = None
    reply_to: str | None = None
    reply_to_row: str | None = None
    references: tuple[str, ...] = ()
    ticket_id: int | None = None
    heading: str | None = None
    quotes: tuple[Quote, ...] = ()
    actions: tuple[Action, ...] = ()
    automatic: bool = True

    def dumps(self) -> str:
        """Return the message as one JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def loads(cls, stored: str) -> "Outbound":
        """Return the message that `dumps` wrote."""
        fields = json.loads(stored)
        fields["channel"] = ChannelName(fields["channel"])
        fields["references"] = tuple(fields["references"])
        fields["quotes"] = tuple(
            Quote(**{**quote, "caveats": tuple(quote.get("caveats", ()))}) for quote in fields["quotes"]
        )
        fields["actions"] = tuple(Action(**action) for action in fields["actions"])
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the carrier said: its own id for the message."""

    external_id: str | None = None


class DeliveryError(Exception):
    """A send that failed. `permanent` means: do not try again. The reason carries no message body."""

    def __init__(self, reason: str, *, permanent: bool = False, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after


class Sender(Protocol):
    """One channel's way out."""

    def send(self, message: Outbound) -> Receipt:
        """Carry one message, or raise DeliveryError."""
        ...


__all__ = [
    "Action",
    "Case",
    "DeliveryError",
    "Inbound",
    "InboundFile",
    "Outbound",
    "Quote",
    "Receipt",
    "Sender",
    "SenderIdentity",
    "ThreadKey",
]
