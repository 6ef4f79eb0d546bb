"""What the styles of a Word document say of a paragraph or run, through the styles they are based on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"\A(?:heading|titre|überschrift) ?([1-9])\Z", re.IGNORECASE)
_OFF = frozenset({"0", "false", "off"})


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    base: str
    element: Any


def switched(properties: Any, name: str) -> bool | None:
    """Return whether a property such as bold is on, off, or not mentioned."""
    found = None if properties is None else properties.find(f"{W}{name}")
    return None if found is None else found.get(f"{W}val") not in _OFF


def value(properties: Any, name: str) -> str:
    """Return the value of a property, empty when it is not mentioned."""
    found = None if properties is None else properties.find(f"{W}{name}")
    return "" if found is None else found.get(f"{W}val") or ""


def indent_of(properties: Any) -> int | None:
    """Return how far paragraph properties indent, in twentieths of a point; None when they don't say."""
    found = None if properties is None else properties.find(f"{W}ind")
    told = None if found is None else found.get(f"{W}left") or found.get(f"{W}start")
    return int(told) if told and told.lstrip("-").isdecimal() else None


class Styles:
    """The styles of one document."""

    def __init__(self, element: Any) -> None:
        self._styles: dict[str, _Style] = {}
        self._default = ""
        for style in element.findall(f"{W}style"):
            identity = style.get(f"{W}styleId") or ""
            self._styles[identity] = _Style(value(style, "name"), value(style, "basedOn"), style)
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true", "on"):
                self._default = identity

    def heading_level(self, properties: Any) -> int:
        """Return 1 to 6 for the paragraph properties of a heading, 0 for other text."""
        own = value(properties, "outlineLvl")
        if own.isdecimal():
            return min(int(own) + 1, 6) if int(own) < 9 else 0
        for style in self._line(value(properties, "pStyle")):
            if match := _HEADING.match(style.name):
                return min(int(match[1]), 6)
            level = value(style.element.find(f"{W}pPr"), "outlineLvl")
            if level.isdecimal():
                return min(int(level) + 1, 6) if int(level) < 9 else 0
        return 0

    def named(self, properties: Any, *names: str) -> bool:
        """Say whether a paragraph's style, or one it is based on, has a name beginning so."""
        return any(style.name.lower().startswith(names) for style in self._line(value(properties, "pStyle")))

    def numbering(self, properties: Any) -> tuple[str, int] | None:
        """Return the list and level of a paragraph, from itself or its style; None for plain text."""
        chain = [properties, *(one.element.find(f"{W}pPr") for one in self._line(self.style_of(properties)))]
        found = [numbered for one in chain if one is not None for numbered in one.findall(f"{W}numPr")]
        identity = next((told for one in found if (told := value(one, "numId"))), "")
        level = next((told for one in found if (told := value(one, "ilvl")).isdecimal()), "0")
        return (identity, int(level)) if identity not in ("", "0") else None

    def indent(self, properties: Any, otherwise: int) -> int:
        """Return how far a paragraph is indented by itself or its style, else what its list says."""
        chain = [properties, *(one.element.find(f"{W}pPr") for one in self._line(self.style_of(properties)))]
        return next((told for one in chain if (told := indent_of(one)) is not None), otherwise)

    def style_of(self, properties: Any) -> str:
        """Return the id of a paragraph's style."""
        return value(properties, "pStyle") or self._default

    def says(self, identity: str, name: str) -> bool | None:
        """Return what a style says of a run property such as vanish or bold."""
        for style in self._line(identity):
            told = switched(style.element.find(f"{W}rPr"), name)
            if told is not None:
                return told
        return None

    def worth(self, identity: str, name: str) -> str:
        """Return the value that a style gives a run property such as colour or size."""
        for style in self._line(identity):
            found = value(style.element.find(f"{W}rPr"), name)
            if found:
                return found
        return ""

    def _line(self, identity: str) -> Iterator[_Style]:
        """Yield a style and those that it is based on, nearest first; a circle ends where it closes."""
        seen: set[str] = set()
        while identity in self._styles and identity not in seen:
            seen.add(identity)
            yield self._styles[identity]
            identity = self._styles[identity].base
