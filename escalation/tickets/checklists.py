"""What is not forgotten on a ticket of a topic: a few lines each, kept as data in both languages."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("checklists.toml")
_ANY = "any"


@dataclass(frozen=True, slots=True)
class Item:
    """One line to tick. `id` is stored with the tick and never changes."""

    id: str
    english: str
    french: str

    def words(self, language: str) -> str:
        """Return the line in that language."""
        return self.french if language == "fr" else self.english


def for_topic(topic: str | None) -> tuple[Item, ...]:
    """Return the checklist of a topic; of one that has none, what holds for any ticket."""
    known = _read()
    return known.get(topic or _ANY, known[_ANY])


@cache
def _read() -> dict[str, tuple[Item, ...]]:
    written = tomllib.loads(_FILE.read_text("utf-8"))
    return {
        topic: tuple(Item(f"{topic}.{one['id']}", one["en"], one["fr"]) for one in items)
        for topic, items in written.items()
    }
