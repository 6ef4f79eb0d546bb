"""Write a structured document as Markdown that reads back to the very same document. Pure.

Most blocks are plain Markdown that anybody can edit. What Markdown can't say exactly (two spaces that
matter, a line break inside a paragraph) is kept in a fenced block that the reader knows.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import yaml

from knowledge_base.documents import Block, BlockKind, StructuredDocument
from knowledge_base.readers.markdown import BLOCK_FENCE, read_markdown

_MARKS = re.compile(r"([\\`*_\[\]<>&#|~!$])")
_LIST_START = re.compile(r"\A(\s*)([-+]|\d+[.)])(\s|\Z)")
_NESTED = re.compile(r"\A(\s*)(-|\d+\.) (.*)\Z", re.DOTALL)
_LISTS = (BlockKind.STEPS, BlockKind.BULLETS)


def to_markdown(document: StructuredDocument) -> str:
    """Return the document as Markdown with front matter; `read_markdown` gives the same document back."""
    blocks = [replace(block, page_index=None, page_label=None) for block in document.blocks]
    written = [_plainly(block) for block in blocks]
    text = _whole(document, written)
    if _read(text) != document.blocks:
        # Two blocks that only together read as something else: keep every one exactly.
        text = _whole(document, [_exactly(block) for block in blocks])
    return text


def _whole(document: StructuredDocument, written: list[str]) -> str:
    parts = [f"---\n{_front_matter(document)}---", f"# {_inline(document.title)}"]
    page: tuple[int | None, str | None] = (None, None)
    previous: BlockKind | None = None
    for block, text in zip(document.blocks, written, strict=True):
        if (block.page_index, block.page_label) != page:
            page = (block.page_index, block.page_label)
            parts.append(_page(*page))
        elif previous in _LISTS and block.kind in (*_LISTS, BlockKind.CODE):
            parts.append("<!-- -->")
        parts.append(text)
        previous = block.kind
    return "\n\n".join(parts) + "\n"


def _page(index: int | None, label: str | None) -> str:
    told = json.dumps([index, label], ensure_ascii=False).replace("--", "-\\u002d")
    return f"<!-- page {told} -->"


def _front_matter(document: StructuredDocument) -> str:
    about = document.attributes
    fields: dict[str, Any] = {
        "id": f"{about.slug}-{document.language}" if about.slug else None,
        "title": document.title,
        "kind": about.kind.value,
        "language": document.language,
        "topics": list(about.topics),
        "jurisdiction": list(about.jurisdiction),
        "visibility": list(about.visibility),
        "owner": about.owner,
        "reviewed": about.reviewed,
        "review_date": about.review_date,
        "original": about.original,
        "source_address": about.source_address,
        "licence": about.licence,
        "expires": about.expires,
        "handling": about.handling,
        "organisation": about.organisation,
        "phone": about.phone,
        "hours": about.hours,
        "region": about.region,
        "last_verified": about.last_verified,
        "pages": document.pages,
        "sources": [{key: said for key, said in asdict(one).items() if said} for one in about.sources],
        "synonyms": list(about.synonyms),
    }
    kept = {name: value for name, value in fields.items() if value or name == "reviewed"}
    return yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=100)


def _plainly(block: Block) -> str:
    """Return a block as Markdown, or fenced when Markdown would read back as something else."""
    text = _markdown(block)
    return text if text and _read(f"# .\n\n{text}\n") == (block,) else _exactly(block)


def _read(text: str) -> tuple[Block, ...]:
    blocks = read_markdown("written.md", text.encode()).blocks
    return blocks[1:] if text.startswith("# .\n") and blocks and blocks[0].text == "." else blocks


def _exactly(block: Block) -> str:
    fields = {name: value for name, value in asdict(block).items() if value not in (None, "", (), 0)}
    return f"~~~{BLOCK_FENCE}\n{json.dumps(fields, ensure_ascii=False)}\n~~~"


def _markdown(block: Block) -> str:
    match block.kind:
        case BlockKind.HEADING:
            return f"{'#' * block.level} {_inline(block.text)}"
        case BlockKind.PARAGRAPH:
            return _line(block.text)
        case BlockKind.STEPS:
            return "\n".join(
                _item(f"{number}.", item) for number, item in enumerate(block.items, block.start)
            )
        case BlockKind.BULLETS:
            return "\n".join(_item("-", item) for item in block.items)
        case BlockKind.TABLE:
            return "\n".join(("|  |", "| --- |", *(f"| {_inline(row)} |" for row in block.items)))
        case BlockKind.CODE:
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", block.text)), default=0))
            return f"{fence}text\n{block.text}\n{fence}"


def _item(mark: str, item: str) -> str:
    return "\n".join(_item_lines(mark, item))


def _item_lines(mark: str, item: str) -> Iterator[str]:
    indent = " " * (len(mark) + 1)
    for number, line in enumerate(item.split("\n")):
        nested = _NESTED.match(line) if number else None
        if not number:
            yield f"{mark} {_line(line)}"
        elif nested:
            yield f"{indent}{nested[1]}{nested[2]} {_line(nested[3])}"
        else:
            yield ""
            yield f"{indent}{_line(line)}"


def _line(text: str) -> str:
    """Return words that stand at the beginning of a line, where a dash would begin a list."""
    escaped = _inline(text)
    begins = _LIST_START.match(escaped)
    if begins:
        mark = begins[2]
        safe = f"\\{mark}" if mark in "-+" else f"{mark[:-1]}\\{mark[-1]}"
        return begins[1] + safe + escaped[begins.end(2) :]
    return escaped if not escaped.startswith("=") else f"\\{escaped}"


def _inline(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)
