"""The labelled messages: whole mails and chat lines as officials write them, training/messages.<language>.<part>.txt.

A line is `URGENCY FLAGS TOPIC | text`. Flags: d danger, s self-harm, h wants a human, l look-alike, c a subtle
case; `-` for none. Labels follow the same rules as every measurement. Each line is an incident of its own.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

from escalation.sla import Priority


@dataclass(frozen=True, slots=True)
class Labelled:
    """One message and what is true of it."""

    language: str
    text: str
    urgency: Priority
    danger: bool
    self_harm: bool
    wants_human: bool
    look_alike: bool
    subtle: bool

    @property
    def incident(self) -> str:
        """The id by which the message falls on one side of every split."""
        return hashlib.sha256(f"message|{self.text}".encode()).hexdigest()[:12]


def labelled() -> Iterator[Labelled]:
    """Yield every labelled message, file by file; a malformed line raises ValueError and names itself."""
    folder = resources.files("bot.safety").joinpath("training")
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.startswith("messages."):
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
                if line and not line.startswith("#"):
                    yield _parsed(line, file.name.split(".")[1], f"{file.name}:{number}")


def _parsed(line: str, language: str, place: str) -> Labelled:
    head, bar, text = line.partition(" | ")
    parts = head.split()
    if not bar or len(parts) != 3 or set(parts[1]) - set("dshlc-"):
        raise ValueError(f"{place}: a line is 'URGENCY FLAGS TOPIC | text'")
    flags = parts[1]
    return Labelled(
        language,
        text.replace("\\n", "\n").strip(),
        Priority(parts[0]),
        "d" in flags,
        "s" in flags,
        "h" in flags,
        "l" in flags,
        "c" in flags,
    )
