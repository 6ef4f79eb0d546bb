"""What admins do with the library: take in, publish, withdraw, purge; and what follows for the desk.

Every act asks for the right, is one transaction, and leaves a line in the library's history. A withdrawal
reaches the outbox, a purge the old answers, a publication the gaps that waited for it.
"""

from bot.curation.acts import (
    HowToPublish,
    Published,
    TakenIn,
    confirm_match,
    expire,
    publish,
    retire,
    take_in,
    withdraw,
)
from bot.curation.purging import Purge, Reader, purge, readers_of
from bot.curation.rights import by_of, who
from bot.curation.wording import add_synonym, approve, remove_approved, remove_synonym

__all__ = [
    "HowToPublish",
    "Published",
    "Purge",
    "Reader",
    "TakenIn",
    "add_synonym",
    "approve",
    "by_of",
    "confirm_match",
    "expire",
    "publish",
    "purge",
    "readers_of",
    "remove_approved",
    "remove_synonym",
    "retire",
    "take_in",
    "who",
    "withdraw",
]
