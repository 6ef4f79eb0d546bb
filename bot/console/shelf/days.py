"""A day as people write it."""

from datetime import UTC, date, datetime, time

from bot.browser.transcript import Reader
from bot.rendering import times


def day_of(day: date, reader: Reader) -> str:
    """Return a day in the words of the reader's language."""
    return times.day(datetime.combine(day, time(12), tzinfo=UTC), "UTC", reader.language)
