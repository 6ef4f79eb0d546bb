"""The tables of this package, by noun. Constraints live in the database, not in Python."""

from escalation.kinds import (
    Author,
    ChannelName,
    IdentityKind,
    Lane,
    MessageKind,
    MessageState,
    OutboxState,
    PolicyOrigin,
    ReminderState,
    RoleName,
    Standing,
    SubjectKind,
    TicketState,
)
from escalation.tables.base import metadata
from escalation.tables.gaps import KnowledgeGap, KnowledgeGapQuestion
from escalation.tables.outbox import OutboxDestination, OutboxMessage
from escalation.tables.people import Affiliation, City, ExpertProfile, Identity, Person, Role
from escalation.tables.privacy import (
    AccessLine,
    Erasure,
    LegalHold,
    NamedPerson,
    SafeChannel,
    SafeContact,
    Seal,
)
from escalation.tables.promises import Chain, ChainEntry, FollowUp, PolicyVersion, SelfTest
from escalation.tables.requests import Answer, Attachment, Citation, DataKey, HelpRequest, Message, Thread
from escalation.tables.tickets import UNFINISHED, Clock, Reminder, Ticket, TicketEvent

__all__ = [
    "UNFINISHED",
    "AccessLine",
    "Affiliation",
    "Answer",
    "Attachment",
    "Author",
    "Chain",
    "ChainEntry",
    "ChannelName",
    "Citation",
    "City",
    "Clock",
    "DataKey",
    "Erasure",
    "ExpertProfile",
    "FollowUp",
    "HelpRequest",
    "Identity",
    "IdentityKind",
    "KnowledgeGap",
    "KnowledgeGapQuestion",
    "Lane",
    "LegalHold",
    "Message",
    "MessageKind",
    "MessageState",
    "NamedPerson",
    "OutboxDestination",
    "OutboxMessage",
    "OutboxState",
    "Person",
    "PolicyOrigin",
    "PolicyVersion",
    "Reminder",
    "ReminderState",
    "Role",
    "RoleName",
    "SafeChannel",
    "SafeContact",
    "Seal",
    "SelfTest",
    "Standing",
    "SubjectKind",
    "Thread",
    "Ticket",
    "TicketEvent",
    "TicketState",
    "metadata",
]
