"""Which zone a page shows, and how it stamps messages and counts down. Pure."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.browser.language import Language
from bot.rendering import times

_LONGEST_ZONE = 64


def zone_from(names: Iterable[str | None], fallback: str) -> str:
    """Return the first of `names` that is an IANA zone, else `fallback`. Any text is safe to pass."""
    for name in names:
        if not name or len(name) > _LONGEST_ZONE or not name.isascii() or name.startswith(("/", ".")):
            continue
        try:
            return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return fallback


def stamped(at: datetime, zone: str, language: Language, now: datetime) -> str:
    """Return an instant as a message is stamped: the hour alone today, else the day and the hour."""
    local, here = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    clock = f"{local:%H:%M}" if language is Language.EN else f"{local.hour} h {local:%M}"
    return clock if local.date() == here.date() else f"{times.day(at, zone, language)}, {clock}"


def until(at: datetime, language: Language, now: datetime) -> str:
    """Return how far off a due time is: "due in 25 min", "overdue 10 min"."""
    span = times.how_long(abs(at - now), language)
    if language is Language.EN:
        return f"due in {span}" if at >= now else f"overdue {span}"
    return f"échéance dans {span}" if at >= now else f"en retard de {span}"
