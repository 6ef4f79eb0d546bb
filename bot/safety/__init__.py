"""See danger before anything else. Pure: no database, no network, no clock.

`assess` runs on every message of every channel before search. `plain_rules` is the same question answered
without the learned weights, for callers to fall back on when `assess` raises.
"""

from bot.safety.assess import assess, plain_rules
from bot.safety.assessment import Assessment, Situation
from bot.safety.last_resort import last_resort
from bot.safety.replies import reply

__all__ = ["Assessment", "Situation", "assess", "last_resort", "plain_rules", "reply"]
