"""Find what a reader would act on at once: phone numbers, addresses of streets, mail and pages. Pure.

A wrong digit here sends somebody to a stranger's door or a dead line. The net is wide: a fact too many
costs a glance, a fact too few costs more.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class FactKind(StrEnum):
    """The sorts of facts that a change of text points out."""

    PHONE = "phone"
    ADDRESS = "address"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as written. `key` is the same for two ways of writing the same fact."""

    kind: FactKind
    text: str
    key: str


_PHONE = re.compile(
    r"(?<![\w/.-])(?:\+?1[\s.\-\u2011]?)?(?:\(\d{3}\)\s?|\d{3}[\s.\-\u2011])\d{3}[\s.\-\u2011][\dA-Z]{4}(?![\w-])"
    r"|(?<![\w/.-])1[\s.\-\u2011]\d{3}[\s.\-\u2011][\dA-Z-]{7,9}(?![\w-])"
    r"|(?<![\w/.-])\d{10,11}(?![\w-])"
    r"|(?<![\w$/.,:-])(?:[2-9]11|988|112)(?![\w%,.:-]\d|\w)"
    r"|(?<!\w)\*\d{2,4}(?!\w)"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WEB = re.compile(
    r"https?://[^\s<>()\"'\u00bb\u201d]+|(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|org|net|gov|edu|ca|us|info|io|app|example)"
    r"(?:/[^\s<>()\"'\u00bb\u201d,;]*)?(?![\w@-])",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"(?<![\w-])\d{1,6}[A-Za-z]?\s+(?:[NSEW]\.?\s+)?(?:[\w'\u2019.-]+\s+){1,4}?(?:street|st|avenue|ave|road|rd|boulevard|blvd"
    r"|drive|dr|lane|ln|way|court|ct|place|pl|crescent|cres|highway|hwy|parkway|pkwy|terrace|square|sq)\b\.?"
    r"|(?<![\w-])\d{1,6}[A-Za-z]?,?\s+(?:rue|avenue|av\.|boulevard|boul\.|chemin|ch\.|place|mont\u00e9e|rang|route|all\u00e9e|c\u00f4te)"
    r"\s+(?:(?:de|du|des|la|le|les)\s+|[ld]['\u2019])*[\w'\u2019-]+(?:\s+[A-Z\u00c0-\u00dd][\w'\u2019-]*){0,3}"
    r"|(?<!\w)[A-Z]\d[A-Z][ -]?\d[A-Z]\d(?!\w)"
    r"|(?i:\bP\.?\s?O\.?\s+box\s+\d+|\bC\.?\s?P\.?\s+\d+)",
    re.IGNORECASE,
)


def find(text: str) -> tuple[Fact, ...]:
    """Return the facts of a text in order, each as it is written."""
    found: list[tuple[int, Fact]] = []
    taken: list[tuple[int, int]] = []
    for kind, pattern in (
        (FactKind.LINK, _MAIL),
        (FactKind.LINK, _WEB),
        (FactKind.PHONE, _PHONE),
        (FactKind.ADDRESS, _STREET),
    ):
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            written = match.group().rstrip(".,;:")
            taken.append(match.span())
            found.append((match.start(), Fact(kind, written, _key(kind, written))))
    return tuple(fact for _, fact in sorted(found, key=lambda pair: pair[0]))


def changed(old: str, new: str) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """Return the facts that are gone and those that are new, each once."""
    before, after = find(old), find(new)
    return _without(before, after), _without(after, before)


def _without(facts: Iterable[Fact], others: Iterable[Fact]) -> tuple[Fact, ...]:
    known = {(other.kind, other.key) for other in others}
    kept: dict[tuple[FactKind, str], Fact] = {}
    for fact in facts:
        if (fact.kind, fact.key) not in known:
            kept.setdefault((fact.kind, fact.key), fact)
    return tuple(kept.values())


def _key(kind: FactKind, written: str) -> str:
    if kind is FactKind.PHONE:
        digits = re.sub(r"[^0-9A-Z*]", "", written.upper())
        return digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    if kind is FactKind.LINK:
        return re.sub(r"\Ahttps?://(www\.)?|/\Z", "", written.casefold())
    return re.sub(r"[\W_]+", " ", written.casefold()).strip()
