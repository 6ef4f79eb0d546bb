"""Row identifiers made by us, so that a ciphertext can be bound to its row before the row exists."""

import itertools
import secrets
from datetime import datetime

_turn = itertools.count()


def new_id(now: datetime) -> str:
    """Return 32 hex digits that sort by time, and within one process and instant by the order of calls.

    60 bits of microseconds, 16 bits of a running number, 52 random bits.
    """
    microseconds = int(now.timestamp() * 1_000_000)
    return f"{microseconds:015x}{next(_turn) & 0xFFFF:04x}{secrets.randbits(52):013x}"
