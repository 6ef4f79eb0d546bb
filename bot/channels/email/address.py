"""Where a mail goes, as the desk stores it: JSON with the address and the thread's subject."""

import json
import re
from dataclasses import dataclass

_LONGEST_SUBJECT = 250
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x20\x7f]{1,128}@[^\s@<>,;:\"()\\\x00-\x20\x7f]{1,253}")


@dataclass(frozen=True, slots=True)
class Destination:
    """One recipient, and the subject of the conversation."""

    to: str
    subject: str = ""

    def dumps(self) -> str:
        """Return the form that is stored as a thread's address (at most 1,000 characters)."""
        kept = {"to": self.to, "subject": self.subject[:_LONGEST_SUBJECT]}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def read_destination(stored: str) -> Destination | None:
    """Return the destination that was stored, or made of a bare address; None when there is no address in it."""
    to, subject = stored.strip(), ""
    if to.startswith("{"):
        try:
            fields = json.loads(to)
        except ValueError:
            return None
        to, subject = str(fields.get("to", "")), str(fields.get("subject", ""))
    return Destination(to, subject) if _ADDRESS.fullmatch(to) else None
