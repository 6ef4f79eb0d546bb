"""The one way in for every message of every channel: `accept`, then `handle`.

`accept` is one short transaction; whoever called it may acknowledge when it returns. `handle` answers
what was accepted, in one transaction of its own, and may run any number of times.
"""

from bot.checking import assess
from bot.conversation.accepted import Accepted, NotAccepted
from bot.conversation.accepting import accept
from bot.conversation.handling import handle, sweep
from bot.conversation.receiving import receive, receive_and_answer

__all__ = [
    "Accepted",
    "NotAccepted",
    "accept",
    "assess",
    "handle",
    "receive",
    "receive_and_answer",
    "sweep",
]
