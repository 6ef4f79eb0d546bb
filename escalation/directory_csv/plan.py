"""What taking a file would do: one change per line, or every fault at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from escalation.errors import DirectoryError


class What(StrEnum):
    """What a line would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, or worth knowing about it. Lines count from 1, the header among them."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the file and what it would do. `details` are phrases such as "zone: a -> b"."""

    line: int
    what: What
    name: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do. `notes` say what is not kept."""

    kind: str
    changes: tuple[Change, ...]
    notes: tuple[Fault, ...] = ()

    def count(self, what: What) -> int:
        """Return how many lines would do that."""
        return sum(change.what is what for change in self.changes)

    @property
    def empty(self) -> bool:
        """Tell whether taking the file would change nothing."""
        return self.count(What.UNCHANGED) == len(self.changes)


class CsvFaults(DirectoryError):
    """The file can't be taken; nothing was changed. `faults` has all that is wrong, in order of lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__("\n".join(f"line {fault.line}: {fault.text}" for fault in self.faults))
