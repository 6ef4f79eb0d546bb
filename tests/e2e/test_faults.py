"""Real processes, real deaths: nothing promised is lost, nobody is told twice but where the kill fell in between.

Shortened here. In full (200 kills, a minute without a database), alone on the machine:
HELPDESK_EVERY_STEP=1 ./helpdesk test tests/e2e/test_faults.py -s
"""

import collections
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text, update
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from bot import casework, conversation
from bot.app import real_clock
from bot.channels.email.sender import SmtpSender
from bot.conversation import Accepted, NotAccepted
from bot.database import reading, transaction
from bot.messages import Inbound
from bot.policies import Policies
from bot.worker import Worker
from escalation import directory, outbox, policy_store, tickets
from escalation.kinds import (
    ChannelName,
    IdentityKind,
    Lane,
    OutboxState,
    PolicyOrigin,
    ReminderState,
    TicketState,
)
from escalation.sla import write_policy
from escalation.sla.policy import Duration, Step
from escalation.tables import Chain, Clock, HelpRequest, Identity, OutboxMessage, Reminder, Ticket
from escalation.tickets import number_of
from tests.support.desk import EXPERT, OTHER_EXPERT, Desk, DeskFactory, RecordingSender
from tests.support.process import ROOT
from tests.support.smtp_sink import SmtpSink, smtp_sink

IN_FULL = bool(os.environ.get("HELPDESK_EVERY_STEP"))
KILLS = 200 if IN_FULL else 4
GONE_SECONDS = 60.0 if IN_FULL else 3.0
# acknowledge, first reply, next reply, repeat, silence after a claim: in seconds
PACE = (4, 8, 8, 3, 30) if IN_FULL else (1, 2, 2, 1, 10)
DOXED = "someone posted my home address on telegram, what do I do first"
DANGER = "there is a man with a gun at my door right now"
SECOND = timedelta(seconds=1)


def in_seconds(desk: Desk) -> str:
    """Return the desk's policy with its urgent targets in seconds, round the clock."""
    policy = desk.services.policy
    quick = [Duration(n * SECOND) for n in PACE]
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


def settle(desk: Desk, dead_at: datetime | None = None) -> None:
    """Plan nothing any more, and wait until what is on its way has arrived.

    What workers that were dead by `dead_at` had claimed is given back now: the desk itself waits a minute.
    """
    until(lambda: _nothing_is_planned(desk, dead_at))
    until(lambda: not unfinished(desk), 180, lambda: str(unfinished(desk)))


def _nothing_is_planned(desk: Desk, dead_at: datetime | None) -> bool:
    try:
        with transaction(desk.services.engine) as session:
            # as every act does: a sweep that is at work on a request has ended, and the next one sees what is written here
            session.exec(select(HelpRequest.id).order_by(col(HelpRequest.id)).with_for_update()).all()
            connection = session.connection()
            connection.execute(update(Clock).values(next_point_at=None))
            connection.execute(update(Chain).values(next_at=None, stopped_at=real_clock()))
            held = col(Reminder.state) == ReminderState.HELD
            connection.execute(update(Reminder).where(held).values(state=ReminderState.DROPPED))
            # nor shall a watchdog plan them again
            connection.execute(update(Ticket).values(state=TicketState.CANCELLED))
            if dead_at is not None:
                outbox.release_stale(session, dead_at + outbox.STALE_AFTER)
    except OperationalError:  # the workers were at it all the time
        return False
    return True


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


def until(done: Callable[[], bool], seconds: float = 60.0, seen: Callable[[], str] = str) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"it did not come in time: {seen()}"
        time.sleep(0.1)


def received(desk: Desk, inbound: Inbound) -> Accepted:
    """Accept as a channel does: what could not be stored comes again."""
    for _ in range(10):
        try:
            return conversation.accept(desk.services, inbound)
        except NotAccepted:
            time.sleep(0.5)
    return conversation.accept(desk.services, inbound)


def say(desk: Desk, words: str, name: str) -> str:
    """Write as somebody new; return the ticket's number."""
    inbound = replace(desk.inbound(words, key=name, thread=name, who=name), occurred_at=real_clock())
    accepted = received(desk, inbound)
    conversation.handle(desk.services, accepted.message_id)

    def opened() -> list[Ticket]:
        return [ticket for ticket in desk.tickets if ticket.request_id == accepted.request_id]

    # a worker may have taken the message first, and died over it: then another opens the ticket
    until(lambda: bool(opened()), 90)
    return number_of(opened()[0].id or 0)


def owed(desk: Desk) -> list[Clock]:
    """Return the clocks of the first replies that nobody has given."""
    return [c for c in desk.rows(Clock) if c.target == "first_response" and c.stopped_at is None]


def late_and_told(desk: Desk) -> bool:
    """Tell whether every first reply that is still owed is late, and somebody was told so."""
    waiting = owed(desk)
    told = {(r.subject_id, r.target) for r in desk.rows(Reminder) if r.point.startswith(("due", "after"))}
    return bool(waiting) and all(c.breached_at and (c.subject_id, c.target) in told for c in waiting)


def unfinished(desk: Desk) -> list[tuple[str, str, str, int, datetime, str | None]]:
    """Return what is still to be delivered."""
    with reading(desk.services.engine) as session:
        rows = session.exec(
            select(OutboxMessage).where(
                col(OutboxMessage.state).in_((OutboxState.PENDING, OutboxState.CLAIMED))
            )
        ).all()
        return [
            (row.channel, row.kind, row.state.value, row.attempts, row.next_attempt_at, row.last_error)
            for row in rows
        ]


def check(desk: Desk, sink: SmtpSink, name: str, *, undisturbed: bool = False) -> None:
    """Hold the desk to its word: every breach on record, a row for each key, each mail sent, few of them twice."""
    clocks = [clock for clock in desk.rows(Clock) if clock.target.promised]
    late = [clock for clock in clocks if clock.breached_at is not None]
    assert late
    assert all(clock.breached_at == clock.due_at for clock in late)
    reminders = desk.rows(Reminder)
    keys = [(r.subject_id, r.target, r.cycle, r.point, r.recipient) for r in reminders]
    assert len(keys) == len(set(keys))
    told = {(r.subject_id, r.target, r.cycle) for r in reminders}
    lost = [
        clock
        for clock in late
        if clock.stopped_at is None and (clock.subject_id, clock.target, clock.cycle) not in told
    ]
    assert not lost
    rows_agree_with_events(desk)
    rows = desk.outbox
    assert len(rows) == len({row.dedupe_key for row in rows})
    assert {row.state for row in rows} == {OutboxState.SENT}
    mails = [row for row in rows if row.channel == "email"]
    times = collections.Counter(str(caught.mail["Message-ID"]) for caught in sink.caught)
    assert len(times) == len(mails)
    twice = sum(count - 1 for count in times.values())
    again = sum(row.attempts - 1 for row in mails)
    print(
        f"{name}: {len(desk.tickets)} tickets, {len(reminders)} reminders, {len(rows)} outbox rows with as many "
        f"keys, {len(mails)} mails, {twice} seen twice, 0 lost"
    )
    assert twice <= again  # only what was claimed when a worker died
    if undisturbed:
        assert twice == 0


def rows_agree_with_events(desk: Desk) -> None:
    """Work every clock out again from the log: the rows that the workers left say the same."""
    now = real_clock()
    with reading(desk.services.engine) as session:
        for ticket in session.exec(select(Ticket)).all():
            rows = {(row.target, row.cycle): row for row in tickets.clocks.rows_of(session, ticket.id or 0)}
            for state in tickets.clocks.states(session, ticket, desk.services.policy, now):
                row = rows[state.target, state.cycle]
                assert row.stopped_at == state.stopped_at
                assert row.due_at == state.due_at or state.paused_since is not None
                assert row.breached_at in (None, state.breached_at)


def test_kill_9_in_a_loop_loses_nothing_and_doubles_only_what_it_interrupted(
    sqlite_desks: DeskFactory, tmp_path: Path
) -> None:
    with smtp_sink() as sink, mailing(sqlite_desks, tmp_path, sink) as (desk, environ):
        expert = desk.actor(EXPERT)
        dead_at = None
        with workers(environ, KILLS, 1) as process:
            assert process.stdout is not None
            for number, line in enumerate(process.stdout, 1):
                dead_at = real_clock() if line.startswith("killed") else dead_at
                ticket = say(desk, DANGER if number % 3 == 0 else DOXED, f"official{number}")
                act: dict[str, Any] = {"by": expert, "channel": "web"}
                if number % 2 == 0:
                    casework.claim(desk.services, ticket, source_id=f"c{number}", **act)
                if number % 4 == 0:
                    casework.ask(desk.services, ticket, text="Are you safe?", source_id=f"a{number}", **act)
                if line.startswith("steady"):
                    break
            until(
                lambda: late_and_told(desk), seen=lambda: str(owed(desk))
            )  # the last ones come due under a worker that lives
            settle(desk, dead_at)
        check(desk, sink, f"{KILLS} kills")


@pytest.mark.postgresql
@pytest.mark.parametrize("copies", [2, 4] if IN_FULL else [4])
def test_several_workers_at_once_tell_nobody_twice(
    tmp_path_factory: pytest.TempPathFactory, postgresql_server: str, tmp_path: Path, copies: int
) -> None:
    desks = DeskFactory(tmp_path_factory.mktemp(f"workers{copies}"), postgresql_server)
    with smtp_sink() as sink, mailing(desks, tmp_path, sink) as (desk, environ):
        with workers(environ, 0, copies) as process:
            assert process.stdout is not None
            process.stdout.readline()
            for number in range(12 if IN_FULL else 4):
                say(desk, DANGER if number % 4 == 0 else DOXED, f"official{number}")
            until(lambda: late_and_told(desk), seen=lambda: str(owed(desk)))
            settle(desk)
        check(desk, sink, f"{copies} workers", undisturbed=True)


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
            say(desk, DOXED, "after")  # our own connections are dead too, and nobody had to be told
            until(lambda: late_and_told(desk), seen=lambda: str(owed(desk)))
            settle(desk)
        check(desk, sink, f"no database for {GONE_SECONDS:.0f} s")


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
