"""The heartbeat: a few periodic one-line jobs, a delivery loop per channel, the mailbox.

Due times are columns, so a missed beat is invisible; every job is idempotent, so two workers are harmless.
"""

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    JobEvent,
    JobExecutionEvent,
)
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from bot import conversation, curation, reviews, safety, selftest, watchdog
from bot.channels.email import mailbox
from bot.channels.email.cursor import DatabaseCursor
from bot.channels.email.intake import Intake
from bot.channels.email.sender import SmtpSender
from bot.conversation import Accepted
from bot.database import reading, transaction
from bot.delivery import announce, digests, loop, nudges, paging
from bot.messages import Inbound
from bot.privacy import retention
from bot.redaction import mask
from bot.services import Services
from bot.tables import SWEEP, Beat, note_beat
from escalation import chains, outbox, plans, reminders, tickets
from escalation.tables import ChannelName
from knowledge_base import language, library, meaning
from knowledge_base.topics import topic_model

LIBRARY = "library"
LIBRARY_SECONDS = 1
SETTLE_SECONDS = 0.25
POLICY_SECONDS = 5
DIGEST_SECONDS = 60
REVIEW_SECONDS = 900
MESSAGES_SECONDS = 2
STALE_SECONDS = 15
RETENTION_SECONDS = 3600
STOP_SECONDS = 5.0
TRIES = 3
LOCK_FAULTS = frozenset({"DeadlockDetected", "LockNotAvailable", "SerializationFailure"})
log = structlog.get_logger()


def beat(services: Services) -> int:
    """Sweep the clocks once and queue what they say; note that the sweep ran. Return how many messages that is.

    A batch is a transaction of its own, so that the sweep never holds up a message that comes in. It sees to what
    had come when it began: what comes meanwhile is the next one's, or a slow machine would never see the end.
    """
    said = 0
    now = services.clock()
    grouped = _in_turn(services, paging.together)  # danger waits for no clock, nor for one that broke
    if grouped:
        log.info("pages told together", action="paging.together", count=grouped)
        services.outbox_ready.set()
    with reading(services.engine) as session:
        busy = chains.due(session, now) or reminders.due(session, now)
        sleepers = tickets.sleepers_due(session, now)
    if sleepers:
        while _in_turn(services, _wake, now):
            services.outbox_ready.set()
    if busy:
        while said_now := _in_turn(services, _escalate, now):
            said += said_now
        while _in_turn(services, _record, now) == reminders.BATCH:
            pass
        while _in_turn(services, _record_plans, now) == reminders.BATCH:
            pass
        while said_now := _in_turn(services, _remind, now):
            said += said_now
    _in_turn(services, _note_the_beat)
    if said:
        services.outbox_ready.set()
        log.info("reminders queued", action="reminders.swept", count=said)
    return said


def _note_the_beat(session: Session, _services: Services, now: datetime) -> int:
    note_beat(session, SWEEP, now)
    return 0


def _escalate(session: Session, services: Services, now: datetime) -> int:
    steps = chains.sweep(session, services.policy, now)
    nudges.enqueue(session, services, steps, now)
    return len(steps)


def _wake(session: Session, services: Services, now: datetime) -> int:
    woken = tickets.wake(session, now)
    announce.enqueue(session, services, woken, now)
    return len(woken)


def _record(session: Session, services: Services, now: datetime) -> int:
    return reminders.record_due(session, services.policy, now)


def _record_plans(session: Session, services: Services, now: datetime) -> int:
    owners = library.review_owners(session)
    return plans.record_due(session, services.policy, now, owners=owners, limit=reminders.BATCH)


def _remind(session: Session, services: Services, now: datetime) -> int:
    notices = reminders.take_out(session, services.policy, now)
    nudges.enqueue(session, services, notices, now)
    return len(notices)


def _in_turn(
    services: Services, work: Callable[[Session, Services, datetime], int], now: datetime | None = None
) -> int:
    """Do one batch in one transaction; where two workers lock each other out, one of them begins again."""
    for attempt in range(TRIES):
        try:
            with transaction(services.engine) as session:
                return work(session, services, now or services.clock())
        except StaleDataError:  # somebody changed a ticket under us: look at it again
            if attempt + 1 == TRIES:
                raise
        except OperationalError as error:
            if attempt + 1 == TRIES or type(error.orig).__name__ not in LOCK_FAULTS:
                raise
    return 0


def send_digests(services: Services) -> int:
    """Queue the morning's digest for those whose working day has begun."""
    queued = _in_turn(services, digests.send)
    if queued:
        services.outbox_ready.set()
    return queued


def release_stale(services: Services) -> int:
    """Give back deliveries whose process died after claiming them."""
    with transaction(services.engine) as session:
        return outbox.release_stale(session, services.clock())


def expire(services: Services) -> None:
    """Take away what has been kept long enough."""
    retention.run(services)


def refresh_library(services: Services) -> bool:
    """Take up what was published or withdrawn elsewhere, and let go of what has expired."""
    if expired := curation.expire(services):
        log.info("documents expired", action="library.expired", count=len(expired))
    refreshed = False
    # Again after each build, during which the library may have changed.
    while services.library.is_behind(services.engine):
        time.sleep(SETTLE_SECONDS)  # who withdraws a text publishes another at once: one index for both
        if not services.library.refresh(services.engine, services.clock()):
            break
        refreshed = True
    return services.library.understand() or refreshed


def refresh_policy(services: Services) -> bool:
    """Take up a policy that was applied elsewhere."""
    return services.policies.refresh(services.engine)


def warm_up() -> None:
    """Load what the first message would otherwise wait for: the safety weights, the patterns, the language model."""
    safety.assess("warm up", language=None)
    mask("warm up")
    language.warm_up()
    meaning.warm_up()
    for tongue in language.SUPPORTED:
        topic_model(tongue)


class Worker:
    """Every thread that works in the background. `start` once, `stop` once.

    With `only_current` it keeps the library and the policy of this process current and does nothing else:
    for a web process beside a worker of its own.
    """

    def __init__(self, services: Services, *, only_current: bool = False) -> None:
        self._services = services
        self._only_current = only_current
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        # A job that runs late runs all the same; one run stands for all that were missed.
        self._scheduler = BackgroundScheduler(
            timezone=dt.UTC,
            # An index may take a minute to build: the clocks don't wait for a thread meanwhile.
            executors={"default": ThreadPoolExecutor(4), LIBRARY: ThreadPoolExecutor(2)},
            job_defaults={"misfire_grace_time": None, "coalesce": True},
        )
        self._scheduler.add_listener(_Failing().note, EVENT_JOB_ERROR | EVENT_JOB_EXECUTED)
        self._scheduler.add_listener(_note_skipped, EVENT_JOB_MAX_INSTANCES)

    def start(self) -> None:
        """Start the jobs and loops. A desk without its key only keeps its library current."""
        services = self._services
        # While one look at the library builds, the next ones find it at work and end at once.
        self._every(LIBRARY_SECONDS, refresh_library, executor=LIBRARY, max_instances=2)
        self._every(POLICY_SECONDS, refresh_policy)
        if self._only_current:
            self._scheduler.start()
            return
        if services.vault is not None:
            self._every(services.settings.heartbeat_seconds, beat)
            self._every(DIGEST_SECONDS, send_digests)
            self._every(DIGEST_SECONDS, selftest.daily)
            self._every(REVIEW_SECONDS, reviews.sync)
            self._thread("watchdog", partial(watchdog.run, services, self._stop))
            self._every(MESSAGES_SECONDS, conversation.sweep)
            self._every(STALE_SECONDS, release_stale)
            self._every(RETENTION_SECONDS, expire)
            for channel in services.senders:
                for urgent_only in (False, True):
                    name = f"deliver-{channel.value}{'-urgent' if urgent_only else ''}"
                    self._thread(
                        name, partial(loop.run, services, channel, self._stop, urgent_only=urgent_only)
                    )
        if services.settings.imap_host:
            self._thread("mailbox", partial(_read_mail, services, self._stop))
        self._scheduler.start()

    def stop(self) -> None:
        """Let what is under way end, then stop; unfinished rows are taken up by the next start."""
        self._stop.set()
        self._services.outbox_ready.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        for thread in self._threads:
            thread.join(STOP_SECONDS)
        if self._only_current:
            return
        with contextlib.suppress(SQLAlchemyError), transaction(self._services.engine) as session:
            if last := session.get(Beat, SWEEP):  # other commands see that nothing runs any more
                session.delete(last)

    def _every(
        self,
        seconds: float,
        job: Callable[[Services], object],
        *,
        executor: str = "default",
        max_instances: int = 1,
    ) -> None:
        self._scheduler.add_job(
            job,
            "interval",
            args=[self._services],
            seconds=seconds,
            executor=executor,
            max_instances=max_instances,
            id=f"{job.__module__}.{job.__name__}",
            next_run_time=self._services.clock(),
        )

    def _thread(self, name: str, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()


def intake(
    services: Services, receive: Callable[[Services, Inbound], Accepted] = conversation.receive
) -> Intake:
    """Return the mail intake of this desk, over this way of receiving a message."""
    sender = services.senders.get(ChannelName.EMAIL)
    vault = services.vault
    return Intake(
        partial(receive, services),
        mailbox=services.settings.email_address or "",
        authserv_id=services.settings.email_authserv_id,
        signed=vault.signed if vault else _nothing_is_ours,
        sender=sender if isinstance(sender, SmtpSender) else None,
    )


def _nothing_is_ours(_purpose: str, _value: str, _mac: str) -> bool:
    return False


def _read_mail(services: Services, stop: threading.Event) -> None:
    settings = services.settings
    cursor = DatabaseCursor(services.engine, settings.imap_user or "", settings.imap_folder)
    connect = partial(mailbox.Mailbox, settings, clock=services.clock)
    mailbox.run(connect, cursor, intake(services), stop)


def _note_skipped(event: JobEvent) -> None:
    """Tell of a job that takes longer than its turn: the run that is under way stands for the next one too."""
    log.debug("job still at work", action="worker.job_at_work", job=event.job_id)


class _Failing:
    """Tell of a job that fails once, and once that it works again: an outage must not bury the log."""

    def __init__(self) -> None:
        self._jobs: dict[str, str] = {}

    def note(self, event: JobExecutionEvent) -> None:
        """Take notice of how a job ended."""
        if event.exception is None:
            if self._jobs.pop(event.job_id, None):
                log.info("job works again", action="worker.job_resumed", job=event.job_id)
            return
        error = type(event.exception).__name__
        if self._jobs.get(event.job_id) == error:
            return
        self._jobs[event.job_id] = error
        # a database that is away needs no traceback; a fault of ours does
        trace = None if isinstance(event.exception, SQLAlchemyError) else event.exception
        log.error("job failed", action="worker.job_failed", job=event.job_id, error=error, exc_info=trace)
