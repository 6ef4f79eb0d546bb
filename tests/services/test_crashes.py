"""A process may die between any two lines: nothing accepted is lost, no ticket is opened twice.

The crash is real as far as the database is concerned: at the n-th statement, or right after the n-th
commit, everything stops; then a new process takes up the same database.
"""

import contextlib
import os
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot import casework, conversation
from bot.delivery.loop import deliver_due
from bot.messages import Outbound
from bot.services import Services
from bot.worker import beat, release_stale
from escalation.kinds import ChannelName, MessageKind, MessageState, OutboxState
from escalation.tables import Reminder, TicketEvent
from escalation.tickets import number_of
from tests.support.desk import EXPERT, Desk, DeskFactory, restarted

DANGER = "there is a man with a gun at my door right now"
MOST_STEPS = 600
# Every step takes a minute: the suite takes some of them, HELPDESK_EVERY_STEP=1 takes them all.
EVERY_STEP = bool(os.environ.get("HELPDESK_EVERY_STEP"))
STRIDE = {"sqlite": 1 if EVERY_STEP else 5, "postgresql": 1 if EVERY_STEP else 17}
START = date.today().toordinal()  # other steps every day


class Crash(BaseException):
    """The process is gone. Not an Exception: no handler of ours may catch it."""


class Bomb:
    """Crash at the n-th step: before each statement and before each commit is a step.

    A dead process holds no lock: its connections are closed under it, whatever it was doing.
    """

    def __init__(self, engine: Engine, at: int) -> None:
        self._engine = engine
        self._left = at
        self._connections: list[Any] = []
        self.exploded = False
        self._heard = (
            ("connect", self._connected),
            ("before_cursor_execute", self._step),
            ("commit", self._step),
        )

    def _connected(self, connection: Any, _record: object) -> None:
        self._connections.append(connection)

    def _step(self, *_: object) -> None:
        if self._left == 0 and not self.exploded:
            self.exploded = True
            raise Crash
        self._left -= 1

    def __enter__(self) -> "Bomb":
        for name, heard in self._heard:
            event.listen(self._engine, name, heard)
        return self

    def __exit__(self, *_: object) -> None:
        for name, heard in self._heard:
            event.remove(self._engine, name, heard)
        for connection in self._connections:
            connection.close()


def crash_at(desk: Desk, step: int, work: Callable[[Services], object]) -> bool:
    """Do the work in a new process that crashes at that step; return False when the work ended before it."""
    with restarted(desk) as dying, Bomb(dying.services.engine, step) as bomb, contextlib.suppress(Crash):
        work(dying.services)
    return bomb.exploded


def recover(desk: Desk, key: str) -> None:
    """Do what happens after a restart: the carrier delivers again, the sweeps run, the outbox goes out."""
    with restarted(desk) as again:
        conversation.accept(again.services, again.inbound(DANGER, key=key, thread=key, who=key))
        for wait in (35, 61):
            desk.clock.advance(timedelta(seconds=wait))
            release_stale(again.services)
            conversation.sweep(again.services)
            again.deliver()


def test_a_crash_at_any_step_of_a_message_loses_nothing_and_doubles_nothing(desks: DeskFactory) -> None:
    """Covers accept, handle and delivery: the step moves from the first statement to the last."""
    with desks.desk() as desk:
        stride = STRIDE[desk.services.engine.dialect.name]
        step = START % stride
        while step < MOST_STEPS:
            key = f"message-{step}"

            def work(services: Services, key: str = key) -> None:
                message = desk.inbound(DANGER, key=key, thread=key, who=key)
                accepted = conversation.accept(services, message)
                conversation.handle(services, accepted.message_id)
                deliver_due(services, ChannelName.WEB, "dying")

            if not crash_at(desk, step, work):
                break
            recover(desk, key)
            _assert_one(desk, key)
            desk.clock.advance(timedelta(minutes=10))  # each stranger is paged for alone
            step += stride
        assert 60 < step < MOST_STEPS


def _assert_one(desk: Desk, key: str) -> None:
    question = next(m for m in desk.messages if m.dedupe_key == key)
    assert question.state is MessageState.HANDLED, key
    own = [ticket for ticket in desk.tickets if ticket.request_id == question.request_id]
    assert len(own) == 1, key
    opened = [e for e in desk.rows(TicketEvent) if e.ticket_id == own[0].id and e.kind == "opened"]
    assert len(opened) == 1, key
    rows = [row for row in desk.outbox if row.request_id == question.request_id]
    assert sorted(row.kind for row in rows) == ["page", "safety", "ticket_card", "ticket_opened"], key
    assert all(row.state is OutboxState.SENT for row in rows), key


def test_a_crash_between_the_carriers_yes_and_our_record_sends_again_and_only_then(desk: Desk) -> None:
    desk.say("I need to talk to a person about our council vote")
    sender = next(iter(desk.carriers.values()))
    real = sender.send
    died: list[str] = []

    def send_and_die(message: Outbound) -> object:
        receipt = real(message)
        if not died:
            died.append(message.row_id)
            raise Crash
        return receipt

    sender.send = send_and_die  # type: ignore[method-assign,assignment]
    with pytest.raises(Crash):
        desk.deliver()
    desk.clock.advance(timedelta(seconds=61))
    release_stale(desk.services)
    desk.deliver()
    times = [sum(sent.row_id == row.id for sent in sender.sent) for row in desk.outbox]
    assert sorted(times) == [1] * (len(times) - 1) + [2]


def test_a_crash_at_any_step_of_an_experts_reply_sends_it_once(sqlite_desks: DeskFactory) -> None:
    with sqlite_desks.desk() as desk:
        step = 0
        while step < MOST_STEPS:
            who = f"who-{step}"
            accepted = desk.say("I need to talk to a person about our council vote", thread=who, who=who)
            ticket = next(t for t in desk.tickets if t.request_id == accepted.request_id)
            number = number_of(ticket.id or 0)

            def work(services: Services, number: str = number, step: int = step) -> None:
                expert = desk.actor(EXPERT)
                casework.reply(services, number, expert, "Hello.", channel="slack", source_id=f"click-{step}")

            crashed = crash_at(desk, step, work)
            work(desk.services)  # the click arrives again
            replies = [
                m
                for m in desk.messages
                if m.request_id == accepted.request_id and m.kind is MessageKind.REPLY
            ]
            assert len(replies) == 1, step
            relays = [r for r in desk.outbox if r.kind == "relay" and r.request_id == accepted.request_id]
            assert len(relays) == 1, step
            if not crashed:
                break
            step += 1 if EVERY_STEP else 9
        assert step > 10


def test_a_crash_in_the_sweep_neither_loses_nor_repeats_a_reminder(sqlite_desks: DeskFactory) -> None:
    with sqlite_desks.desk() as desk:
        desk.say("someone posted my home address on telegram, what do I do first")
        desk.clock.advance(timedelta(minutes=16))
        step = 0
        while crash_at(desk, step, beat):
            step += 1 if EVERY_STEP else 3
        beat(desk.services)
        assert {(r.target.value, r.point, r.recipient) for r in desk.rows(Reminder)} == {
            ("acknowledge", point, recipient)
            for point in ("50", "75")
            for recipient in ("experts", "person:3")
        }
        assert len([row for row in desk.outbox if row.kind == "reminder"]) == 1
        assert step > 5
