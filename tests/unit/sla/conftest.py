"""The policy that the clocks of these tests run under."""

import zoneinfo
from collections.abc import Iterator
from dataclasses import replace

import pytest

from escalation.business_hours import Calendar, force_packaged_zones, parse_hours
from escalation.sla import (
    Cover,
    Policy,
    default_policy,
)
from tests.unit.sla.week import TORONTO


@pytest.fixture(autouse=True, scope="module")
def packaged_zones() -> Iterator[None]:
    before = zoneinfo.TZPATH
    force_packaged_zones()
    yield
    zoneinfo.reset_tzpath(before)
    zoneinfo.ZoneInfo.clear_cache()


@pytest.fixture(scope="module")
def policy(packaged_zones: None) -> Policy:
    """The default policy with night cover, on plain office hours: Monday to Friday 09:00 to 17:00 in Toronto."""
    office = Calendar("hub", TORONTO, parse_hours("Mon-Fri 09:00-17:00"))
    cover = Cover("lead on call", ("pager",))
    return replace(default_policy(), calendars=(office,), out_of_hours=cover)
