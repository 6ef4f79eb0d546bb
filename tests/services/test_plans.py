"""What the hub plans for itself: check-ins, articles to read again, the digest, the watchdog, the self-test."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot import casework, health, promises, reviews, selftest, watchdog
from bot.database import reading, transaction
from bot.policies import Policies
from bot.privacy import need_to_know
from bot.worker import beat, send_digests
from escalation import directory, erasure, plans
from escalation.access import OPERATOR
from escalation.errors import IllegalMove, NotFound
from escalation.kinds import ChannelName, IdentityKind
from escalation.sla import Cover, Target
from escalation.tables import (
    Clock,
    ExpertProfile,
    FollowUp,
    Identity,
    OutboxMessage,
    Person,
    Reminder,
    SelfTest,
    SubjectKind,
    Ticket,
    TicketEvent,
)
from knowledge_base.tables import Document
from tests.support.desk import ADMIN, EXPERT, OTHER_EXPERT, Desk, DeskFactory

DOXED = "someone posted my home address on telegram, what do I do first"
CALM = "I need to talk to a person about our council vote on the flag"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(desks: DeskFactory) -> Iterator[Desk]:
    """Yield a desk with mail and a pager; its staff are no demonstration and can be reached."""
    channels = (ChannelName.WEB, ChannelName.EMAIL, ChannelName.PAGER)
    with desks.desk(channels=channels) as made:
        with transaction(made.services.engine) as session:
            for person_id in (EXPERT, OTHER_EXPERT, ADMIN):
                person = directory.get_person(session, person_id)
                person.demonstration = False
                session.add(person)
                address = f"person{person_id}@example.org"
                session.add(Identity(person_id=person_id, kind=IdentityKind.EMAIL, external_id=address))
            profile = directory.profile_of(session, EXPERT)
            profile.pager = "555-0142"
            session.add(profile)
        yield made


def mailed(desk: Desk, kind: str) -> list[tuple[int, str]]:
    desk.deliver()
    sent = [mail for mail in desk.carriers[ChannelName.EMAIL].sent if mail.kind == kind]
    return [(int(json.loads(mail.address)["to"][6]), mail.text) for mail in sent]


def claim(desk: Desk, number: str = "HD-1001") -> None:
    casework.claim(desk.services, number, desk.actor(EXPERT), channel="web", source_id=f"claim-{number}")


def pass_time(desk: Desk, span: timedelta, every: timedelta) -> None:
    end = desk.clock() + span
    while desk.clock() < end:
        desk.clock.now = min(end, desk.clock() + every)
        beat(desk.services)


# Check-ins


def test_taking_a_doxing_begins_the_plan_and_the_official_hears_of_the_next_check_in(desk: Desk) -> None:
    desk.say(DOXED)
    assert desk.rows(FollowUp) == []
    claim(desk)
    assert [step.number for step in desk.rows(FollowUp)] == [1, 2, 3, 4, 5]
    said = [m.masked for m in desk.messages if "Next check-in: " in m.masked]
    assert len(said) == 1
    assert "Next check-in: tomorrow at 12:00" in said[0]


def test_a_check_in_is_asked_for_on_its_day_even_though_the_ticket_is_solved(desk: Desk) -> None:
    desk.say(DOXED)
    claim(desk)
    casework.resolve(
        desk.services, "HD-1001", desk.actor(EXPERT), outcome="done", channel="web", source_id="r"
    )
    pass_time(desk, timedelta(hours=25), timedelta(minutes=30))
    asked = [text for who, text in mailed(desk, "reminder") if "check-in" in text and who == EXPERT]
    assert len(asked) == 1
    promises.check_in(desk.services, "HD-1001", desk.actor(EXPERT), done=1, note="Called: quiet so far")
    pass_time(desk, timedelta(hours=40), timedelta(minutes=30))
    assert len([text for _, text in mailed(desk, "reminder") if "check-in" in text]) == 1
    step = desk.rows(FollowUp)[0]
    assert (step.note, step.skipped, step.done_by) == ("Called: quiet so far", False, EXPERT)


def test_a_check_in_that_nobody_makes_is_asked_for_once_a_day(desk: Desk) -> None:
    desk.say(DOXED)
    claim(desk)
    pass_time(desk, timedelta(days=2, hours=2), timedelta(hours=1))
    points = [r.point for r in desk.rows(Reminder) if r.subject_kind is SubjectKind.FOLLOW_UP]
    assert points == ["due", "after-1"]


def test_a_step_is_neither_done_nor_skipped_without_a_word(desk: Desk) -> None:
    desk.say(DOXED)
    claim(desk)
    for asked in ({"done": 1}, {"skip": 2}):
        with pytest.raises(IllegalMove, match="without a word"):
            promises.check_in(desk.services, "HD-1001", desk.actor(EXPERT), **asked)  # type: ignore[arg-type]
    with pytest.raises(NotFound, match="no step 9"):
        promises.check_in(desk.services, "HD-1001", OPERATOR, done=9, note="x")
    promises.check_in(desk.services, "HD-1001", OPERATOR, skip=1, note="They asked us to wait")
    with reading(desk.services.engine) as session:
        following = plans.next_check_in(session, 1)
    assert following == desk.rows(FollowUp)[1].due_at


def test_another_topic_has_no_plan_unless_somebody_begins_one(desk: Desk) -> None:
    desk.say(CALM)
    claim(desk)
    assert desk.rows(FollowUp) == []
    promises.check_in(desk.services, "HD-1001", OPERATOR, start=True)
    assert len(desk.rows(FollowUp)) == 5


# Articles


def test_a_review_date_reminds_the_admins_and_a_new_date_ends_it(desk: Desk) -> None:
    def set_date(day: date | None) -> None:
        with transaction(desk.services.engine) as session:
            session.connection().execute(
                update(Document).where(col(Document.id) == 1).values(review_date=day)
            )
            session.connection().execute(
                update(Document).where(col(Document.id) != 1).values(review_date=None)
            )

    set_date(date(2026, 11, 24))
    assert reviews.sync(desk.services) == 1
    assert reviews.sync(desk.services) == 1
    assert len([c for c in desk.rows(Clock) if c.target is Target.REVIEW]) == 1
    pass_time(desk, timedelta(days=1), timedelta(hours=1))
    title = next(d.title for d in desk.rows(Document) if d.id == 1)
    assert [(who, title in text) for who, text in mailed(desk, "reminders")] == [(ADMIN, True)]
    set_date(date(2027, 11, 24))
    reviews.sync(desk.services)
    pass_time(desk, timedelta(days=10), timedelta(hours=6))
    assert len(mailed(desk, "reminders")) == 1
    set_date(None)
    assert reviews.sync(desk.services) == 0
    assert all(c.stopped_at for c in desk.rows(Clock) if c.target is Target.REVIEW)


def test_the_owner_of_an_article_is_reminded_of_it_once_at_each_point_and_nobody_else(desk: Desk) -> None:
    name = next(person.name for person in desk.rows(Person) if person.id == EXPERT)
    with transaction(desk.services.engine) as session:
        session.connection().execute(update(Document).values(review_date=None))
        session.connection().execute(
            update(Document).where(col(Document.id) == 1).values(review_date=date(2026, 11, 24), owner=name)
        )
    reviews.sync(desk.services)
    pass_time(desk, timedelta(days=3), timedelta(hours=1))
    assert [who for who, _ in mailed(desk, "reminders")] == [EXPERT]
    pass_time(desk, timedelta(days=6), timedelta(hours=6))
    assert [who for who, _ in mailed(desk, "reminders")] == [EXPERT, EXPERT]


# The digest


def test_each_morning_one_digest_tells_a_person_of_their_calm_tickets(desk: Desk) -> None:
    desk.say(CALM, thread="a", who="a")
    desk.say(CALM, thread="b", who="b")
    claim(desk)
    desk.clock.now = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)  # 8:00 in Toronto
    send_digests(desk.services)
    assert mailed(desk, "digest") == []
    for _ in range(3):
        desk.clock.advance(timedelta(hours=1))
        send_digests(desk.services)
    digests = mailed(desk, "digest")
    mine = next(text for who, text in digests if who == EXPERT)
    assert "Yours:\n- HD-1001 (P3): the first reply, due today at" in mine
    assert "HD-1002" in mine.partition("Nobody has these yet:")[2]
    assert [who for who, _ in digests].count(EXPERT) == 1
    desk.clock.advance(timedelta(days=1))
    send_digests(desk.services)
    assert [who for who, _ in mailed(desk, "digest")].count(EXPERT) == 2


def test_a_quiet_morning_and_a_weekend_have_no_digest(desk: Desk) -> None:
    send_digests(desk.services)
    assert mailed(desk, "digest") == []
    desk.say(CALM)
    desk.clock.now = datetime(2026, 11, 28, 16, 0, tzinfo=UTC)  # Saturday
    send_digests(desk.services)
    assert mailed(desk, "digest") == []


# The watchdog


def test_a_ticket_without_a_next_step_is_planned_again(desk: Desk) -> None:
    desk.say(CALM)
    beat(desk.services)
    desk.clock.advance(timedelta(minutes=4))
    beat(desk.services)
    assert watchdog.look(desk.services).well
    with transaction(desk.services.engine) as session:
        session.connection().execute(update(Clock).values(next_point_at=None, next_point=None))
    assert watchdog.look(desk.services).forgotten == (1,)
    assert watchdog.watch(desk.services).well
    assert watchdog.look(desk.services).well


def test_what_can_not_be_mended_is_told_to_the_leads_once_an_hour(desk: Desk) -> None:
    desk.say(CALM)
    beat(desk.services)
    with transaction(desk.services.engine) as session:
        session.connection().execute(update(Clock).values(next_point_at=None, next_point=None))
        session.connection().execute(update(TicketEvent).values(kind="lost"))
    desk.clock.advance(timedelta(minutes=5))
    for _ in range(3):
        assert not watchdog.watch(desk.services).well
    alarms = mailed(desk, "alarm")
    assert [who for who, _ in alarms] == [EXPERT]  # the one lead
    assert "HD-1001" in alarms[0][1]
    assert "more than a minute" in alarms[0][1]
    found = health.check(desk.services, sweeping=True)
    assert any("no next step" in fault for fault in found.faults)
    assert any("sweep has not run" in fault for fault in found.faults)


def test_an_alarm_counts_a_sealed_ticket_and_does_not_name_it(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.say(CALM)
    need_to_know.seal(desk.services, "HD-1001", desk.actor(EXPERT), "told in confidence", channel="test")
    with transaction(desk.services.engine) as session:
        session.connection().execute(update(Clock).values(next_point_at=None, next_point=None))
        session.connection().execute(update(TicketEvent).values(kind="lost"))
    desk.clock.advance(timedelta(minutes=5))
    watchdog.watch(desk.services)
    alarms = mailed(desk, "alarm")
    assert alarms
    assert "One sealed request has no next step" in alarms[0][1]
    assert all("HD-1001" not in text for text in (*(text for _, text in alarms), capsys.readouterr().out))


def test_an_overdue_step_is_no_plan(desk: Desk) -> None:
    desk.say(DOXED)
    beat(desk.services)
    desk.clock.advance(timedelta(hours=1))
    assert watchdog.look(desk.services) == watchdog.Findings(True, (1,))
    beat(desk.services)
    assert watchdog.look(desk.services).well


def test_while_all_is_well_a_switch_outside_is_told(desk: Desk) -> None:
    calls: list[str] = []

    class Switch(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Switch)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings = desk.services.settings.model_copy(
        update={"dead_man_url": f"http://127.0.0.1:{server.server_port}/alive"}
    )
    services = replace(desk.services, settings=settings)
    try:
        beat(services)
        assert watchdog.watch(services).well
        desk.clock.advance(timedelta(minutes=2))
        assert not watchdog.watch(services).well
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert calls == ["/alive"]
    beat(services)
    assert watchdog.watch(services).well  # nobody there: logged, no more


# The self-test


def hops(desk: Desk, test_id: int) -> dict[str, bool | None]:
    return {hop.name: hop.ok for hop in selftest.report(desk.services, test_id).hops}


def test_a_self_test_goes_all_the_way_and_counts_as_nothing(desk: Desk) -> None:
    test_id = selftest.start(desk.services)
    assert hops(desk, test_id) == {
        "policy": True,
        "duty": True,
        "pager": True,
        "page": True,
        "delivery": None,
        "answer": None,
    }
    desk.deliver()
    page = desk.carriers[ChannelName.PAGER].sent[0]
    assert (page.kind, json.loads(page.address)["person"]) == ("self_test", EXPERT)
    assert selftest.acknowledge(desk.services, page.row_id, "the pager")
    assert selftest.report(desk.services, test_id).acknowledged
    assert desk.tickets == []
    assert not selftest.acknowledge(desk.services, "0" * 32, "the pager")


def test_without_a_pager_the_test_says_where_the_way_ends(desk: Desk) -> None:
    with transaction(desk.services.engine) as session:
        session.connection().execute(update(ExpertProfile).values(pager=None))
    report = selftest.report(desk.services, selftest.start(desk.services))
    assert report.over
    assert [hop.words for hop in report.hops if hop.ok is False] == [
        "nobody on duty has a pager, so nobody was paged"
    ]
    with pytest.raises(NotFound, match="not one person"):
        selftest.start(desk.services, to="Nobody Known")


def test_no_night_is_promised_until_a_page_was_answered_and_none_after_one_was_not(desk: Desk) -> None:
    policy = replace(desk.services.policy, out_of_hours=Cover("lead on call", ("pager",)))
    desk.services = replace(desk.services, policies=Policies(policy))
    desk.clock.now = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 23:00 in Toronto

    def first_reply() -> timedelta:
        count = len(desk.tickets)
        desk.say(DOXED, thread=f"t{count}", who=f"w{count}")
        clock = [c for c in desk.rows(Clock) if c.target is Target.FIRST_RESPONSE][-1]
        due: timedelta = clock.due_at - desk.clock()
        return due

    assert first_reply() > timedelta(hours=11)  # two hours after the opening
    test_id = selftest.start(desk.services)
    row = next(t for t in desk.rows(SelfTest) if t.id == test_id)
    selftest.acknowledge(desk.services, row.outbox_id, "the pager")
    assert first_reply() == pytest.approx(timedelta(hours=2), abs=timedelta(seconds=1))
    selftest.start(desk.services)
    desk.clock.advance(timedelta(minutes=31))
    assert first_reply() > timedelta(hours=10)


def test_a_p2_that_threatens_nobody_and_can_wait_lets_people_sleep(desk: Desk) -> None:
    policy = replace(desk.services.policy, out_of_hours=Cover("lead on call", ("pager",)))
    desk.services = replace(desk.services, policies=Policies(policy))
    selftest.acknowledge(desk.services, _page_of(desk, selftest.start(desk.services)), "the pager")
    desk.clock.now = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 23:00 in Toronto
    desk.say(DOXED, thread="a", who="a")
    desk.say(DOXED, thread="b", who="b")
    with transaction(desk.services.engine) as session:
        later = desk.clock() + timedelta(days=2)
        session.connection().execute(
            update(Ticket).where(col(Ticket.id) == 2).values(topic="flags", needed_by=later)
        )
    pass_time(desk, timedelta(minutes=40), MINUTE)
    woken = " ".join(text for _, text in mailed(desk, "reminder") + mailed(desk, "reminders"))
    assert "HD-1001" in woken
    assert "HD-1002" not in woken
    pass_time(desk, timedelta(hours=11), timedelta(minutes=10))
    assert "HD-1002" in " ".join(t for _, t in mailed(desk, "reminder") + mailed(desk, "reminders"))


def _page_of(desk: Desk, test_id: int) -> str:
    return str(next(test for test in desk.rows(SelfTest) if test.id == test_id).outbox_id)


def test_a_daily_test_begins_once_a_day_at_its_hour(desk: Desk) -> None:
    settings = desk.services.settings.model_copy(update={"selftest_at": "14:00"})
    services = replace(desk.services, settings=settings)
    assert selftest.daily(services) is None  # noon
    desk.clock.advance(timedelta(hours=2, minutes=1))
    assert selftest.daily(services) is not None
    assert selftest.daily(services) is None
    desk.clock.advance(timedelta(days=1))
    assert selftest.daily(services) is not None
    assert [test.daily for test in desk.rows(SelfTest)] == [True, True]
    pages = [row for row in desk.rows(OutboxMessage) if row.kind == "self_test"]
    assert len(pages) == 2


def test_erasing_a_record_takes_its_clocks_escalations_and_plans_along(desk: Desk) -> None:
    desk.say("there is a man with a gun at my door right now, he posted my home address")
    claim(desk)
    promises.check_in(desk.services, "HD-1001", OPERATOR, start=True)
    with transaction(desk.services.engine) as session:
        erasure.remove_records(session, [desk.tickets[0].request_id])
    assert desk.rows(Ticket) == []
    assert desk.rows(Clock) == []
    assert desk.rows(FollowUp) == []
