"""What a directory gives out itself: its lines and addresses must survive."""

import functools
import re

_PART = re.compile(r"[,;()\n]")
_NUMBER = re.compile(r"\+?\d[\d .()/-]{8,18}\d")
_STREET = re.compile(r"\d{1,6}[A-Za-z]? [^\W\d]")


@functools.lru_cache(maxsize=4)
def official_in(lines: tuple[str, ...]) -> frozenset[str]:
    """Return each line, and the numbers and street addresses in it by themselves, for `mask(official=...)`.

    Nothing else of a line: a city or a postal code that stood alone would let every address there through.
    """
    parts = (part.strip() for line in lines for part in _PART.split(line))
    streets = (part for part in parts if _STREET.match(part))
    return frozenset((*lines, *streets, *(number for line in lines for number in _NUMBER.findall(line))))
