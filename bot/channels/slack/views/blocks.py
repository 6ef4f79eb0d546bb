"""The smallest things a post or a form is made of, each within what Slack allows it.

Slack's SDK checks none of its limits for plain dicts: sections of 3,000 characters, 50 blocks and about
13,000 characters a message.
"""

import re
from typing import Any

from bot.channels.slack import markup
from bot.channels.slack.wording import Wording, wording
from bot.messages import Action

Block = dict[str, Any]

SECTION = 2900  # of 3,000: an escape more or less must not matter
LABEL = 75
BUTTONS_A_BLOCK = 25
NUMBER = re.compile(r"\bHD-\d+\b")


def section(text: str) -> Block:
    """Return a section of ready mrkdwn. `verbatim` keeps Slack from reading mentions into it."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def context(text: str) -> Block:
    """Return a line of small print of ready mrkdwn."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def plain(text: str, limit: int) -> Block:
    """Return words without markup, no longer than Slack takes there."""
    return {"type": "plain_text", "text": markup.shortened(text, limit), "emoji": False}


def button(action: Action, *, style: str | None = None, language: str | None = None) -> Block:
    """Return a button whose spoken label makes sense without the card around it."""
    element: Block = {
        "type": "button",
        "action_id": action.name,
        "text": {"type": "plain_text", "text": markup.shortened(action.label, LABEL), "emoji": False},
        "accessibility_label": markup.shortened(_spoken(action), LABEL),
    }
    if action.name == "open":
        element["url"] = action.value
    else:
        element["value"] = action.value
    if action.name == "unsafe":
        element["confirm"] = _are_you_sure(wording(language))
    if style:
        element["style"] = style
    return element


def _are_you_sure(words: Wording) -> Block:
    return {
        "title": plain(words.unsafe, 100),
        "text": plain(words.unsafe_sure, 300),
        "confirm": plain(words.unsafe_stop, 30),
        "deny": plain(words.cancel, 30),
        "style": "danger",
    }


def _spoken(action: Action) -> str:
    return f"{action.label}: {action.value}" if NUMBER.fullmatch(action.value) else action.label
