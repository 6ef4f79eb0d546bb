"""The library's tables. No foreign key leaves the package."""

import datetime as dt
import json
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    Column,
    Dialect,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import registry
from sqlalchemy_utc import UtcDateTime
from sqlmodel import Field, SQLModel

from knowledge_base.documents import DocumentKind, PassageKind

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(SQLModel, registry=registry(metadata=metadata)):
    """The package's own declarative base, so that its MetaData holds its tables alone."""


class DocumentState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"


class VersionState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class GenerationState(StrEnum):
    BUILDING = "building"
    READY = "ready"
    SUPERSEDED = "superseded"


class TextList(TypeDecorator[tuple[str, ...]]):
    """A tuple of strings in one text column; a tuple can't be changed in place unnoticed."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:  # noqa: ARG002  SQLAlchemy gives it
        return None if value is None else json.dumps(list(value), ensure_ascii=False)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002  SQLAlchemy gives it
        # Most are empty, and an index reads one for every passage.
        return () if value == "[]" else None if value is None else tuple(json.loads(value))


# A citation names its passage by id: SQLite must not give the id of a purged row to another.
_NEVER_REUSED = {"sqlite_autoincrement": True}


def _enum(kind: type[StrEnum], name: str) -> Column[Any]:
    """Return a column that stores the enum's values and refuses anything else."""
    checked = Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        name=name,
        length=32,
    )
    return Column(checked, nullable=False)


def _texts() -> Column[Any]:
    return Column(TextList(), nullable=False)


def _when(*, nullable: bool = False) -> Column[Any]:
    return Column(UtcDateTime(), nullable=nullable)


class Document(Base, table=True):
    """One document in one language; its twin in the other language has the same slug."""

    __tablename__: ClassVar[Any] = "kb_document"
    __table_args__ = (
        UniqueConstraint("slug", "language"),
        CheckConstraint("slug <> ''", name="slug"),
        _NEVER_REUSED,
    )

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=120)
    language: str = Field(max_length=8)
    kind: DocumentKind = Field(sa_column=_enum(DocumentKind, "kind"))
    title: str = Field(sa_column=Column(Text, nullable=False))
    visibility: tuple[str, ...] = Field(sa_column=_texts())
    topics: tuple[str, ...] = Field(sa_column=_texts())
    jurisdiction: tuple[str, ...] = Field(sa_column=_texts())
    owner: str = Field(sa_column=Column(Text, nullable=False))
    reviewed: bool
    review_date: dt.date | None = None
    state: DocumentState = Field(sa_column=_enum(DocumentState, "state"))
    # Which language of the pair is the original; empty means the one that was added first.
    original: str = Field(default="", max_length=8)
    # When somebody last held a translation against its original and found that they agree.
    matched_at: dt.datetime | None = Field(default=None, sa_column=_when(nullable=True))
    expires: dt.date | None = None
    handling: str = Field(default="", max_length=80)
    created_at: dt.datetime = Field(sa_column=_when())
    changed_at: dt.datetime = Field(sa_column=_when())


class DocumentVersion(Base, table=True):
    """One state of a document's text. `structure` is the document as read, in JSON."""

    __tablename__: ClassVar[Any] = "kb_document_version"
    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        CheckConstraint("number > 0", name="number"),
        # One version at most is what the library says today.
        Index(
            "uq_kb_document_version_published",
            "document_id",
            unique=True,
            sqlite_where=Column("state") == "published",
            postgresql_where=Column("state") == "published",
        ),
        _NEVER_REUSED,
    )

    id: int | None = Field(default=None, primary_key=True)
    document_id: int = Field(sa_column=Column(Integer, ForeignKey("kb_document.id"), nullable=False))
    number: int
    state: VersionState = Field(sa_column=_enum(VersionState, "state"))
    title: str = Field(sa_column=Column(Text, nullable=False))
    content_hash: str = Field(max_length=64)
    structure: str = Field(sa_column=Column(Text, nullable=False))
    source_name: str = Field(sa_column=Column(Text, nullable=False))
    source_bytes: int
    # Of the bytes that were read: the same file need not be read a second time.
    source_hash: str = Field(default="", max_length=64, index=True)
    created_at: dt.datetime = Field(sa_column=_when())
    created_by: str = Field(sa_column=Column(Text, nullable=False))
    published_at: dt.datetime | None = Field(default=None, sa_column=_when(nullable=True))
    withdrawn_at: dt.datetime | None = Field(default=None, sa_column=_when(nullable=True))


class Passage(Base, table=True):
    """One citable piece of a version. Written once with the version and never changed."""

    __tablename__: ClassVar[Any] = "kb_passage"
    __table_args__ = (UniqueConstraint("version_id", "position"), _NEVER_REUSED)

    id: int | None = Field(default=None, primary_key=True)
    version_id: int = Field(sa_column=Column(Integer, ForeignKey("kb_document_version.id"), nullable=False))
    position: int
    kind: PassageKind = Field(sa_column=_enum(PassageKind, "kind"))
    step: int | None = None
    heading: tuple[str, ...] = Field(sa_column=_texts())
    page_index: int | None = None
    page_label: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    recommendation: str | None = Field(default=None, max_length=32)
    language: str = Field(max_length=8)
    jurisdiction: tuple[str, ...] = Field(sa_column=_texts())
    text: str = Field(sa_column=Column(Text, nullable=False))
    words: int
    # Stems of the body, and the version of the analysis that made them: a newer analysis
    # makes the next index from the text instead.
    stems: str = Field(sa_column=Column(Text, nullable=False))
    analysis: int


class Synonym(Base, table=True):
    """A phrase that people write, and the library's own words for it."""

    __tablename__: ClassVar[Any] = "kb_synonym"
    __table_args__ = (UniqueConstraint("language", "phrase", "meaning"),)

    id: int | None = Field(default=None, primary_key=True)
    language: str = Field(max_length=8)
    phrase: str = Field(max_length=200)
    meaning: str = Field(max_length=200)
    created_at: dt.datetime = Field(sa_column=_when())
    created_by: str = Field(sa_column=Column(Text, nullable=False))


class ApprovedAnswer(Base, table=True):
    """A fixed reply to a named question, with the section of a document that it stands on."""

    __tablename__: ClassVar[Any] = "kb_approved_answer"
    __table_args__ = (UniqueConstraint("language", "question"), _NEVER_REUSED)

    id: int | None = Field(default=None, primary_key=True)
    language: str = Field(max_length=8)
    question: str = Field(max_length=300)
    phrasings: tuple[str, ...] = Field(sa_column=_texts())
    text: str = Field(sa_column=Column(Text, nullable=False))
    document_id: int = Field(sa_column=Column(Integer, ForeignKey("kb_document.id"), nullable=False))
    section: str = Field(default="", sa_column=Column(Text, nullable=False))
    created_at: dt.datetime = Field(sa_column=_when())
    created_by: str = Field(sa_column=Column(Text, nullable=False))


class LibraryEvent(Base, table=True):
    """Who did what to the library, and when. Rows are only added.

    `document` is a public id and no foreign key: what happened to a document outlives it.
    """

    __tablename__: ClassVar[Any] = "kb_event"
    __table_args__ = (_NEVER_REUSED,)

    id: int | None = Field(default=None, primary_key=True)
    occurred_at: dt.datetime = Field(sa_column=_when())
    by: str = Field(max_length=200)
    act: str = Field(max_length=40)
    document: str = Field(default="", max_length=140, index=True)
    version: int | None = None
    detail: str = Field(default="", sa_column=Column(Text, nullable=False))


class Generation(Base, table=True):
    """One index. `fingerprint` names the state of the library that it holds."""

    __tablename__: ClassVar[Any] = "kb_generation"
    __table_args__ = (UniqueConstraint("number"), UniqueConstraint("fingerprint"))

    id: int | None = Field(default=None, primary_key=True)
    number: int
    state: GenerationState = Field(sa_column=_enum(GenerationState, "state"))
    fingerprint: str = Field(max_length=64)
    passages: int
    created_at: dt.datetime = Field(sa_column=_when())
    file_name: str = Field(max_length=120)
