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
from bot.curation.from_ticket import draft_from_ticket
from bot.curation.gaps import GapGroup, Gaps
from bot.curation.gaps import draft as draft_for_gap
from bot.curation.gaps import look as look_for_gaps
from bot.curation.material import take_back as take_back_material
from bot.curation.purging import Purge, Reader, purge, readers_of
from bot.curation.rights import by_of, needs_second, who
from bot.curation.wording import add_synonym, approve, remove_approved, remove_synonym

__all__ = [
    "GapGroup",
    "Gaps",
    "HowToPublish",
    "Published",
    "Purge",
    "Reader",
    "TakenIn",
    "add_synonym",
    "approve",
    "by_of",
    "confirm_match",
    "draft_for_gap",
    "draft_from_ticket",
    "expire",
    "look_for_gaps",
    "needs_second",
    "publish",
    "purge",
    "readers_of",
    "remove_approved",
    "remove_synonym",
    "retire",
    "take_back_material",
    "take_in",
    "who",
    "withdraw",
]
