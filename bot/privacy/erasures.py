"""The list of erasures as a file beside the data: it outlives the database that a backup replaces."""

import json
import os
from datetime import datetime
from pathlib import Path

from escalation.erasure import Erased


def write(path: Path, erased: Erased) -> None:
    """Add one erasure, by number alone, and wait until it is on the disk."""
    line = json.dumps(
        {
            "id": erased.id,
            "person_id": erased.person_id,
            "data_keys": list(erased.data_keys),
            "person_gone": erased.person_gone,
            "erased_at": erased.erased_at.isoformat(),
        }
    )
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="ascii") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> tuple[Erased, ...]:
    """Return the erasures of a file; none when there is no file. Raise ValueError for a line that is not one.

    A last line that was cut off while it was written counts for nothing: its erasure was never committed.
    """
    try:
        text = path.read_text("ascii")
    except FileNotFoundError:
        return ()
    complete = text if text.endswith("\n") else text[: text.rfind("\n") + 1]
    return tuple(_read(line) for line in complete.splitlines() if line.strip())


def _read(line: str) -> Erased:
    try:
        fields = json.loads(line)
        return Erased(
            id=str(fields["id"]),
            person_id=int(fields["person_id"]),
            data_keys=tuple(str(key) for key in fields["data_keys"]),
            person_gone=bool(fields["person_gone"]),
            erased_at=datetime.fromisoformat(fields["erased_at"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("a line of the list of erasures can't be read") from error
