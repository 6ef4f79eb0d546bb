"""Which paragraphs of a Word document are items, of what list, and with what number in front."""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from knowledge_base.readers.docx_styles import Styles, W, indent_of, value

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_DEEPEST = 8
_CLEAR_INDENT = 100


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands in front of an item: `number` is None for a bullet, `label` the words as printed."""

    list_id: str
    level: int
    number: int | None
    label: str
    indent: int = 0

    def goes_on(self, first: "Mark") -> bool:
        """Say whether this item is of the list that another began: of the same one, or of one inside it."""
        return self.is_inside(first) or (self.level == first.level and self.list_id == first.list_id)

    def is_inside(self, first: "Mark") -> bool:
        """Say whether this item stands below an item of that list."""
        if self.list_id == first.list_id:
            return self.level > first.level
        return self.level > first.level or self.indent > first.indent + _CLEAR_INDENT


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    text: str
    start: int
    indent: int


class Numbering:
    """Counts the items of a document's lists; ask for its paragraphs in order."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        self._levels: dict[str, dict[int, _Level]] = {}
        self._abstract: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._restarted: set[tuple[str, int]] = set()
        for one in () if root is None else root.findall(f"{W}abstractNum"):
            self._levels[one.get(f"{W}abstractNumId") or ""] = _levels(one)
        for one in () if root is None else root.findall(f"{W}num"):
            identity = one.get(f"{W}numId") or ""
            self._abstract[identity] = value(one, "abstractNumId")
            for override in one.findall(f"{W}lvlOverride"):
                start = value(override, "startOverride")
                if start.isdecimal():
                    self._starts[identity, int(override.get(f"{W}ilvl") or 0)] = int(start)

    def mark(self, properties: Any) -> Mark | None:
        """Return the mark of the paragraph with these properties, and count it; None for plain text."""
        applied = self._styles.numbering(properties)
        if applied is None:
            return None
        identity, level = applied[0], min(applied[1], _DEEPEST)
        abstract = self._abstract.get(identity)
        if abstract is None:
            return None
        levels = self._levels.get(abstract, {})
        form = levels.get(level, _Level("bullet", "", 1, 0))
        indent = self._styles.indent(properties, form.indent)
        if form.form in ("bullet", "none"):
            return Mark(identity, level, None, "", indent)
        number = self._next(identity, abstract, level, form)
        return Mark(identity, level, number, _label(form.text, levels, self._counts[abstract]), indent)

    def _next(self, identity: str, abstract: str, level: int, form: _Level) -> int:
        counts = self._counts[abstract]
        override = self._starts.get((identity, level))
        if override is not None and (identity, level) not in self._restarted:
            self._restarted.add((identity, level))
            counts[level] = override
        else:
            counts[level] = counts.get(level, form.start - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        return counts[level]


def _levels(abstract: Any) -> dict[int, _Level]:
    levels = {}
    for one in abstract.findall(f"{W}lvl"):
        start = value(one, "start")
        form = _Level(
            value(one, "numFmt") or "decimal",
            value(one, "lvlText"),
            int(start) if start.isdecimal() else 1,
            indent_of(one.find(f"{W}pPr")) or 0,
        )
        levels[int(one.get(f"{W}ilvl") or 0)] = form
    return levels


def _label(pattern: str, levels: dict[int, _Level], counts: dict[int, int]) -> str:
    def counted(match: re.Match[str]) -> str:
        level = int(match[1]) - 1
        form = levels.get(level)
        return _written(counts.get(level, form.start if form else 1), form.form if form else "decimal")

    return re.sub(r"%([1-9])", counted, pattern).strip()


def _written(number: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        text = ""
        for worth, letters in _ROMAN:
            text += letters * (number // worth)
            number %= worth
        return text.upper() if form == "upperRoman" else text
    return f"{number:02d}" if form == "decimalZero" else str(number)
