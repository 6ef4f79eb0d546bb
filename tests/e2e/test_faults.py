"""Real processes, real deaths: nothing promised is lost, nobody is told twice but where the kill fell in between.

Shortened here; in full (200 kills): HELPDESK_EVERY_STEP=1 ./helpdesk test tests/e2e/test_faults.py
"""

import collections
import itertools
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text, update
from sqlmodel import col, func, select

from bot import casework, conversation, promises
from bot.app import real_clock
from bot.channels.email.sender import SmtpSender
from bot.database import reading, transaction
from bot.policies import Policies
from bot.worker import Worker, beat
from escalation import directory, policy_store
from escalation.access import OPERATOR
from escalation.kinds import (
    ChannelName,
    IdentityKind,
    Lane,
    OutboxState,
    PolicyOrigin,
    ReminderState,
    TicketState,
)
from escalation.sla import Target, load_policy, write_policy
from escalation.sla.policy import Duration, Step
from escalation.tables import Chain, Clock, Identity, OutboxMessage, Reminder, Ticket, TicketEvent
from escalation.tickets import number_of
from tests.support.desk import EXPERT, OTHER_EXPERT, Desk, DeskFactory, RecordingSender
from tests.support.process import ROOT
from tests.support.smtp_sink import SmtpSink, smtp_sink

IN_FULL = bool(os.environ.get("HELPDESK_EVERY_STEP"))
# On two busy cores their own writes and waits run into limits: they need the machine to themselves.
_PROCESSES = pytest.mark.skipif(not IN_FULL, reason="run alone, in full: HELPDESK_EVERY_STEP=1")
KILLS = 200 if IN_FULL else 6
GONE_SECONDS = 60.0 if IN_FULL else 3.0
DOXED = "someone posted my home address on telegram, what do I do first"
DANGER = "there is a man with a gun at my door right now"
SECOND = timedelta(seconds=1)


def in_seconds(desk: Desk) -> str:
    """Return the desk's policy with its urgent targets in seconds, round the clock."""
    policy = desk.services.policy
    quick = [Duration(n * SECOND) for n in (4, 8, 8, 3, 30)]
    rules = tuple(
        replace(
            rule,
            acknowledge=quick[0],
            first_response=quick[1],
            next_response=quick[2],
            repeat=quick[3],
            rearm=quick[4],
            chain=(Step("experts", SECOND, 2),) if rule.chain else (),
        )
        if rule.priority.urgent
        else rule
        for rule in policy.rules
    )
    text = write_policy(replace(policy, rules=rules))
    return text.replace("Mon-Fri 09:00-20:00", "Mon-Sun 00:00-24:00")


@contextmanager
def mailing(desks: DeskFactory, folder: Path, sink: SmtpSink) -> Iterator[tuple[Desk, dict[str, str]]]:
    """Yield a desk on the real clock whose experts have a mailbox, and the settings its workers run with."""
    with desks.desk() as desk:
        policy = folder / "policy.toml"
        policy.write_text(in_seconds(desk))
        settings = desk.services.settings
        (folder / "empty.env").touch()
        environ = {
            "HELPDESK_ENV_FILE": str(folder / "empty.env"),
            "HELPDESK_DATA_DIR": str(settings.data_dir),
            "HELPDESK_KEY_FILE": str(settings.key_path),
            "HELPDESK_POLICY_FILE": str(policy),
            "HELPDESK_HEARTBEAT_SECONDS": "0.2",
            "EMAIL_ADDRESS": "desk@example.org",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(sink.port),
            "SMTP_SECURITY": "none",
        }
        if settings.database_url:
            environ["HELPDESK_DATABASE_URL"] = settings.database_url.get_secret_value()
        with transaction(desk.services.engine) as session:
            for person_id in (EXPERT, OTHER_EXPERT):
                person = directory.get_person(session, person_id)
                person.demonstration = False
                session.add(person)
                address = f"person{person_id}@example.org"
                session.add(Identity(person_id=person_id, kind=IdentityKind.EMAIL, external_id=address))
            saved = policy_store.save(session, policy.read_text(), PolicyOrigin.FILE, real_clock())
        senders = {**desk.services.senders, ChannelName.EMAIL: RecordingSender()}
        desk.services = replace(desk.services, clock=real_clock, senders=senders, policies=Policies(saved))
        yield desk, environ


def settle(desk: Desk) -> None:
    """Plan nothing any more, and wait until what is on its way has arrived."""
    with transaction(desk.services.engine) as session:
        for clock in session.exec(select(Clock)).all():
            clock.next_point_at = None
            session.add(clock)
        for chain in session.exec(select(Chain)).all():
            chain.next_at, chain.stopped_at = None, real_clock()
            session.add(chain)
        # nor shall a watchdog plan them again
        session.connection().execute(update(Ticket).values(state=TicketState.CANCELLED))
    until(
        lambda: unfinished(desk) == 0, 180
    )  # a claim whose worker lost the database runs out after a minute


@contextmanager
def workers(environ: dict[str, str], kills: int, copies: int) -> Iterator["subprocess.Popen[str]"]:
    """Run workers that are killed so often, and end the last ones in order."""
    ours = ("HELPDESK_", "SLACK_", "SMTP_", "IMAP_", "EMAIL_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.workers", str(kills), "1.0", str(copies)],
        env={**inherited, "PYTHONPATH": str(ROOT), **environ},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.communicate("\n", timeout=60)


def until(done: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.1)


def say(desk: Desk, words: str, name: str) -> str:
    """Write as somebody new; return the ticket's number."""
    inbound = replace(desk.inbound(words, key=name, thread=name, who=name), occurred_at=real_clock())
    accepted = conversation.accept(desk.services, inbound)
    conversation.handle(desk.services, accepted.message_id)
    # a worker may have taken the message first, and died over it: then another opens the ticket
    until(lambda: any(ticket.request_id == accepted.request_id for ticket in desk.tickets), 90)
    found = next(ticket for ticket in desk.tickets if ticket.request_id == accepted.request_id)
    return number_of(found.id or 0)


def unfinished(desk: Desk) -> int:
    with reading(desk.services.engine) as session:
        waiting = select(func.count()).where(
            col(OutboxMessage.state).in_((OutboxState.PENDING, OutboxState.CLAIMED))
        )
        return session.exec(waiting).one()


def check(desk: Desk, sink: SmtpSink, kills: int) -> None:
    """Hold the desk to its word: every breach on record, a row for each key, each mail sent, few of them twice."""
    clocks = [clock for clock in desk.rows(Clock) if clock.target.promised]
    late = [clock for clock in clocks if clock.breached_at is not None]
    assert late
    assert all(clock.breached_at == clock.due_at for clock in late)
    reminders = desk.rows(Reminder)
    keys = [(r.subject_id, r.target, r.cycle, r.point, r.recipient) for r in reminders]
    assert len(keys) == len(set(keys))
    for clock in late:
        if clock.stopped_at is None:
            assert any(
                (r.subject_id, r.target, r.cycle) == (clock.subject_id, clock.target, clock.cycle)
                for r in reminders
            ), clock
    rows = desk.outbox
    assert len(rows) == len({row.dedupe_key for row in rows})
    assert {row.state for row in rows} == {OutboxState.SENT}
    mails = [row for row in rows if row.channel == "email"]
    times = collections.Counter(str(caught.mail["Message-ID"]) for caught in sink.caught)
    assert len(times) == len(mails)
    twice = sum(count - 1 for count in times.values())
    again = sum(row.attempts - 1 for row in mails)
    print(f"{kills} kills: {len(mails)} mails, {twice} of them seen twice, {len(reminders)} reminders")
    assert twice <= again  # only what was claimed when a worker died
    if not kills:
        assert twice == 0


@_PROCESSES
def test_kill_9_in_a_loop_loses_nothing_and_doubles_only_what_it_interrupted(
    sqlite_desks: DeskFactory, tmp_path: Path
) -> None:
    with smtp_sink() as sink, mailing(sqlite_desks, tmp_path, sink) as (desk, environ):
        with workers(environ, KILLS, 1) as process:
            assert process.stdout is not None
            for number, line in enumerate(process.stdout, 1):
                ticket = say(desk, DANGER if number % 3 == 0 else DOXED, f"official{number}")
                if number % 2 == 0:
                    expert = desk.actor(EXPERT)
                    casework.claim(desk.services, ticket, expert, channel="web", source_id=f"c{number}")
                if number % 4 == 0:
                    casework.reply(
                        desk.services, ticket, expert, "Hello.", channel="web", source_id=f"r{number}"
                    )
                if line.startswith("steady"):
                    break
            time.sleep(12)  # the last ones breach under a worker that lives
            settle(desk)
        check(desk, sink, KILLS)


@_PROCESSES
@pytest.mark.postgresql
@pytest.mark.parametrize("copies", [2, 4])
def test_several_workers_at_once_tell_nobody_twice(
    tmp_path_factory: pytest.TempPathFactory, postgresql_server: str, tmp_path: Path, copies: int
) -> None:
    desks = DeskFactory(tmp_path_factory.mktemp(f"workers{copies}"), postgresql_server)
    with smtp_sink() as sink, mailing(desks, tmp_path, sink) as (desk, environ):
        with workers(environ, 0, copies) as process:
            assert process.stdout is not None
            process.stdout.readline()
            for number in range(12):
                say(desk, DANGER if number % 4 == 0 else DOXED, f"official{number}")
            time.sleep(14)
            settle(desk)
        check(desk, sink, 0)


@_PROCESSES
@pytest.mark.postgresql
def test_a_database_that_goes_away_is_waited_for(
    tmp_path_factory: pytest.TempPathFactory, postgresql_server: str, tmp_path: Path
) -> None:
    desks = DeskFactory(tmp_path_factory.mktemp("gone"), postgresql_server)
    with smtp_sink() as sink, mailing(desks, tmp_path, sink) as (desk, environ):
        name = desk.services.engine.url.database
        with workers(environ, 0, 2) as process:
            assert process.stdout is not None
            process.stdout.readline()
            say(desk, DOXED, "before")
            administrator = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
            with administrator.connect() as connection:
                connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
                ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
                connection.execute(text(ended), {"name": name})
                time.sleep(GONE_SECONDS)
                connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
            administrator.dispose()
            desk.services.engine.dispose()
            say(desk, DOXED, "after")
            time.sleep(12)
            settle(desk)
        check(desk, sink, 1)


def test_a_page_goes_out_while_the_mail_server_hangs(sqlite_desks: DeskFactory) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf, sqlite_desks.desk() as desk:
        settings = desk.services.settings.model_copy(
            update={
                "smtp_host": "127.0.0.1",
                "smtp_port": deaf.getsockname()[1],
                "smtp_security": "none",
                "email_address": "desk@example.org",
            }
        )
        paged: list[float] = []

        class Pager(RecordingSender):
            def send(self, message):  # type: ignore[no-untyped-def]
                paged.append(time.monotonic())
                return super().send(message)

        senders = {
            **desk.services.senders,
            ChannelName.EMAIL: SmtpSender(settings, None, clock=real_clock),
            ChannelName.PAGER: Pager(),
        }
        desk.services = replace(desk.services, settings=settings, senders=senders, clock=real_clock)
        with transaction(desk.services.engine) as session:
            person = directory.get_person(session, EXPERT)
            person.demonstration = False
            profile = directory.profile_of(session, EXPERT)
            profile.pager = "555-0142"
            session.add_all([person, profile])
            address = Identity(person_id=EXPERT, kind=IdentityKind.EMAIL, external_id="jordan@example.org")
            session.add(address)
        worker = Worker(desk.services)
        worker.start()
        try:
            say(desk, DOXED, "calm")  # its card goes by mail, and hangs
            time.sleep(1.0)
            began = time.monotonic()
            say(desk, DANGER, "danger")
            until(lambda: bool(paged), 20)
        finally:
            stopping = threading.Thread(target=worker.stop)
            stopping.start()
            deaf.close()
            stopping.join(30)
        assert paged[0] - began < 10
        rows = [row for row in desk.outbox if row.lane is Lane.URGENT and row.channel == "pager"]
        assert [row.state for row in rows] == [OutboxState.SENT] * len(rows)


def test_a_clock_that_leaps_tells_nobody_twice_and_forgets_nobody(sqlite_desks: DeskFactory) -> None:
    with sqlite_desks.desk() as desk:
        desk.say(DOXED)
        for minutes in range(45):
            desk.clock.advance(timedelta(minutes=1))
            beat(desk.services)
            if minutes == 20:
                desk.clock.advance(-timedelta(hours=1))
        told = len(desk.outbox)
        desk.clock.advance(timedelta(days=1))
        beat(desk.services)
        beat(desk.services)
        late = [clock for clock in desk.rows(Clock) if clock.breached_at]
        assert all(clock.breached_at == clock.due_at for clock in late)
        keys = [(r.subject_id, r.target, r.cycle, r.point, r.recipient) for r in desk.rows(Reminder)]
        assert len(keys) == len(set(keys))
        assert len(desk.outbox) - told <= 3  # one message for the experts' place, not a day of them
        desk.clock.advance(-timedelta(hours=1))
        before = len(desk.outbox)
        beat(desk.services)
        assert len(desk.outbox) == before
        due = [r for r in desk.rows(Reminder) if r.target is Target.FIRST_RESPONSE]
        assert due


@pytest.mark.parametrize(
    ("zone", "opened", "due"),
    [
        (
            "America/Toronto",
            "2026-11-01T04:50",
            "2026-11-01T06:50",
        ),  # 00:50 EDT, due 01:50 EST, the second pass
        ("America/Toronto", "2027-03-14T06:30", "2027-03-14T08:30"),  # 01:30 EST, due 04:30 EDT
        ("America/Vancouver", "2026-11-01T08:50", "2026-11-01T10:50"),  # no change in Vancouver any more
    ],
)
def test_on_the_nights_the_clocks_change_an_hour_is_an_hour(
    sqlite_desks: DeskFactory, zone: str, opened: str, due: str
) -> None:
    with sqlite_desks.desk() as desk:
        text = write_policy(desk.services.policy).replace("Mon-Fri 09:00-20:00", "Mon-Sun 00:00-24:00")
        policy = load_policy(text.replace("America/Toronto", zone))
        desk.services = replace(desk.services, policies=Policies(policy))
        with transaction(desk.services.engine) as session:
            saved = policy_store.save(session, write_policy(policy), PolicyOrigin.COMMAND, desk.clock())
        desk.services = replace(desk.services, policies=Policies(saved))
        desk.clock.now = datetime.fromisoformat(opened).replace(tzinfo=UTC)
        desk.say(DOXED)
        for _ in range(5 * 60):
            desk.clock.advance(timedelta(minutes=1))
            beat(desk.services)
        first = next(c for c in desk.rows(Clock) if c.target is Target.FIRST_RESPONSE)
        assert first.breached_at is not None
        assert abs(first.breached_at - datetime.fromisoformat(due).replace(tzinfo=UTC)) < SECOND
        told = [
            r for r in desk.rows(Reminder) if r.target is Target.FIRST_RESPONSE and r.recipient == "experts"
        ]
        assert len({r.point for r in told}) == len(told)
        gaps = sorted(r.due_at for r in told if r.point.startswith("after-"))
        assert {b - a for a, b in itertools.pairwise(gaps[:5])} == {timedelta(minutes=30)}


def test_a_policy_changed_under_running_clocks_loses_no_reminder(sqlite_desks: DeskFactory) -> None:
    with sqlite_desks.desk() as desk:
        for number in range(3):
            desk.say(DOXED, thread=f"t{number}", who=f"w{number}")
        policy = desk.services.policy
        for minutes in range(120):
            desk.clock.advance(timedelta(minutes=1))
            if minutes in (20, 60):
                wait = Duration(timedelta(minutes=40 if minutes == 20 else 90))
                rules = tuple(replace(rule, first_response=wait) for rule in policy.rules)
                saved = promises.save(desk.services, write_policy(replace(policy, rules=rules)), OPERATOR)
                promises.apply_to_open(desk.services, saved, OPERATOR)
            beat(desk.services)
        applied = [e for e in desk.rows(TicketEvent) if e.kind == "policy_applied"]
        assert len(applied) == 6
        first = [c for c in desk.rows(Clock) if c.target is Target.FIRST_RESPONSE]
        assert all(clock.breached_at is not None for clock in first)
        told = {r.subject_id for r in desk.rows(Reminder) if r.target is Target.FIRST_RESPONSE}
        assert told == {1, 2, 3}
        assert not [r for r in desk.rows(Reminder) if r.state is ReminderState.HELD]
