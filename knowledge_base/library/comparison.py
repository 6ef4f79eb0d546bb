"""What changed between two versions of a document: lines, attributes, and the facts people act on. Pure."""

import datetime as dt
import difflib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

from knowledge_base.documents import Attributes, Block, BlockKind, Source, StructuredDocument
from knowledge_base.library import facts
from knowledge_base.library.facts import Fact

_CONTEXT = 2


class Mark(StrEnum):
    """What became of a line."""

    GONE = "-"
    NEW = "+"
    SAME = " "
    CUT = "…"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison. `facts` are the changed phone numbers, addresses and links in it."""

    mark: Mark
    text: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """An attribute that changed, as people read it."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs. `gone` and `new` are phone numbers, addresses and links, each once."""

    lines: tuple[Line, ...] = ()
    attributes: tuple[Changed, ...] = ()
    gone: tuple[Fact, ...] = ()
    new: tuple[Fact, ...] = ()

    @property
    def same(self) -> bool:
        """Tell whether nothing differs."""
        return not (self.lines or self.attributes)

    @property
    def risky(self) -> bool:
        """Tell whether a phone number, an address or a link changed."""
        return bool(self.gone or self.new)


def compare(old: StructuredDocument | None, new: StructuredDocument) -> Comparison:
    """Compare two versions; with no old one, everything is new."""
    before = readable(old) if old else ()
    after = readable(new)
    groups = _groups(before, after)
    # Only what changed is compared: 911 on one line must not hide that it is gone from another.
    removed = [
        text for group in groups for tag, i1, i2, _, _ in group if tag != "equal" for text in before[i1:i2]
    ]
    added = [
        text for group in groups for tag, _, _, j1, j2 in group if tag != "equal" for text in after[j1:j2]
    ]
    told, tells = tuple(_told(old)), tuple(_told(new))
    removed += [text for text in told if text not in tells]
    added += [text for text in tells if text not in told]
    gone, fresh = facts.changed("\n".join(removed), "\n".join(added))
    hot = {fact.key for fact in (*gone, *fresh)}
    return Comparison(
        lines=tuple(_lines(groups, before, after, hot)),
        attributes=_attributes(old, new),
        gone=gone,
        new=fresh,
    )


def readable(document: StructuredDocument) -> tuple[str, ...]:
    """Return a document's text as lines, a heading marked by #, an item by its number or a dash."""
    return tuple(line for block in document.blocks for line in _block(block))


def _block(block: Block) -> Iterator[str]:
    match block.kind:
        case BlockKind.HEADING:
            yield f"{'#' * max(block.level, 1)} {block.text}"
        case BlockKind.STEPS:
            for number, item in enumerate(block.items, block.start):
                yield from f"{number}. {item}".splitlines()
        case BlockKind.BULLETS:
            for item in block.items:
                yield from f"- {item}".splitlines()
        case BlockKind.TABLE:
            for row in block.items:
                yield from row.splitlines()
        case _:
            yield from block.text.splitlines()


_Opcode = tuple[str, int, int, int, int]


def _groups(before: tuple[str, ...], after: tuple[str, ...]) -> list[list[_Opcode]]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return [list(group) for group in matcher.get_grouped_opcodes(_CONTEXT)]


def _lines(
    groups: list[list[_Opcode]], before: tuple[str, ...], after: tuple[str, ...], hot: set[str]
) -> Iterator[Line]:
    for group in groups:
        if group[0][1] > 0 or group[0][3] > 0:
            yield Line(Mark.CUT, "")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (Line(Mark.SAME, text) for text in before[i1:i2])
                continue
            yield from (Line(Mark.GONE, text, _hot(text, hot)) for text in before[i1:i2])
            yield from (Line(Mark.NEW, text, _hot(text, hot)) for text in after[j1:j2])


def _hot(text: str, hot: set[str]) -> tuple[str, ...]:
    return tuple(fact.text for fact in facts.find(text) if fact.key in hot)


def _attributes(old: StructuredDocument | None, new: StructuredDocument) -> tuple[Changed, ...]:
    if old is None:
        return ()
    found = [Changed("title", old.title, new.title)] if old.title != new.title else []
    for one in fields(Attributes):
        before, after = getattr(old.attributes, one.name), getattr(new.attributes, one.name)
        if before != after:
            found.append(Changed(one.name, said(before), said(after)))
    return tuple(found)


def _told(document: StructuredDocument | None) -> Iterator[str]:
    """Yield what attributes say that somebody may act on."""
    if document is None:
        return
    about = document.attributes
    yield from (about.phone, about.source_address, about.organisation)
    yield from (source.address for source in about.sources)


def said(value: object) -> str:
    """Return an attribute's value as one line."""
    if isinstance(value, tuple):
        return ", ".join(said(part) for part in value)
    if isinstance(value, Source):
        return " ".join(filter(None, (value.name, value.address, value.read_by)))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return value.isoformat()
    return "" if value is None else str(value)
