"""What was asked: conversations, needs, messages, answers and the passages they quoted."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from escalation.kinds import Author, ChannelName, MessageKind, MessageState
from escalation.tables.base import Base, by_value, instant, maybe_instant
from escalation.tables.sealed import SealedText


class DataKey(Base, table=True):
    """A data key wrapped by the master key. Erasure empties `wrapped`."""

    __tablename__ = "data_key"
    id: str = Field(primary_key=True, max_length=32)
    wrapped: bytes | None = None
    created_at: datetime = instant()
    destroyed_at: datetime | None = maybe_instant()


class HelpRequest(Base, table=True):
    """One need of one person, over any number of threads and successive tickets."""

    __tablename__ = "help_request"
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    data_key_id: str = Field(foreign_key="data_key.id", max_length=32)
    language: str = Field(max_length=8)
    topic: str | None = Field(default=None, max_length=80)
    urgency: str = Field(default="P4", max_length=2)
    opened_at: datetime = instant(index=True)
    last_message_at: datetime = instant(index=True)
    finished_at: datetime | None = maybe_instant()


class Thread(Base, table=True):
    """One conversation on one channel. `key` is the channel's own name for it."""

    __tablename__ = "thread"
    __table_args__ = (UniqueConstraint("channel", "key"),)
    id: str = Field(primary_key=True, max_length=32)
    channel: ChannelName = by_value(ChannelName)
    key: str = Field(max_length=1000)
    address: str = Field(max_length=1000, description="where a reply goes, in the channel's own form")
    person_id: int = Field(foreign_key="person.id", index=True)
    request_id: int | None = Field(default=None, foreign_key="help_request.id", index=True)
    ticket_id: int | None = Field(default=None, index=True, description="set on an expert's case thread")
    created_at: datetime = instant()


class Message(Base, table=True):
    """One message, ours or theirs. `body` and `subject` are ciphertexts bound to this row."""

    __tablename__ = "message"
    id: str = Field(primary_key=True, max_length=32)
    dedupe_key: str = Field(unique=True, max_length=1000)
    thread_id: str | None = Field(default=None, foreign_key="thread.id", index=True)
    request_id: int = Field(foreign_key="help_request.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    kind: MessageKind = by_value(MessageKind)
    author: Author = by_value(Author)
    external_id: str | None = Field(default=None, max_length=1000, description="Message-ID, Slack ts")
    subject: bytes | None = None
    body: bytes
    masked: str = Field(sa_type=SealedText)
    masked_subject: str | None = Field(default=None, sa_type=SealedText)
    language: str = Field(max_length=8)
    immediate_danger: bool = False
    self_harm: bool = False
    wants_human: bool = False
    in_doubt: bool = False
    safety_check_failed: bool = False
    sender_proved: bool = Field(default=True, description="false for mail whose From nobody vouches for")
    case_ticket_id: int | None = Field(default=None, description="set on an expert's message")
    case_public: bool | None = None
    urgency: str | None = Field(default=None, max_length=2)
    needed_by: datetime | None = maybe_instant()
    in_reply_to: str | None = Field(default=None, max_length=32, index=True)
    occurred_at: datetime = instant()
    recorded_at: datetime = instant(index=True)
    state: MessageState = by_value(MessageState, default=MessageState.RECORDED)
    paged_at: datetime | None = maybe_instant()
    claimed_by: str | None = Field(default=None, max_length=32)
    claimed_until: datetime | None = maybe_instant()
    attempts: int = 0
    handled_at: datetime | None = maybe_instant()


class Attachment(Base, table=True):
    """A file or the raw mail that came with a message; name and content are ciphertexts."""

    __tablename__ = "attachment"
    id: str = Field(primary_key=True, max_length=32)
    message_id: str = Field(foreign_key="message.id", index=True)
    name: bytes
    media_type: str = Field(max_length=200)
    size: int
    content: bytes
    recorded_at: datetime = instant()


class Answer(Base, table=True):
    """How the library answered one message: found or abstained, how sure, and whether it helped."""

    __tablename__ = "answer"
    message_id: str = Field(primary_key=True, foreign_key="message.id", max_length=32)
    question_id: str = Field(foreign_key="message.id", max_length=32, unique=True)
    topics: str = Field(default="", max_length=1000, description="ranked slugs, comma-separated")
    confidence: float = 0.0
    abstained: bool = False
    abstain_reason: str | None = Field(default=None, max_length=200)
    generation: int = 0
    more_url: str | None = Field(default=None, max_length=1000, description="where the steps go on")
    helpful: bool | None = None
    feedback_reason: str | None = Field(default=None, max_length=80)
    feedback_at: datetime | None = maybe_instant()


class Citation(Base, table=True):
    """One quoted passage, kept by value so that an old answer stays readable."""

    __tablename__ = "citation"
    __table_args__ = (UniqueConstraint("message_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    message_id: str = Field(foreign_key="message.id", max_length=32, index=True)
    number: int
    passage_id: int = Field(index=True)
    document_id: str = Field(max_length=200)
    version: int
    title: str = Field(max_length=500)
    section: str = Field(default="", max_length=1000)
    page: str | None = Field(default=None, max_length=40)
    url: str = Field(max_length=1000)
    excerpt: str
    language: str = Field(default="en", max_length=8)
    reviewed: bool = True
    dated: datetime | None = maybe_instant()
    score: float = 0.0
    caveats: str = Field(default="", max_length=400, description="codes of what must be said with it")
