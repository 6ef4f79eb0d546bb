"""Instants as whole microseconds since 1970 UTC: exact, and quick to compare and search."""

from datetime import UTC, date, datetime, timedelta

MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def micros(at: datetime) -> int:
    """Return the instant as a number. Raises ValueError for a naive datetime."""
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone; give an aware datetime")
    return (at - _EPOCH) // MICROSECOND


def instant(number: int) -> datetime:
    """Return the number as an aware UTC datetime."""
    return _EPOCH + timedelta(microseconds=number)


def epoch_midnight(day: int) -> int:
    """Return 00:00 UTC of the date with this ordinal."""
    return (day - _EPOCH_ORDINAL) * DAY
