"""The kinds of things: one enumeration each, stored by value. No database in here, so pure code may ask."""

from enum import StrEnum


class IdentityKind(StrEnum):
    """Where an identity was issued."""

    SLACK = "slack"
    EMAIL = "email"
    WEB = "web"
    TERMINAL = "terminal"


class RoleName(StrEnum):
    """What a person may do; one person may hold several."""

    OFFICIAL = "official"
    EXPERT = "expert"
    LEAD = "lead"
    ADMIN = "admin"
    AUDITOR = "auditor"
    PARTNER = "partner"


class ChannelName(StrEnum):
    """The channel a conversation lives on."""

    WEB = "web"
    SLACK = "slack"
    EMAIL = "email"
    TERMINAL = "terminal"
    PAGER = "pager"


class MessageKind(StrEnum):
    """What an inbound message is, or what one of ours is."""

    MESSAGE = "message"
    EDIT = "edit"
    DELETION = "deletion"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST = "list"
    ANSWER = "answer"
    SAFETY = "safety"
    NOTICE = "notice"
    REPLY = "reply"
    NOTE = "note"


class Author(StrEnum):
    """Who wrote a message."""

    REQUESTER = "requester"
    BOT = "bot"
    EXPERT = "expert"
    MACHINE = "machine"


class MessageState(StrEnum):
    """How far an inbound message has come; ours are born handled."""

    PENDING = "pending"
    HANDLED = "handled"
    RECORDED = "recorded"


class TicketState(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    OPEN = "open"
    WAITING_REQUESTER = "waiting_requester"
    WAITING_THIRD_PARTY = "waiting_third_party"
    SOLVED = "solved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Standing(StrEnum):
    """How a person stands towards one request."""

    NAMED = "named"
    KEPT_AWAY = "kept_away"


class Service(StrEnum):
    """What kind of help a ticket is about."""

    ADVICE = "advice"
    MONITORING = "monitoring"
    BRIEFING = "briefing"
    PEER_INTRODUCTION = "peer_introduction"
    TRAINING = "training"
    FUND = "fund"
    ASSESSMENT = "assessment"
    OTHER = "other"


class SubjectKind(StrEnum):
    """What a clock runs on."""

    TICKET = "ticket"
    FOLLOW_UP = "follow_up"
    REVIEW = "review"
    SELF_TEST = "self_test"


class ReminderState(StrEnum):
    """What became of a reminder: sent; held until its reader works again; dropped because something newer
    took its place; or left to the morning's digest."""

    SENT = "sent"
    HELD = "held"
    DROPPED = "dropped"
    DIGEST = "digest"


class PolicyOrigin(StrEnum):
    """Where a version of the policy came from."""

    DEFAULT = "default"
    FILE = "file"
    COMMAND = "command"


class OutboxState(StrEnum):
    """How far a delivery has come."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Lane(StrEnum):
    """Normal rows keep their destination's order; urgent rows wait for nothing."""

    NORMAL = "normal"
    URGENT = "urgent"
