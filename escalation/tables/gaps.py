"""What the library could not answer, once somebody has taken it on."""

from datetime import datetime

from sqlmodel import Field

from escalation.tables.base import Base, instant, maybe_instant


class KnowledgeGap(Base, table=True):
    """Questions of one meaning that somebody is writing an answer to. It holds none of their words.

    `document_id` is the public id of the draft; no foreign key leaves the package.
    """

    __tablename__ = "knowledge_gap"
    id: int | None = Field(default=None, primary_key=True)
    document_id: str = Field(max_length=140, unique=True)
    assignee_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    first_asked_at: datetime = instant()
    taken_at: datetime = instant()
    answered_at: datetime | None = maybe_instant()


class KnowledgeGapQuestion(Base, table=True):
    """One unanswered message of a gap. No foreign key: a message may be erased, and the gap stays."""

    __tablename__ = "knowledge_gap_question"
    message_id: str = Field(primary_key=True, max_length=32)
    gap_id: int = Field(foreign_key="knowledge_gap.id", index=True)


class DraftSource(Base, table=True):
    """One message whose masked words are the material of a draft. No foreign key: both may go before it."""

    __tablename__ = "draft_source"
    message_id: str = Field(primary_key=True, max_length=32)
    document_id: str = Field(primary_key=True, max_length=140)
