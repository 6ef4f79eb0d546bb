"""Where a long message says what it asks: a mail tells a story, asks in one line of it, and ends in a signature."""

import re

LONG = 60  # words
_SENTENCE = re.compile(r"(?<=[.!?\u2026])\s+|\n+")
# A greeting, a name, a job and a telephone stand in short lines.
_SHORTEST = 5
_AT_MOST = 3
# A question of so few words says too little without the sentence before it.
_LEANS = 8


def asked_in(text: str) -> str:
    """Return the sentences of a long text that ask something, its last full ones where none does.

    A short text is returned as it is.
    """
    if len(text.split()) <= LONG:
        return text
    sentences = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    asking = [_with_what_is_meant(sentences, at) for at, part in enumerate(sentences) if _asks(part)]
    full = [part for part in sentences if len(part.split()) >= _SHORTEST]
    return " ".join((asking or full or sentences)[-_AT_MOST:])


def _asks(sentence: str) -> bool:
    return sentence.rstrip("\"'”»)] ").endswith("?")


def _with_what_is_meant(sentences: list[str], at: int) -> str:
    """Return a question, with the sentence before it where it is short: "What should she do first?"."""
    leans = len(sentences[at].split()) <= _LEANS and at > 0 and not _asks(sentences[at - 1])
    return f"{sentences[at - 1]} {sentences[at]}" if leans else sentences[at]
