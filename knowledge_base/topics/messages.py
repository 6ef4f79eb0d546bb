"""Labelled messages for training: `URGENCY FLAGS TOPIC[,TOPIC] | text`, one a line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LabelledMessage:
    """What somebody wrote, and the topics that answer it, the best first."""

    text: str
    topics: tuple[str, ...]


def read_messages(path: Path) -> Iterator[LabelledMessage]:
    """Yield the messages of a file; lines that begin with # are headings. Raise ValueError on others."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        label, bar, text = line.partition("|")
        parts = label.split()
        if not bar or len(parts) != 3:
            raise ValueError(f"{path}, line {number}: is not 'URGENCY FLAGS TOPIC | text'")
        yield LabelledMessage(text.strip().replace("\\n", "\n"), tuple(parts[2].split(",")))
