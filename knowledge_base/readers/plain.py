"""Plain text to a structured document."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from knowledge_base.documents import Block, BlockKind, StructuredDocument
from knowledge_base.errors import ReadError
from knowledge_base.readers.charsets import decode, is_binary
from knowledge_base.readers.cleaning import without_title
from knowledge_base.readers.typed import BULLET, NUMBER, with_typed_lists

_RULE = re.compile(r"\A\s*([=\-~*_^])\1{2,}\s*\Z")
_HASHES = re.compile(r"\A(#{1,6})\s+(?=\S)")
_SECTION = re.compile(r"\A(\d{1,2}(?:\.\d{1,2})+)\.?\s+(?=[^\W\d_])")
_BROKEN_WORD = re.compile(r"[^\W\d_]{2,}-\Z")
_MOST_HEADING_WORDS = 12
_NARROWEST = 40


@dataclass(frozen=True, slots=True)
class _Page:
    index: int | None
    label: str | None


def read(name: str, data: bytes, progress: Callable[[int, int], None]) -> StructuredDocument:
    """Read plain text; raise ReadError with one sentence when there is none."""
    del progress
    if not data.strip():
        raise ReadError(name, None, "the file is empty")
    if is_binary(data):
        raise ReadError(name, None, "this is not a text file, whatever its name says")
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").expandtabs(4)
    sheets = text.rstrip("\f\n ").split("\f")
    width = _width(text.replace("\f", "\n").split("\n"))
    blocks: list[Block] = []
    for index, sheet in enumerate(sheets):
        page = _Page(index, str(index + 1)) if len(sheets) > 1 else _Page(None, None)
        for group in _groups(sheet.split("\n")):
            blocks += _blocks(group, width, page)
    if not blocks:
        raise ReadError(name, None, "there is no text in the file")
    first = blocks[0]
    title = first.text if first.kind is BlockKind.HEADING else PurePosixPath(name).stem
    return StructuredDocument(
        title=title,
        language="",
        blocks=without_title(with_typed_lists(blocks), title),
        pages=len(sheets) if len(sheets) > 1 else None,
        source_bytes=len(data),
    )


def _width(lines: Sequence[str]) -> int:
    """Return where lines are wrapped: what most long lines reach."""
    lengths = sorted(len(line.rstrip()) for line in lines if line.strip())
    return max(_NARROWEST, lengths[int(len(lengths) * 0.95)]) if lengths else _NARROWEST


def _groups(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the runs of lines between blank ones."""
    group: list[str] = []
    for line in lines:
        if line.strip():
            group.append(line.rstrip())
        elif group:
            yield group
            group = []
    if group:
        yield group


def _blocks(lines: list[str], width: int, page: _Page) -> Iterator[Block]:
    while lines:
        heading, taken = _heading(lines)
        if heading is not None:
            text, level = heading
            yield Block(BlockKind.HEADING, text, level=level, page_index=page.index, page_label=page.label)
        if not taken:
            break
        lines = lines[taken:]
    for text in _paragraphs(lines, width):
        yield Block(BlockKind.PARAGRAPH, text, page_index=page.index, page_label=page.label)


def _heading(lines: Sequence[str]) -> tuple[tuple[str, int] | None, int]:
    """Return a heading at the top with its level, and how many lines it or a rule takes."""
    first = lines[0].strip()
    if _RULE.match(first):
        return None, 1
    words = len(first.split())
    if hashes := _HASHES.match(first):
        return (first[hashes.end() :].rstrip("# "), len(hashes[1])), 1
    if words > _MOST_HEADING_WORDS or not any(map(str.isalpha, first)) or BULLET.match(first):
        return None, 0
    if len(lines) > 1 and (rule := _RULE.match(lines[1])):
        return (first, 1 if rule[1] == "=" else 2), 2
    if len(lines) > 1 or first.endswith((".", ",", ";")):
        return None, 0
    if section := _SECTION.match(first):
        return (first, section[1].count(".") + 1), 1
    shouted = sum(map(str.isupper, first)) >= 4 and first == first.upper()
    return ((first, 2), 1) if shouted else (None, 0)


def _paragraphs(lines: Sequence[str], width: int) -> Iterator[str]:
    """Yield each paragraph and item; a wrapped line goes on, a line that was ended stays a line."""
    text, indent, last = "", 0, ""
    for line in lines:
        bare = line.strip()
        depth = len(line) - len(line.lstrip())
        marked = bool(NUMBER.match(bare) or BULLET.match(bare))
        listed = bool(text and (NUMBER.match(text) or BULLET.match(text)))
        if marked and listed and depth > indent + 1:
            text += f"\n{bare}"
        elif text and not marked:
            first_word = bare.split(" ", 1)[0]
            fits = len(last) + 1 + len(first_word) <= width
            if _BROKEN_WORD.search(text) and first_word[:1].islower() and not fits:
                text = text[:-1] + bare
            else:
                text += ("\n" if fits and not listed else " ") + bare
        else:
            if text:
                yield text
            text, indent = bare, depth
        last = line
    if text:
        yield text
