"""Patterns that are compiled when they are first used: the address patterns are large, and most
commands of the desk mask nothing."""

import re
from collections.abc import Iterator
from functools import cached_property


class Pattern:
    """A regular expression, compiled at its first use."""

    def __init__(self, source: str, flags: int = 0) -> None:
        self._source = source
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._source, self._flags)

    def finditer(self, text: str, start: int = 0) -> Iterator[re.Match[str]]:
        """Yield every match from `start` on."""
        return self._compiled.finditer(text, start)

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Return the first match from `start` on, or None."""
        return self._compiled.search(text, start)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Return the match that begins at `start`, or None."""
        return self._compiled.match(text, start)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Return the match of the whole text, or None."""
        return self._compiled.fullmatch(text)
