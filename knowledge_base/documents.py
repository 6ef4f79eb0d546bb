"""The structured document: what a reader gives and what the library keeps.

Every value is frozen. `to_json` and `from_json` are exact inverses; the wire between
the reading process and the desk, the stored version and the content hash all use them.
"""

import datetime as dt
import json
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    STEPS = "steps"
    BULLETS = "bullets"
    TABLE = "table"
    CODE = "code"


class DocumentKind(StrEnum):
    TOOLKIT = "toolkit"
    POLICY_BRIEF = "policy_brief"
    ARTICLE = "article"
    TEMPLATE = "template"
    RECORDING = "recording"
    EVENT = "event"
    REFERRAL = "referral"
    BRIEFING = "briefing"


# An audience with "!" and this before it is shown no briefing.
BRIEFING_TAG = "briefing"


class PassageKind(StrEnum):
    TEXT = "text"
    STEP = "step"
    CONTACT = "contact"
    RECOMMENDATION = "recommendation"
    TABLE = "table"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a document, in reading order.

    A heading, paragraph or code block has `text`; a list has `items`, one per step or
    bullet; a table has `items`, one readable line per row. `level` is 1 to 6 for headings.
    `page_index` counts from 0; `page_label` is what is printed on the page.
    """

    kind: BlockKind
    text: str = ""
    items: tuple[str, ...] = ()
    level: int = 0
    start: int = 1
    page_index: int | None = None
    page_label: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from, and when somebody last read it."""

    name: str
    address: str = ""
    read_by: str = ""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the front matter, or the person adding the document, says about it.

    An empty `slug` means that the library chooses one; an empty `jurisdiction`, everywhere.
    """

    slug: str = ""
    kind: DocumentKind = DocumentKind.ARTICLE
    topics: tuple[str, ...] = ()
    jurisdiction: tuple[str, ...] = ()
    visibility: tuple[str, ...] = ("public",)
    owner: str = ""
    reviewed: bool = False
    review_date: dt.date | None = None
    sources: tuple[Source, ...] = ()
    synonyms: tuple[str, ...] = ()
    # Where the document was taken from, and on what terms it may be passed on.
    source_address: str = ""
    licence: str = ""
    # Which language of a pair is the original ("en" or "fr"); empty: the one added first.
    original: str = ""
    # A briefing: its last day, and the mark that says how it must be handled.
    expires: dt.date | None = None
    handling: str = ""
    # A referral: whom one reaches, how, when, for which region, and when somebody last tried.
    organisation: str = ""
    phone: str = ""
    hours: str = ""
    region: str = ""
    last_verified: dt.date | None = None


# Left out where they say nothing, so that a document without them keeps the text and the hash it has.
_OPTIONAL = (
    "source_address",
    "licence",
    "original",
    "expires",
    "handling",
    "organisation",
    "phone",
    "hours",
    "region",
    "last_verified",
)
_DATES = frozenset({"expires", "last_verified"})


@dataclass(frozen=True, slots=True)
class StructuredDocument:
    """A document as read: title, language ("en", "fr" or another code), attributes, blocks.

    `warnings` are sentences for the person who adds it (a scanned page, a page that could
    not be read). `source_bytes` is the size of the file.
    """

    title: str
    language: str
    attributes: Attributes = field(default_factory=Attributes)
    blocks: tuple[Block, ...] = ()
    pages: int | None = None
    warnings: tuple[str, ...] = ()
    source_bytes: int = 0


def to_json(document: StructuredDocument) -> str:
    """Write a document as canonical JSON: the same document gives the same text."""
    raw = asdict(document)
    raw["attributes"] = {
        name: value for name, value in raw["attributes"].items() if value or name not in _OPTIONAL
    }
    return json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def from_json(text: str) -> StructuredDocument:
    """Read what `to_json` wrote; raise ValueError, KeyError or TypeError on anything else."""
    raw: dict[str, Any] = json.loads(text)
    return replace(
        StructuredDocument(**{**raw, "attributes": Attributes(), "blocks": ()}),
        warnings=tuple(raw["warnings"]),
        blocks=tuple(
            Block(**{**block, "kind": BlockKind(block["kind"]), "items": tuple(block["items"])})
            for block in raw["blocks"]
        ),
        attributes=_attributes(raw["attributes"]),
    )


def attributes_from_json(text: str) -> Attributes:
    """Read the attributes of what `to_json` wrote, and leave its blocks."""
    return _attributes(json.loads(text)["attributes"])


def _attributes(raw: dict[str, Any]) -> Attributes:
    review_date = raw["review_date"]
    return Attributes(
        slug=raw["slug"],
        kind=DocumentKind(raw["kind"]),
        topics=tuple(raw["topics"]),
        jurisdiction=tuple(raw["jurisdiction"]),
        visibility=tuple(raw["visibility"]),
        owner=raw["owner"],
        reviewed=raw["reviewed"],
        review_date=dt.date.fromisoformat(review_date) if review_date else None,
        sources=tuple(Source(**source) for source in raw["sources"]),
        synonyms=tuple(raw["synonyms"]),
        **{name: _optional(name, raw[name]) for name in _OPTIONAL if name in raw},
    )


def _optional(name: str, value: str) -> Any:
    return dt.date.fromisoformat(value) if name in _DATES else value


def _plain(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a document")
