"""Markdown to blocks, in the order in which they are read."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from knowledge_base.documents import Block, BlockKind
from knowledge_base.errors import ReadError
from knowledge_base.readers.cleaning import Hidden
from knowledge_base.readers.markdown_raw import RawHtml
from knowledge_base.readers.rows import readable_rows

_SPACES = re.compile(r"[ \t]+")
_OTHER_DOCUMENT = re.compile(r"(?!\w+:)[^\s?#]+\.md(?:#\S*)?", re.IGNORECASE)

# What an export writes: on which page the blocks that follow stand, and a block kept exactly.
BLOCK_FENCE = "helpdesk-block"
_PAGE = re.compile(r"<!-- page (\[.*\]) -->\s*\Z")

# Deeper nesting than any person writes; the parser itself is recursive.
_DEEPEST_NESTING = 30
_TOO_DEEP = "lists or quotes are nested too deep to read"


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    """Return the parser: it keeps nothing of what it read, and making one takes as long as reading a paragraph."""
    return MarkdownIt("commonmark", {"maxNesting": _DEEPEST_NESTING}).enable("table")


def read_blocks(name: str, body: str) -> tuple[list[Block], list[Hidden]]:
    """Return the blocks of a text, and what of it nobody sees; raise ReadError when it is nested too deep."""
    told: dict[str, Any] = {}
    walk = _Walk(RawHtml(body))
    try:
        tokens = _parser().parse(body, told)
        if any(token.level >= _DEEPEST_NESTING - 1 for token in tokens):
            # The parser drops what is deeper: half a document is worse than none.
            raise ReadError(name, None, _TOO_DEEP)
        blocks = list(walk.on_pages(SyntaxTreeNode(tokens).children))
    except RecursionError as error:
        raise ReadError(name, None, _TOO_DEEP) from error
    # "[//]: # (words)" is how people write a comment that no page shows.
    comments = [one.get("title", "") for one in told.get("references", {}).values() if one.get("href") == "#"]
    return blocks, [*walk.hidden, *map(Hidden, comments)]


def _kept_exactly(written: str) -> list[Block]:
    """Return the block that an export kept in a fence; none when somebody has spoilt it."""
    try:
        fields = json.loads(written)
        known = {**fields, "kind": BlockKind(fields["kind"]), "items": tuple(fields.get("items", ()))}
        return [Block(**known)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


class _Walk:
    """Goes through the tree of a text once, from its beginning: a raw tag may hide what follows."""

    def __init__(self, raw: RawHtml) -> None:
        self._raw = raw

    @property
    def hidden(self) -> list[Hidden]:
        """Return what was left out because nobody sees it."""
        return self._raw.found

    def on_pages(self, nodes: Sequence[SyntaxTreeNode]) -> Iterator[Block]:
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
                continue
            for block in self._blocks(node):
                yield replace(block, page_index=index, page_label=label)

    def _blocks(self, node: SyntaxTreeNode) -> list[Block]:
        if node.type == "fence" and node.info.strip() == BLOCK_FENCE:
            return _kept_exactly(node.content)
        if node.type == "heading":
            text = self._inline(node)
            return [Block(BlockKind.HEADING, text, level=int(node.tag[1:]))] if text else []
        if node.type == "paragraph":
            text = self._inline(node)
            return [Block(BlockKind.PARAGRAPH, text)] if text else []
        if node.type == "ordered_list":
            start, items = int(node.attrs.get("start", 1)), self._items(node)
            return [Block(BlockKind.STEPS, items=items, start=start)] if items else []
        if node.type == "bullet_list":
            items = self._items(node)
            return [Block(BlockKind.BULLETS, items=items)] if items else []
        if node.type in ("fence", "code_block"):
            text = self._raw.seen(node.content.rstrip("\n"))
            return [Block(BlockKind.CODE, text)] if text.strip() else []
        if node.type == "table":
            return [Block(BlockKind.TABLE, items=self._rows(node))]
        if node.type == "html_block":
            return self._raw.blocks(node.content)
        # Quotes hold blocks; rules hold nothing that a reader sees.
        return [block for child in node.children for block in self._blocks(child)]

    def _items(self, node: SyntaxTreeNode) -> tuple[str, ...]:
        return tuple(text for text in map(self._item_text, node.children) if text)

    def _item_text(self, item: SyntaxTreeNode, indent: str = "") -> str:
        """Return one list item as lines: its own text, then its lists, each item on a line."""
        lines: list[str] = []
        for child in item.children:
            if child.type in ("bullet_list", "ordered_list"):
                ordered = child.type == "ordered_list"
                start = int(child.attrs.get("start", 1)) if ordered else 0
                for offset, inner in enumerate(child.children):
                    mark = f"{start + offset}." if ordered else "-"
                    if text := self._item_text(inner, indent + "  "):
                        lines.append(f"{indent}{mark} {text}")
            else:
                lines += [
                    text
                    for block in self._blocks(child)
                    for text in ((block.text,) if block.text else block.items)
                ]
        return "\n".join(line for line in lines if line.strip())

    def _rows(self, table: SyntaxTreeNode) -> tuple[str, ...]:
        grid = [
            [self._inline(cell) for cell in row.children] for part in table.children for row in part.children
        ]
        return readable_rows(grid, headed=True)

    def _inline(self, node: SyntaxTreeNode) -> str:
        """Return the words of a node, marks removed; a link keeps its address when it adds one."""
        depth = self._raw.depth
        words = _SPACES.sub(" ", self._words(node)).strip()
        self._raw.close_to(depth)
        return words

    def _words(self, node: SyntaxTreeNode) -> str:
        parts: list[str] = []
        for child in node.children:
            if child.type in ("text", "code_inline", "image"):
                parts.append(self._raw.seen(child.content))
            elif child.type in ("softbreak", "hardbreak"):
                parts.append(" ")
            elif child.type == "link":
                parts.append(self._link(child))
            elif child.type == "html_inline":
                parts.append(self._raw.words(child.content))
            else:
                parts.append(self._words(child))
        return "".join(parts)

    def _link(self, node: SyntaxTreeNode) -> str:
        words, address = _SPACES.sub(" ", self._words(node)).strip(), str(node.attrs.get("href", ""))
        bare = address.removeprefix("mailto:").removeprefix("tel:")
        # The file name of a document beside this one says nothing to a reader.
        inside = bare.startswith("#") or _OTHER_DOCUMENT.fullmatch(bare)
        shown = not bare or not words or inside or _bare(bare) in _bare(words)
        return words if shown else f"{words} ({bare})"


def _bare(text: str) -> str:
    """Strip what an address may carry without pointing elsewhere."""
    return re.sub(r"^https?://(www\.)?|[\s()+-]|/$", "", text)
