"""Where a long message says what it asks: a mail tells a story, asks in one line of it, and ends in a signature."""

import re

LONG = 60  # words
_SENTENCE = re.compile(r"(?<=[.!?\u2026])\s+|\n+")
# A greeting, a name, a job and a telephone stand in short lines.
_SHORTEST = 5
_AT_MOST = 3


def asked_in(text: str) -> str:
    """Return the sentences of a long text that ask something, its last full ones where none does; a short text as it is."""
    if len(text.split()) <= LONG:
        return text
    sentences = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    asking = [part for part in sentences if part.rstrip("\"'”»)] ").endswith("?")]
    full = [part for part in sentences if len(part.split()) >= _SHORTEST]
    return " ".join((asking or full or sentences)[-_AT_MOST:])
