"""Lists that somebody typed by hand, "1." and "-" at the start of paragraphs, become lists. Pure."""

import re
from collections.abc import Iterable
from dataclasses import replace

from knowledge_base.documents import Block, BlockKind

NUMBER = re.compile(r"\A\(?(\d{1,3})[.)]\s+(?=\S)")
BULLET = re.compile(
    r"\A(?:[\u2022\u2023\u25aa\u25ab\u25cf\u25cb\u25e6\u2043\u2219\u00b7\uf0b7\uf0a7\u2713\u2714\u25a0\u25a1\u27a2\u2756]\s*"
    r"|[-*+\u2013\u2014]\s+|o\s+(?=[A-Z\u00c0-\u00dd]))(?=\S)"
)


def with_typed_lists(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks with neighbouring paragraphs that are marked like items as one list.

    A single number is no list: "911 is the number" and "2. Law" stay as they are.
    """
    done: list[Block] = []
    run: list[Block] = []
    for block in blocks:
        kind = _kind(block)
        if run and (kind is None or not _goes_on(run, block)):
            done += _listed(run)
            run = []
        if kind is None:
            done.append(block)
        else:
            run.append(block)
    return done + _listed(run)


def _kind(block: Block) -> BlockKind | None:
    if block.kind is not BlockKind.PARAGRAPH:
        return None
    if NUMBER.match(block.text):
        return BlockKind.STEPS
    return BlockKind.BULLETS if BULLET.match(block.text) else None


def _goes_on(run: list[Block], block: Block) -> bool:
    last = run[-1]
    if _kind(last) is not _kind(block) or last.page_index != block.page_index:
        return False
    before, here = NUMBER.match(last.text), NUMBER.match(block.text)
    return not (before and here) or int(here[1]) == int(before[1]) + 1


def _listed(run: list[Block]) -> list[Block]:
    if not run:
        return []
    numbered = NUMBER.match(run[0].text)
    if len(run) == 1 and numbered:
        return run
    mark = NUMBER if numbered else BULLET
    items = tuple(mark.sub("", block.text, count=1) for block in run)
    start = int(numbered[1]) if numbered else 1
    kind = BlockKind.STEPS if numbered else BlockKind.BULLETS
    return [replace(run[0], kind=kind, text="", items=items, start=start)]
