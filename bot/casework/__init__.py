"""What officials and experts do besides writing: ask for a person, claim, reply, note, resolve, rate.

Every act is one transaction, idempotent by `source_id`, and queues whatever must be sent. The right is
asked on every act, because a button may be old.
"""

from bot.casework.card import TicketCard, card_of
from bot.casework.opening import EXPERTS, escalate, open_ticket, suggest
from bot.casework.rating import feedback
from bot.casework.words import LONGEST_REPLY, expert_wrote, note, reply
from bot.casework.work import acknowledge, claim, resolve

__all__ = [
    "EXPERTS",
    "LONGEST_REPLY",
    "TicketCard",
    "acknowledge",
    "card_of",
    "claim",
    "escalate",
    "expert_wrote",
    "feedback",
    "note",
    "open_ticket",
    "reply",
    "resolve",
    "suggest",
]
