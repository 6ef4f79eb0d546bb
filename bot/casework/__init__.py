"""What officials and experts do besides writing: ask for a person, claim, reply, hand over, resolve, rate ...

Every act is one transaction, idempotent by `source_id`, and queues whatever must be sent. The right is
asked on every act, because a button may be old.
"""

from bot.casework.card import TicketCard, card_of
from bot.casework.ending import cancel, close, rate, resolve
from bot.casework.facts import (
    choose_language,
    set_needed_by,
    set_priority,
    set_service,
    set_topic,
    verify,
)
from bot.casework.helping import monitor, tick, unwatch, watch
from bot.casework.joining import link, merge, split
from bot.casework.opening import EXPERTS, escalate, open_ticket, suggest
from bot.casework.ownership import acknowledge, claim, give_back, hand_over
from bot.casework.rating import feedback
from bot.casework.waiting import ask, resume, snooze, wait_for_official, wait_for_third_party
from bot.casework.words import LONGEST_REPLY, expert_wrote, may_be_sent, note, reply

__all__ = [
    "EXPERTS",
    "LONGEST_REPLY",
    "TicketCard",
    "acknowledge",
    "ask",
    "cancel",
    "card_of",
    "choose_language",
    "claim",
    "close",
    "escalate",
    "expert_wrote",
    "feedback",
    "give_back",
    "hand_over",
    "link",
    "may_be_sent",
    "merge",
    "monitor",
    "note",
    "open_ticket",
    "rate",
    "reply",
    "resolve",
    "resume",
    "set_needed_by",
    "set_priority",
    "set_service",
    "set_topic",
    "snooze",
    "split",
    "suggest",
    "tick",
    "unwatch",
    "verify",
    "wait_for_official",
    "wait_for_third_party",
    "watch",
]
