"""What a click or a form says: who pressed, where, which button, and what was typed. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from bot.channels.slack.desk import Who

_NUMBER = re.compile(r"HD-\d{1,18}")


def who_of(body: Mapping[str, Any]) -> Who:
    """Return who pressed or sent the form."""
    user, team = body.get("user") or {}, body.get("team") or {}
    return Who(str(user.get("team_id") or team.get("id") or ""), str(user.get("id") or ""))


def action_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the button that was pressed."""
    actions = body.get("actions") or [{}]
    return actions[0] if isinstance(actions[0], dict) else {}


def value_of(body: Mapping[str, Any]) -> str:
    """Return what the button carries; "" for nothing."""
    return str(action_of(body).get("value") or "")


def ticket_of(body: Mapping[str, Any]) -> str:
    """Return the number of the ticket that the button is about; "" for anything else."""
    value = value_of(body)
    return value if _NUMBER.fullmatch(value) else ""


def talk_value(body: Mapping[str, Any]) -> str:
    """Return the request that the message's button for a person names; "" without one."""
    for block in (body.get("message") or {}).get("blocks") or ():
        for element in block.get("elements") or ():
            if element.get("action_id") == "talk_to_person":
                return str(element.get("value") or "")
    return ""


def entered(view: Mapping[str, Any], block: str) -> str:
    """Return what was typed in the form's field, without the white space around it."""
    field = ((view.get("state") or {}).get("values") or {}).get(block) or {}
    return str((field.get("text") or {}).get("value") or "").strip()


def chosen(view: Mapping[str, Any]) -> str:
    """Return what was chosen in the form's list; "" for nothing."""
    field = ((view.get("state") or {}).get("values") or {}).get("choice") or {}
    option = (field.get("choice") or {}).get("selected_option") or {}
    return str(option.get("value") or "")


def channel_of(body: Mapping[str, Any]) -> str:
    """Return the channel of the message with the button; "" where there is none."""
    return str((body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id") or "")


def at_home(body: Mapping[str, Any]) -> bool:
    """Say whether the button is in the Home tab."""
    return (body.get("view") or {}).get("type") == "home"


def source_of(body: Mapping[str, Any]) -> str:
    """Return the same id for the same press, another for another one."""
    action, who = action_of(body), who_of(body)
    container = body.get("container") or {}
    place = str(
        (body.get("message") or {}).get("ts") or container.get("message_ts") or container.get("view_id")
    )
    parts = (
        "slack",
        who.team,
        channel_of(body),
        place,
        who.user,
        action.get("action_id"),
        action.get("action_ts"),
    )
    return ":".join(str(part) for part in parts)[:200]
