"""Instants in plain words, in the reader's zone and language. Pure."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
}
_MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
}
# What people call the clock on their wall; a zone not listed shows its city.
_ZONES = {
    "America/St_Johns": ("Newfoundland time", "heure de Terre-Neuve"),
    "America/Halifax": ("Atlantic time", "heure de l’Atlantique"),
    "America/Moncton": ("Atlantic time", "heure de l’Atlantique"),
    "America/Toronto": ("Eastern time", "heure de l’Est"),
    "America/Montreal": ("Eastern time", "heure de l’Est"),
    "America/New_York": ("Eastern time", "heure de l’Est"),
    "America/Detroit": ("Eastern time", "heure de l’Est"),
    "America/Chicago": ("Central time", "heure du Centre"),
    "America/Winnipeg": ("Manitoba time", "heure du Manitoba"),
    "America/Regina": ("Saskatchewan time", "heure de la Saskatchewan"),
    "America/Denver": ("Mountain time", "heure des Rocheuses"),
    "America/Boise": ("Mountain time", "heure des Rocheuses"),
    "America/Edmonton": ("Alberta time", "heure de l’Alberta"),
    "America/Phoenix": ("Arizona time", "heure de l’Arizona"),
    "America/Los_Angeles": ("Pacific time", "heure du Pacifique"),
    "America/Vancouver": ("British Columbia time", "heure de la Colombie-Britannique"),
    "America/Whitehorse": ("Yukon time", "heure du Yukon"),
    "America/Anchorage": ("Alaska time", "heure de l’Alaska"),
    "Pacific/Honolulu": ("Hawaii time", "heure d’Hawaï"),
    "UTC": ("UTC", "UTC"),
}


def zone_name(zone: str, language: str) -> str:
    """Return what people call the zone's clock."""
    english, french = _ZONES.get(zone, (None, None))
    if english and french:
        return french if language == "fr" else english
    city = zone.rpartition("/")[2].replace("_", " ")
    return f"heure de {city}" if language == "fr" else f"{city} time"


def day(at: datetime, zone: str, language: str) -> str:
    """Return the date in words: 22 November 2026, 22 novembre 2026, 1er décembre 2026."""
    return date_in_words(at.astimezone(ZoneInfo(zone)).date(), language)


def date_in_words(on: date, language: str) -> str:
    """Return a date in words, whatever the zone."""
    month = _MONTHS[_known(language)][on.month - 1]
    number = "1er" if language == "fr" and on.day == 1 else str(on.day)
    return f"{number} {month} {on.year}"


def when(at: datetime, zone: str, language: str, now: datetime) -> str:
    """Return an instant as somebody would say it: today, tomorrow or the day, the hour, the zone."""
    tz = ZoneInfo(zone)
    local, today = at.astimezone(tz), now.astimezone(tz).date()
    clock = f"{local:%H:%M}" if language == "en" else f"{local.hour} h {local:%M}".removesuffix(" 00")
    ahead = (local.date() - today).days
    name = _DAYS[_known(language)][local.weekday()]
    month = _MONTHS[_known(language)][local.month - 1]
    if language == "fr":
        words = {0: "aujourd’hui", 1: "demain", -1: "hier"}.get(ahead)
        number = "1er" if local.day == 1 else str(local.day)
        words = words or (f"{name} {number} {month}")
        return f"{words} à {clock} ({zone_name(zone, language)})"
    words = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(ahead) or f"{name} {local.day} {month}"
    return f"{words} at {clock} {zone_name(zone, language)}"


def by_when(at: datetime, zone: str, language: str, now: datetime) -> str:
    """Return a deadline in words: "today by 16:40 Mountain time", « aujourd’hui avant 16 h 40 (...) »."""
    words = when(at, zone, language, now)
    return words.replace(" à ", " avant ", 1) if language == "fr" else words.replace(" at ", " by ", 1)


def how_long(span: timedelta, language: str) -> str:
    """Return a span in its largest sensible unit: 25 min, 3 h, 2 days."""
    minutes = max(0, round(span.total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    days = minutes // (24 * 60)
    return f"{days} jours" if language == "fr" else f"{days} days"


def _known(language: str) -> str:
    return "fr" if language == "fr" else "en"
