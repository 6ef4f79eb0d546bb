"""Lines of PDF pages to blocks: headings, paragraphs, lists. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from knowledge_base.documents import Block, BlockKind
from knowledge_base.readers.footnotes import footnote_blocks
from knowledge_base.readers.pdf_headings import BULLET, Heading, OutlineEntry, find_headings, largest_words
from knowledge_base.readers.pdf_notes import Note, without_notes
from knowledge_base.readers.pdf_page import Line, Page, body_size, without_running_lines
from knowledge_base.readers.pdf_tables import Table, find_tables

_LEADER = re.compile(r"(?:\. ?){5,}|\u2026{2,}|(?:_ ?){8,}")
_NUMBER = re.compile(r"\A\(?(\d{1,3})[.)]\s+(?=\S)")
_SENTENCE_ENDS = (".", "!", "?", ":", ";", "\u2026", "\u00bb", '"', "\u201d", ")")
_SENTENCE_START = re.compile(r"(?<=[.!?\u2026])\s+(?=[^\W\d_a-z])")
_HYPHENS = ("-", "\u2010", "\u00ad")
_LONGEST_WORD = 60
_BROKEN_WORD = re.compile(r"([^\W\d_]{2,})[-\u2010\u00ad]\Z")


@dataclass(frozen=True, slots=True)
class Layout:
    """Blocks in reading order, and the largest words of the first page as a title."""

    blocks: tuple[Block, ...]
    title: str


def lay_out(pages: Sequence[Page], outline: Sequence[OutlineEntry]) -> Layout:
    """Turn the lines of all pages into blocks."""
    title = largest_words(pages)
    pages = without_running_lines(pages)
    pages, notes = without_notes(pages, body_size(pages))
    # A line of a table of contents is left out: its words stand again over their section.
    pages = [
        replace(page, lines=tuple(line for line in page.lines if not _LEADER.search(line.text)))
        for page in pages
    ]
    tables = {place: table for page in pages for place, table in find_tables(page.lines).items()}
    rows = {id(line) for table in tables.values() for line in table.lines}
    running = [
        replace(page, lines=tuple(line for line in page.lines if id(line) not in rows)) for page in pages
    ]
    headings = find_headings(running, outline, body_size(pages))
    vocabulary = _vocabulary(pages)
    labels = {page.index: page.label for page in pages}
    blocks = list(_blocks(pages, headings, tables, outline, vocabulary))
    blocks += _note_blocks(notes, vocabulary, [block.text for block in blocks])
    blocks = [replace(block, page_label=labels.get(block.page_index or 0)) for block in blocks]
    return Layout(tuple(blocks), title)


def _note_blocks(notes: Sequence[Note], vocabulary: frozenset[str], texts: Sequence[str]) -> Iterator[Block]:
    """Yield the footnotes under a heading of their own, those of a page as one list."""
    for page, held in groupby(notes, key=lambda note: note.page):
        blocks = footnote_blocks([_joined(note.lines, vocabulary) for note in held], texts)
        # One heading for all.
        yield from (replace(block, page_index=page) for block in blocks[0 if page == notes[0].page else 1 :])


def _vocabulary(pages: Sequence[Page]) -> frozenset[str]:
    """Return the words inside lines, to tell a hyphen of the word from one of the line end."""
    return frozenset(
        word.strip(".,;:()\"'").casefold()
        for page in pages
        for line in page.lines
        for word in line.text.split()[:-1]
    )


def _blocks(
    pages: Sequence[Page],
    headings: dict[int, Heading],
    tables: dict[int, Table],
    outline: Sequence[OutlineEntry],
    vocabulary: frozenset[str],
) -> Iterator[Block]:
    placed = {(heading.text, heading.page) for heading in headings.values()}
    gap = _usual_gap(pages)
    current: list[Line] = []
    for page in pages:
        for entry in outline:
            # Named by the outline but not printed: it stands over the whole page.
            if entry.page == page.index and (entry.title, entry.page) not in placed:
                yield from _flush(current, vocabulary)
                current = []
                yield Block(BlockKind.HEADING, entry.title, level=entry.level, page_index=page.index)
        rows: set[int] = set()
        for line in page.lines:
            table = tables.get(id(line))
            if table is not None:
                yield from _flush(current, vocabulary)
                current = []
                rows.update(map(id, table.lines))
                yield Block(BlockKind.TABLE, items=table.rows, page_index=page.index)
            if id(line) in rows:
                continue
            heading = headings.get(id(line))
            if heading is not None:
                yield from _flush(current, vocabulary)
                current = []
                if heading.text:
                    yield Block(BlockKind.HEADING, heading.text, level=heading.level, page_index=page.index)
                continue
            if current and _breaks(current[-1], line, gap):
                yield from _flush(current, vocabulary)
                current = []
            current.append(line)
    yield from _flush(current, vocabulary)


def _usual_gap(pages: Sequence[Page]) -> float:
    """Return the usual distance between lines, in units of the type's size."""
    gaps: Counter[float] = Counter()
    for page in pages:
        for above, below in zip(page.lines, page.lines[1:], strict=False):
            if above.size == below.size and 0 < above.y - below.y < above.size * 3:
                gaps[round((above.y - below.y) / above.size, 1)] += 1
    return gaps.most_common(1)[0][0] if gaps else 1.2


def _breaks(above: Line, below: Line, gap: float) -> bool:
    """Say whether a new paragraph or list begins between two lines."""
    marked = bool(BULLET.match(below.text) or _NUMBER.match(below.text))
    if above.page != below.page:
        return not marked and (above.text.endswith(_SENTENCE_ENDS) or below.text[:1].isupper())
    down = above.y - below.y
    if down <= 0:
        # The top of the next column: the paragraph may go on there.
        return not marked and above.text.endswith(_SENTENCE_ENDS)
    if abs(above.size - below.size) > above.size * 0.12:
        return True
    wide = down > above.size * gap * 1.35 + 0.5
    # A gap between items is no end of the list.
    return wide and not marked


def _flush(lines: Sequence[Line], vocabulary: frozenset[str]) -> Iterator[Block]:
    """Yield the blocks of lines that belong together: a paragraph, lists, or both in turn."""
    runs: list[tuple[str, int, list[Line]]] = []
    for line in lines:
        number = _NUMBER.match(line.text)
        bullet = BULLET.match(line.text)
        expected = runs[-1][1] + 1 if runs and runs[-1][0] == "number" else 1
        if number and int(number[1]) in (expected, 1):
            runs.append(("number", int(number[1]), [replace(line, text=line.text[number.end() :])]))
        elif bullet:
            runs.append(("bullet", 0, [replace(line, text=line.text[bullet.end() :])]))
        elif runs and not _ends_list(runs[-1], line):
            runs[-1][2].append(line)
        else:
            runs.append(("text", 0, [line]))
    yield from _listed(runs, vocabulary)


def _ends_list(run: tuple[str, int, list[Line]], line: Line) -> bool:
    """Say whether a line leaves the list item before it: it starts left of the item's text."""
    kind, _, lines = run
    if kind == "text":
        return False
    if len(lines) > 1:
        return (
            line.page == lines[-1].page
            and line.x < lines[1].x - 2
            and lines[-1].text.endswith(_SENTENCE_ENDS)
        )
    return line.page == lines[0].page and line.x < lines[0].x - 2


def _listed(runs: Sequence[tuple[str, int, list[Line]]], vocabulary: frozenset[str]) -> Iterator[Block]:
    place = 0
    while place < len(runs):
        kind, start, lines = runs[place]
        page = lines[0].page
        end = place + 1
        while kind != "text" and end < len(runs) and _goes_on(runs[end - 1], runs[end]):
            end += 1
        if kind == "text":
            yield from _paragraphs(lines, vocabulary)
        else:
            texts = tuple(text for _, _, held in runs[place:end] if (text := _joined(held, vocabulary)))
            listed = len(texts) > 1 or start > 1
            if kind == "number" and texts and listed:
                yield Block(BlockKind.STEPS, items=texts, start=start, page_index=page)
            elif kind == "number" and texts:
                yield Block(BlockKind.PARAGRAPH, f"{start}. {texts[0]}", page_index=page)
            elif texts:
                yield Block(BlockKind.BULLETS, items=texts, page_index=page)
        place = end


def _goes_on(item: tuple[str, int, list[Line]], following: tuple[str, int, list[Line]]) -> bool:
    """Say whether two items are of one list and page; a citation names the page of its item."""
    if item[0] != following[0] or item[2][0].page != following[2][0].page:
        return False
    return item[0] == "bullet" or following[1] == item[1] + 1


def _paragraphs(lines: Sequence[Line], vocabulary: frozenset[str]) -> Iterator[Block]:
    """Yield a paragraph, one block a page; a sentence that runs over stays where it began."""
    pages = [list(held) for _, held in groupby(lines, key=lambda line: line.page)]
    texts = [_joined(held, vocabulary) for held in pages]
    for place in range(len(texts) - 1):
        if texts[place].endswith(_SENTENCE_ENDS):
            continue
        rest = _SENTENCE_START.search(texts[place + 1])
        cut = rest.start() if rest else len(texts[place + 1])
        head, texts[place + 1] = texts[place + 1][:cut].strip(), texts[place + 1][cut:].strip()
        broken = _broken(texts[place])
        texts[place] = (
            f"{texts[place][: broken.end(1)]}{head}" if broken else f"{texts[place]} {head}".strip()
        )
    for held, text in zip(pages, texts, strict=True):
        if text:
            yield Block(BlockKind.PARAGRAPH, text, page_index=held[0].page)


def _joined(lines: Sequence[Line], vocabulary: frozenset[str]) -> str:
    """Join lines to running text, words broken at line ends made whole."""
    text = ""
    for line in lines:
        broken = _broken(text)
        following = line.text.split(" ", 1)[0]
        if broken and following[:1].islower():
            compound = f"{broken[1]}-{following}".strip(".,;:()\"'").casefold()
            whole = compound.replace("-", "")
            keeps = compound in vocabulary and whole not in vocabulary
            text = text[: broken.end(1)] + ("-" if keeps else "") + line.text
        elif text:
            text += " " + line.text
        else:
            text = line.text
    return text.replace("\u00ad", "").strip()


def _broken(text: str) -> re.Match[str] | None:
    """Return the word that is broken at the end of a text, if one is."""
    return _BROKEN_WORD.search(text, max(0, len(text) - _LONGEST_WORD)) if text.endswith(_HYPHENS) else None
