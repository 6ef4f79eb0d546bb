"""Read a stated deadline against the moment the message was sent."""

import re
from datetime import datetime, timedelta

from bot.safety.words import fold

_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "ten": 10,
    "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45, "un": 1, "une": 1, "deux": 2, "trois": 3,
    "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "dix": 10, "quinze": 15, "vingt": 20, "trente": 30, "quarante": 40,
}  # fmt: skip
_DAYS = {
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
    "mon": 0, "tues": 1, "thurs": 3, "fri": 4, "lundi": 0, "mardi": 1, "mercredi": 2, "jeudi": 3, "vendredi": 4, "samedi": 5,
    "dimanche": 6,
}  # fmt: skip
_MONTHS = {
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9,
    "october": 10, "november": 11, "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8,
    "sept": 9, "sep": 9, "oct": 10, "nov": 11, "dec": 12, "janvier": 1, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5,
    "juin": 6, "juillet": 7, "aout": 8, "septembre": 9, "octobre": 10, "novembre": 11, "decembre": 12,
}  # fmt: skip
_COUNT = r"\d{1,3}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True))
_DAY = "|".join(sorted(_DAYS, key=len, reverse=True))
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))

_IN = re.compile(
    rf"\b(?:in|within|dans|d'ici)\s+(?:about |the next |environ )?(?:({_COUNT})\s+)?(half an hour|demi-heure|minutes?|mins?|hours?|hrs?|heures?|days?|jours?|h)\b"
)
_CLOCK = re.compile(
    r"\b(?:at|by|before|until|a|avant|d'ici|vers)\s+(?:(noon|midi)|(midnight|minuit)|(\d{1,2})(?::(\d{2})|\s?h\s?(\d{2})?)?\s*(am|pm|a\.m\.|p\.m\.)?)(?!\d|[/-]\d)"
)
_CLOCK_ALONE = re.compile(
    r"\b(\d{1,2})(?::(\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)|\b(\d{1,2})\s?h\s?(\d{2})?\b|\b(\d{1,2}):(\d{2})\b"
)
# "at six o'clock", "by seven tonight", "à six heures": hours in words, where the words around them say so.
_HOURS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11,
    "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16, "dix-sept": 17, "dix-huit": 18, "dix-neuf": 19, "vingt": 20,
}  # fmt: skip
_SPELLED_HOUR = re.compile(
    rf"\b(at|by|before|until|a|avant|d'ici|vers)\s+({'|'.join(sorted(_HOURS, key=len, reverse=True))})(?:\s*(o'?\s?clock|heures?\b(?! de\b))|(?=\s+(?:am|pm|a\.m|p\.m|sharp|tonight|this evening|tomorrow|ce soir|demain)\b))"
)
_TONIGHT = re.compile(r"\b(tonight|tonite|2nite|this evening|ce soir)\b")
_TODAY = re.compile(
    r"\b(today|this afternoon|end of day|eod|close of business|aujourd'hui|cet apres-midi|fin de (?:la )?journee)\b"
)
_AFTER_TOMORROW = re.compile(r"\b(day after tomorrow|apres-demain|apres demain)\b")
_TOMORROW = re.compile(r"\b(tomorrow|tmrw|tmr|tomorow|tommorow|demain)\b")
_WEEKEND = re.compile(r"\b(this weekend|en fin de semaine|cette fin de semaine)\b")
_WEEKDAY = re.compile(
    rf"\b(?:(last|past|next|on|this|by|before|ce|d'ici|le|until|avant)\s+)?({_DAY})s?\b(?:\s+(prochain|dernier|passe))?"
)
_DATE_EN = re.compile(rf"\b({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*,?\s*\d{{4}})")
_DATE_FR = re.compile(rf"\b(\d{{1,2}})(?:er)?\s+({_MONTH})\b(?!\s+\d{{4}})")
_DATE_ISO = re.compile(r"\b(20\d{2})-(\d{2})-(\d{2})\b")

_EVENING, _END_OF_DAY, _MORNING, _NOON = 19, 17, 9, 12
_LATE = 23


def needed_by(text: str, sent_at: datetime) -> datetime | None:
    """Return the earliest moment after `sent_at` by which the writer says something happens or is due.

    `sent_at` is aware, in the writer's own zone when the caller knows it; the answer has the same zone.
    A day without an hour means its start of business, because help is owed before the event.
    """
    folded = _SPELLED_HOUR.sub(_in_digits, fold(text[:20_000]))
    found = [moment for moment in (_relative(folded, sent_at), _dated(folded, sent_at)) if moment is not None]
    return min(found, default=None)


def _in_digits(match: re.Match[str]) -> str:
    return f"{match[1]} {_HOURS[match[2]]}"


def _relative(text: str, sent_at: datetime) -> datetime | None:
    moments: list[datetime] = []
    for match in _IN.finditer(text):
        number, unit = match.groups()
        count = _NUMBERS.get(number, 0) or int(number) if number else 1
        if "half" in unit or "demi" in unit:
            moments.append(sent_at + timedelta(minutes=30))
        elif unit.startswith("m"):
            moments.append(sent_at + timedelta(minutes=count))
        elif unit.startswith("h"):
            moments.append(sent_at + timedelta(hours=count))
        else:
            moments.append(sent_at + timedelta(days=count))
    return min(moments, default=None)


def _dated(text: str, sent_at: datetime) -> datetime | None:
    clock = _clock(text)
    moments: list[datetime] = []
    for day, hour in _days(text, sent_at):
        at = clock or (hour, 0)
        moment = day.replace(hour=at[0], minute=at[1], second=0, microsecond=0)
        if moment < sent_at and day.date() == sent_at.date() and clock is None:
            moment = sent_at.replace(hour=_LATE, minute=59, second=0, microsecond=0)
        if moment >= sent_at:
            moments.append(moment)
    if not moments and clock is not None and _CLOCK.search(text):
        moment = sent_at.replace(hour=clock[0], minute=clock[1], second=0, microsecond=0)
        if moment >= sent_at:
            moments.append(moment)
    return min(moments, default=None)


def _days(text: str, sent_at: datetime) -> list[tuple[datetime, int]]:
    days: list[tuple[datetime, int]] = []
    if _TONIGHT.search(text):
        days.append((sent_at, _EVENING))
    if _TODAY.search(text):
        days.append((sent_at, _END_OF_DAY))
    later = _AFTER_TOMORROW.search(text)
    if later:
        days.append((sent_at + timedelta(days=2), _MORNING))
    elif _TOMORROW.search(text):
        days.append((sent_at + timedelta(days=1), _MORNING))
    if _WEEKEND.search(text):
        days.append((sent_at + timedelta(days=(5 - sent_at.weekday()) % 7), _MORNING))
    for match in _WEEKDAY.finditer(text):
        before, name, after = match.groups()
        if before in ("last", "past") or after in ("dernier", "passe"):
            continue
        ahead = (_DAYS[name] - sent_at.weekday()) % 7
        if before == "next" or after == "prochain":
            ahead = ahead or 7
        elif (
            before not in ("this", "by", "before", "until", "ce", "d'ici", "avant", "on", "le") and ahead == 0
        ):
            continue
        days.append((sent_at + timedelta(days=ahead), _MORNING))
    for year, month, day in _calendar_dates(text, sent_at):
        try:
            days.append((sent_at.replace(year=year, month=month, day=day), _MORNING))
        except ValueError:
            continue
    return days


def _calendar_dates(text: str, sent_at: datetime) -> list[tuple[int, int, int]]:
    dates = [(int(y), int(m), int(d)) for y, m, d in _DATE_ISO.findall(text)]
    pairs = [(_MONTHS[m], int(d)) for m, d in _DATE_EN.findall(text)]
    pairs += [(_MONTHS[m], int(d)) for d, m in _DATE_FR.findall(text)]
    for month, day in pairs:
        # A date just gone by is history; one far behind is next year's.
        gone = (sent_at.month - month) % 12 <= 5 and (month, day) < (sent_at.month, sent_at.day)
        if not gone:
            dates.append((sent_at.year + ((month, day) < (sent_at.month, sent_at.day)), month, day))
    return dates


def _clock(text: str) -> tuple[int, int] | None:
    match = _CLOCK.search(text)
    if match:
        noon, midnight, hour, minutes, minutes_fr, half = match.groups()
        if noon:
            return _NOON, 0
        if midnight:
            return _LATE, 59
        return _hour(hour, minutes or minutes_fr, half, french="h" in match.group(0)[-4:])
    alone = _CLOCK_ALONE.search(text)
    if alone:
        hour, minutes, half, hour_fr, minutes_fr, hour_24, minutes_24 = alone.groups()
        return _hour(
            hour or hour_fr or hour_24, minutes or minutes_fr or minutes_24, half, french=hour is None
        )
    return None


def _hour(hour: str, minutes: str | None, half: str | None, *, french: bool) -> tuple[int, int] | None:
    value = int(hour)
    if half and half.startswith("p") and value < _NOON:
        value += 12
    elif half and half.startswith("a") and value == _NOON:
        value = 0
    elif not half and not french and 1 <= value <= 7:  # "at 7" in a city's day is the evening
        value += 12
    if value > _LATE or int(minutes or 0) > 59:
        return None
    return value, int(minutes or 0)
