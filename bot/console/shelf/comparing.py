"""What a version changed, ready to be drawn."""

import re
from dataclasses import dataclass

from bot.console.texts.library import LibraryTexts
from knowledge_base.library import Comparison, Mark


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line; `hot` for a phone number, address or link that changed."""

    text: str
    hot: bool


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a comparison. `said` tells a screen reader what the colour says."""

    mark: str
    pieces: tuple[Piece, ...]
    said: str


@dataclass(frozen=True, slots=True)
class ChangePart:
    """A comparison, ready to be drawn."""

    title: str
    same: bool
    gone: tuple[tuple[str, str], ...]
    new: tuple[tuple[str, str], ...]
    attributes: tuple[tuple[str, str, str], ...]
    lines: tuple[DiffLine, ...]


def change_of(comparison: Comparison, t: LibraryTexts, before: int | None, after: int) -> ChangePart:
    """Return a comparison with its title and the words of its marks."""
    title = t.changed_title.format(old=before, new=after) if before else t.first_version.format(new=after)
    return ChangePart(
        title=title,
        same=comparison.same,
        gone=tuple((t.fact_kinds[fact.kind.value], fact.text) for fact in comparison.gone) if before else (),
        new=tuple((t.fact_kinds[fact.kind.value], fact.text) for fact in comparison.new),
        attributes=tuple(
            (t.about.get(one.name, one.name.replace("_", " ")), one.old or "-", one.new or "-")
            for one in comparison.attributes
        ),
        lines=tuple(
            DiffLine(
                mark={Mark.GONE: "gone", Mark.NEW: "new", Mark.CUT: "cut"}.get(line.mark, "same"),
                pieces=_pieces(line.text, line.facts),
                said={Mark.GONE: t.line_gone, Mark.NEW: t.line_new}.get(line.mark, ""),
            )
            for line in comparison.lines
        ),
    )


def _pieces(text: str, facts: tuple[str, ...]) -> tuple[Piece, ...]:
    if not facts:
        return (Piece(text, hot=False),)
    parts = re.split("(" + "|".join(map(re.escape, facts)) + ")", text)
    return tuple(Piece(part, hot=bool(place % 2)) for place, part in enumerate(parts) if part)
