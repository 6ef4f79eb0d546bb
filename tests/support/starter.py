"""The starter library's files, read for the tests that hold them to their form."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

STARTER = Path(__file__).resolve().parents[2] / "knowledge_base" / "starter"
SEE_ALSO = {"en": "See also", "fr": "À lire aussi"}

# Numbers that somebody has read at a named source, as digits; add one only together with its source.
CHECKED_NUMBERS = {
    "911",
    "988",
    "18004205805",  # RCMP National Security Information Network
    "18002228477",  # Crime Stoppers, as given by the RCMP in Nova Scotia
    "18334575463",  # British Columbia racist incident helpline
    "18005630808",  # VictimLinkBC
    "18009855990",  # Disaster Distress Helpline (United States)
}
PHONE = re.compile(
    r"""(?<![\w-])(?:
        (?:\+?1[-.\s]?)?\(?[2-9]\d{2}\)?[-.\s]?\d{3}[-.\s]?\d{4}  # whole numbers, with or without marks
      | 1[-.\s]8\d\d[-.\s][A-Z][A-Z-]+                            # numbers spelled as words
      | \d{3}-\d{4}                                               # local numbers
      | [2-9]11 | 9-1-1 | 988                                     # service codes
      | \d{5,6}                                                   # text codes
    )(?![\w-])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class StarterFile:
    """One document of the starter library: its folder's language, its front matter and its text."""

    path: Path
    language: str
    meta: dict[str, Any]
    body: str

    @property
    def name(self) -> str:
        return f"{self.language}/{self.path.stem}"

    def headings(self) -> list[str]:
        return re.findall(r"^## (.+)$", self.body, re.MULTILINE)

    def section(self, heading: str) -> str:
        """Give the text under one `##` heading, without its heading; empty when there is none."""
        match = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", self.body, re.MULTILINE | re.DOTALL)
        return match[1] if match else ""

    def prose(self) -> str:
        """Give the text without what only points elsewhere."""
        return self._without(SEE_ALSO[self.language], "Sources")

    def _without(self, *headings: str) -> str:
        left = self.body
        for heading in headings:
            left = left.replace(f"## {heading}\n{self.section(heading)}", "")
        return left

    def paragraphs(self) -> Iterator[str]:
        """Yield each list item and paragraph of eight words or more, normalised."""
        for line in self.prose().splitlines():
            words = re.sub(r"^(?:[-*>]|\d+\.)\s+|^#+.*", "", line).casefold().split()
            if sum(bool(re.search(r"\w", word)) for word in words) >= 8:
                yield " ".join(words)

    def links(self) -> list[str]:
        """Give the ids of the documents that this one links to, in order."""
        return re.findall(r"\]\(([^)\s:]+)\.md\)", self.body)

    def words(self) -> int:
        """Count the words, sources included, but not the titles of other documents."""
        return sum(bool(re.search(r"\w", word)) for word in self._without(SEE_ALSO[self.language]).split())

    def unchecked_numbers(self) -> set[str]:
        """Give the phone numbers that nobody has read at a source, as digits."""
        text = f"{self.body}\n{self.meta['synonyms']}"
        found = {re.sub(r"[^0-9A-Z]", "", match[0]) for match in PHONE.finditer(text)}
        found = {"1" + number if len(number) == 10 else number for number in found}
        addresses = " ".join(source["address"] for source in self.meta["sources"])
        return found - CHECKED_NUMBERS - set(re.findall(r"\d+", addresses))


@cache
def starter_documents() -> tuple[StarterFile, ...]:
    """Read every document of the starter library, English before French, in name order."""
    found = []
    for language in ("en", "fr"):
        for path in sorted((STARTER / language).glob("*.md")):
            _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
            found.append(StarterFile(path, language, yaml.safe_load(front), body))
    return tuple(found)
