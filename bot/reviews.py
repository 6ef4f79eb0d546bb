"""The library's review dates as clocks: an article that should be read again reminds its admins."""

from datetime import datetime, time

from bot.database import reading, transaction
from bot.services import Services
from escalation import plans
from escalation.business_hours import from_wall
from knowledge_base import library

MORNING = time(9, 0)


def sync(services: Services) -> int:
    """Bring the review clocks in line with the library; return how many articles have a date.

    Harmless when repeated: a date that moved starts a new clock, an article that is gone stops its own.
    """
    zone = services.policy.hub_calendar.zone
    with reading(services.engine) as session:
        dates = library.review_dates(session)
    due = {number: from_wall(zone, datetime.combine(day, MORNING)) for number, day in dates.items()}
    with transaction(services.engine) as session:
        plans.review(session, due, services.clock())
    return len(due)
