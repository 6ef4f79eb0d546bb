"""Markdown with front matter to a structured document."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import yaml
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from knowledge_base.documents import (
    Attributes,
    Block,
    BlockKind,
    DocumentKind,
    Source,
    StructuredDocument,
)
from knowledge_base.errors import ReadError
from knowledge_base.readers.charsets import decode, is_binary
from knowledge_base.readers.cleaning import without_title
from knowledge_base.readers.rows import readable_rows

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)(?:\n|\A)---[ \t]*(?:\n|\Z)", re.DOTALL)
_LANGUAGE_SUFFIX = re.compile(r"-(en|fr)\Z")
_SPACES = re.compile(r"[ \t]+")
_OTHER_DOCUMENT = re.compile(r"(?!\w+:)[^\s?#]+\.md(?:#\S*)?", re.IGNORECASE)

# What an export writes: on which page the blocks that follow stand, and a block kept exactly.
BLOCK_FENCE = "helpdesk-block"
_PAGE = re.compile(r"<!-- page (\[.*\]) -->\s*\Z")

# Deeper nesting than any person writes; the parser itself is recursive.
_DEEPEST_NESTING = 30


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
    blocks = _blocks(name, body)
    title = _text(fields.get("title"))
    if not title:
        heading = next((block for block in blocks if block.kind is BlockKind.HEADING), None)
        title = heading.text if heading else PurePosixPath(name).stem
    return StructuredDocument(
        title=title,
        language=_text(fields.get("language")).lower(),
        attributes=_attributes(name, fields),
        blocks=without_title(blocks, title),
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


def _blocks(name: str, body: str) -> list[Block]:
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST_NESTING}).enable("table")
    try:
        tree = SyntaxTreeNode(parser.parse(body))
        return list(_on_pages(tree.children))
    except RecursionError as error:
        raise ReadError(name, None, "lists or quotes are nested too deep to read") from error


def _on_pages(nodes: Sequence[SyntaxTreeNode]) -> Iterator[Block]:
    """Yield the blocks of nodes, each on the page that an export noted before it."""
    index: int | None = None
    label: str | None = None
    for node in nodes:
        page = _PAGE.match(node.content) if node.type == "html_block" else None
        if page:
            try:
                index, label = json.loads(page[1])
            except ValueError:
                continue
        for block in _node_blocks(node):
            yield replace(block, page_index=index, page_label=label)


def _kept_exactly(written: str) -> list[Block]:
    """Return the block that an export kept in a fence; none when somebody has spoilt it."""
    try:
        fields = json.loads(written)
        known = {**fields, "kind": BlockKind(fields["kind"]), "items": tuple(fields.get("items", ()))}
        return [Block(**known)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _node_blocks(node: SyntaxTreeNode) -> list[Block]:
    if node.type == "fence" and node.info.strip() == BLOCK_FENCE:
        return _kept_exactly(node.content)
    if node.type == "heading":
        return [Block(BlockKind.HEADING, _inline(node), level=int(node.tag[1:]))]
    if node.type == "paragraph":
        text = _inline(node)
        return [Block(BlockKind.PARAGRAPH, text)] if text else []
    if node.type == "ordered_list":
        start = int(node.attrs.get("start", 1))
        return [Block(BlockKind.STEPS, items=_items(node), start=start)] if _items(node) else []
    if node.type == "bullet_list":
        return [Block(BlockKind.BULLETS, items=_items(node))] if _items(node) else []
    if node.type in ("fence", "code_block"):
        text = node.content.rstrip("\n")
        return [Block(BlockKind.CODE, text)] if text.strip() else []
    if node.type == "table":
        return [Block(BlockKind.TABLE, items=_rows(node))]
    # Quotes hold blocks; raw HTML and rules hold nothing that a reader sees.
    return [block for child in node.children for block in _node_blocks(child)]


def _items(node: SyntaxTreeNode) -> tuple[str, ...]:
    return tuple(text for text in (_item_text(item) for item in node.children) if text)


def _item_text(item: SyntaxTreeNode, indent: str = "") -> str:
    """Return one list item as lines: its own text, then its lists, each item on a line."""
    lines: list[str] = []
    for child in item.children:
        if child.type in ("bullet_list", "ordered_list"):
            ordered = child.type == "ordered_list"
            start = int(child.attrs.get("start", 1)) if ordered else 0
            for offset, inner in enumerate(child.children):
                mark = f"{start + offset}." if ordered else "-"
                lines.append(f"{indent}{mark} {_item_text(inner, indent + '  ')}")
        else:
            lines += [
                text
                for block in _node_blocks(child)
                for text in ((block.text,) if block.text else block.items)
            ]
    return "\n".join(line for line in lines if line.strip())


def _rows(table: SyntaxTreeNode) -> tuple[str, ...]:
    grid = [[_inline(cell) for cell in row.children] for part in table.children for row in part.children]
    return readable_rows(grid, headed=True)


def _inline(node: SyntaxTreeNode) -> str:
    """Return the words of a node, marks removed; a link keeps its address when it adds one."""
    parts: list[str] = []
    for child in node.children:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "link":
            words, address = _inline(child), str(child.attrs.get("href", ""))
            bare = address.removeprefix("mailto:").removeprefix("tel:")
            # The file name of a document beside this one says nothing to a reader.
            inside = bare.startswith("#") or _OTHER_DOCUMENT.fullmatch(bare)
            shown = not bare or inside or _bare(bare) in _bare(words)
            parts.append(words if shown else f"{words} ({bare})")
        elif child.type == "image":
            parts.append(child.content)
        elif child.type != "html_inline":
            parts.append(_inline(child))
    return _SPACES.sub(" ", "".join(parts)).strip() if node.type != "inline" else "".join(parts)


def _bare(text: str) -> str:
    """Strip what an address may carry without pointing elsewhere."""
    return re.sub(r"^https?://(www\.)?|[\s()+-]|/$", "", text)
