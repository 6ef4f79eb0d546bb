"""Four workers over one PostgreSQL reach the same moment together: none fails, and one row is what comes of it."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import update

from bot import reviews, worker
from bot.database import reading, transaction
from bot.privacy import retention
from bot.services import Services
from bot.tables import Beat
from escalation.sla import Target
from escalation.tables import Clock
from knowledge_base.tables import Document
from tests.support.desk import Desk, DeskFactory

pytestmark = pytest.mark.postgresql
WORKERS = 4


@pytest.fixture
def desk(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with DeskFactory(tmp_path_factory.mktemp("together"), postgresql_server).desk() as made:
        yield made


def together(desk: Desk, work: Callable[[Services], object], table: str) -> None:
    """Let every worker read the table before any of them may write to it."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = cast(:name AS regclass)")
    with ThreadPoolExecutor(WORKERS) as workers:
        with transaction(desk.services.engine) as session:
            session.connection().execute(text(f"LOCK TABLE {table} IN SHARE MODE"))
            done = [workers.submit(work, desk.services) for _ in range(WORKERS)]
            ends = time.monotonic() + 1.2  # they give up on a lock after a second and a half
            while time.monotonic() < ends:
                with reading(desk.services.engine) as other:
                    if other.connection().execute(waiting, {"name": table}).scalar_one() == WORKERS:
                        break
        for future in done:
            future.result()


def test_review_clocks_are_started_once(desk: Desk) -> None:
    with transaction(desk.services.engine) as session:
        session.connection().execute(update(Document).values(review_date=date(2026, 11, 24)))
    together(desk, reviews.sync, "clock")
    started = [clock.subject_id for clock in desk.rows(Clock) if clock.target is Target.REVIEW]
    assert sorted(started) == sorted(document.id for document in desk.rows(Document))


@pytest.mark.parametrize(("work", "name"), [(retention.run, retention.LAST_RUN), (worker.beat, worker.SWEEP)])
def test_a_first_beat_is_noted_once(desk: Desk, work: Callable[[Services], object], name: str) -> None:
    together(desk, work, "beat")
    assert [beat.at for beat in desk.rows(Beat) if beat.name == name] == [desk.clock.now]
