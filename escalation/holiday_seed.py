"""Seed holidays as dated rows that a person may then edit. The only user of the holidays package."""

from collections.abc import Iterable

import holidays

from escalation.business_hours import CalendarError, Holiday


def seed_holidays(regions: Iterable[str], years: Iterable[int]) -> tuple[Holiday, ...]:
    """Return the public holidays of these regions ("US", "CA-ON") in these years, by date.

    A day kept by two regions comes once for each, with its name there. Raises CalendarError for a region
    that is not known.
    """
    wanted = sorted(set(years))
    rows = {row for region in regions for row in _of_region(region.strip().upper(), wanted)}
    return tuple(sorted(rows))


def _of_region(region: str, years: list[int]) -> Iterable[Holiday]:
    country, _, part = region.partition("-")
    places = holidays.list_supported_countries(include_aliases=False)
    if country not in places or (part and part not in places[country]):
        raise CalendarError(f"no holidays known for region {region!r}; write it like US or CA-ON")
    languages = holidays.list_localized_countries().get(country, [])
    language = f"en_{country}" if f"en_{country}" in languages else None
    found = holidays.country_holidays(country, subdiv=part or None, years=years, language=language)
    return (
        Holiday(day, name, region)
        for day, names in found.items()
        if day.year in years
        for name in names.split("; ")
    )
