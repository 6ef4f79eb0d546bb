"""Markdown with front matter to a structured document."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

import yaml

from knowledge_base.documents import Attributes, BlockKind, DocumentKind, Source, StructuredDocument
from knowledge_base.errors import ReadError
from knowledge_base.readers.charsets import decode, is_binary
from knowledge_base.readers.cleaning import hidden_warnings, without_title
from knowledge_base.readers.markdown_blocks import BLOCK_FENCE, read_blocks

__all__ = ["BLOCK_FENCE", "read", "read_markdown"]

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)(?:\n|\A)---[ \t]*(?:\n|\Z)", re.DOTALL)
_LANGUAGE_SUFFIX = re.compile(r"-(en|fr)\Z")


def read(name: str, data: bytes, progress: Callable[[int, int], None]) -> StructuredDocument:
    """Read a Markdown file somebody hands in; raise ReadError with one sentence when there is nothing in it."""
    del progress
    if is_binary(data):
        raise ReadError(name, None, "this is not a text file, whatever its name says")
    if not data.strip():
        raise ReadError(name, None, "the file is empty")
    document = read_markdown(name, data)
    if not document.blocks:
        raise ReadError(name, None, "there is no text in the file")
    return document


def read_markdown(name: str, data: bytes) -> StructuredDocument:
    """Read a Markdown file; raise ReadError with one sentence when it can't be used.

    A language that the front matter does not name is left empty for the caller to detect.
    """
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    fields, body = _split(name, text)
    blocks, hidden = read_blocks(name, body)
    title = _text(fields.get("title"))
    if not title:
        heading = next((block for block in blocks if block.kind is BlockKind.HEADING), None)
        title = heading.text if heading else PurePosixPath(name).stem
    return StructuredDocument(
        title=title,
        language=_text(fields.get("language")).lower(),
        attributes=_attributes(name, fields),
        blocks=without_title(blocks, title),
        warnings=hidden_warnings(hidden),
        pages=_count(fields.get("pages")),
        source_bytes=len(data),
    )


def _split(name: str, text: str) -> tuple[Mapping[str, object], str]:
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, text
    try:
        fields = yaml.safe_load(match[1])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f" near line {line + 2}" if line is not None else ""
        raise ReadError(
            name, None, f"the block between the two --- lines is not valid YAML{where}"
        ) from error
    if fields is None:
        fields = {}
    if not isinstance(fields, dict):
        raise ReadError(
            name, None, "the block between the two --- lines must be a list of 'key: value' lines"
        )
    return fields, text[match.end() :]


def _attributes(name: str, fields: Mapping[str, object]) -> Attributes:
    kind = _text(fields.get("kind")) or DocumentKind.ARTICLE.value
    if kind not in set(DocumentKind):
        raise ReadError(name, None, f"kind is {kind!r}; it must be one of {', '.join(DocumentKind)}")
    return Attributes(
        slug=_LANGUAGE_SUFFIX.sub("", _text(fields.get("id"))),
        kind=DocumentKind(kind),
        topics=_texts(fields.get("topics")),
        jurisdiction=_texts(fields.get("jurisdiction")),
        visibility=_texts(fields.get("visibility")) or ("public",),
        owner=_text(fields.get("owner")),
        reviewed=_said_yes(fields.get("reviewed")),
        review_date=_date(name, "review_date", fields.get("review_date")),
        sources=_sources(fields.get("sources")),
        synonyms=_texts(fields.get("synonyms"), commas=False),
        source_address=_text(fields.get("source_address")),
        licence=_text(fields.get("licence")) or _text(fields.get("license")),
        original=_text(fields.get("original")).lower(),
        expires=_date(name, "expires", fields.get("expires")),
        handling=_text(fields.get("handling")),
        organisation=_text(fields.get("organisation")) or _text(fields.get("organization")),
        phone=_text(fields.get("phone")),
        hours=_text(fields.get("hours")),
        region=_text(fields.get("region")),
        last_verified=_date(name, "last_verified", fields.get("last_verified")),
    )


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _said_yes(value: object) -> bool:
    """Read a yes, or the date of a review, as reviewed."""
    if isinstance(value, bool):
        return value
    if isinstance(value, dt.date):
        return True
    return _text(value).lower() in ("yes", "true", "oui") or bool(re.match(r"\d{4}-\d\d-\d\d", _text(value)))


def _date(name: str, key: str, value: object) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date) or value is None:
        return value
    try:
        return dt.date.fromisoformat(_text(value))
    except ValueError as error:
        raise ReadError(name, None, f"{key} must be a date such as 2026-05-31") from error


def _sources(value: object) -> tuple[Source, ...]:
    entries = value if isinstance(value, list) else []
    sources = []
    for entry in entries:
        if isinstance(entry, dict):
            fields = {str(key): _text(field) for key, field in entry.items()}
            read_by = fields.get("read_by") or fields.get("read_on") or fields.get("read", "")
            sources.append(Source(fields.get("name", ""), fields.get("address", ""), read_by))
        else:
            sources.append(Source(_text(entry)))
    return tuple(sources)


def _text(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()


def _texts(value: object, *, commas: bool = True) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(text for text in map(_text, value) if text)
    text = _text(value)
    parts = text.split(",") if commas else [text]
    return tuple(part.strip() for part in parts if part.strip())
