"""The link in a page: which page it is for, under the desk's own MAC. Pure."""

import re
from collections.abc import Callable

PURPOSE = "pager"
Sign = Callable[[str, str], str]
Signed = Callable[[str, str, str], bool]
_FORM = re.compile(r"([0-9a-f]{32})([0-9a-f]{32})")


def token_for(row_id: str, sign: Sign) -> str:
    """Return the token of the page that is this outbox row."""
    return row_id + sign(PURPOSE, row_id)


def row_of(token: str, signed: Signed) -> str | None:
    """Return the outbox row a token is for, or None when the token is not ours."""
    match = _FORM.fullmatch(token)
    return match[1] if match and signed(PURPOSE, match[1], match[2]) else None
