"""The life of a ticket through the acts of experts, on both engines."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot import casework
from bot.database import reading, transaction
from bot.worker import beat
from escalation import directory, reports, tickets
from escalation.access import Verb, may
from escalation.errors import AlreadyClaimed, AlreadyDone, IllegalMove, NotFound, Refused
from escalation.kinds import MessageKind, Service, SubjectKind, TicketState
from escalation.sla import Priority
from escalation.tables import (
    Clock,
    ExpertProfile,
    HelpRequest,
    Message,
    OutboxMessage,
    TicketEvent,
)
from escalation.tickets import Why
from tests.support.cases import act, row, ticket
from tests.support.desk import EXPERT, OFFICIAL, OTHER_EXPERT, Desk


def test_a_snoozed_ticket_sinks_in_the_queue_and_wakes_with_a_word_to_its_owner(desk: Desk) -> None:
    jordan, services = desk.actor(EXPERT), desk.services
    first = ticket(desk)
    second = ticket(desk, who="another")

    def queue() -> list[str]:
        with reading(services.engine) as session:
            return [tickets.number_of(one.id or 0) for one in reports.queue(session, jordan, desk.clock())]

    casework.claim(services, first, jordan, **act("claim"))
    casework.claim(services, second, jordan, **act("claim"))
    assert queue() == [first, second]
    casework.snooze(services, first, jordan, desk.clock() + timedelta(minutes=20), **act("snooze"))
    assert queue() == [second, first]
    desk.clock.advance(timedelta(minutes=19))
    beat(services)
    assert queue() == [second, first]
    desk.clock.advance(timedelta(minutes=2))
    beat(services)
    beat(services)
    assert queue() == [first, second]
    desk.deliver()
    woken = [sent for sent in desk.sent("ticket_update") if "awake again" in sent.text]
    assert len(woken) == 1
    casework.snooze(services, first, jordan, desk.clock() + timedelta(minutes=20), **act("again"))
    desk.say("Is anybody there?", who="stranger", thread="stranger")
    assert queue() == [first, second]


def test_mirror_columns_say_what_the_events_say(desk: Desk) -> None:
    jordan, noor = desk.actor(EXPERT), desk.actor(OTHER_EXPERT)
    services, number = desk.services, ticket(desk)
    casework.claim(services, number, jordan, **act("claim"))
    casework.set_topic(services, number, jordan, "doxing", **act("topic"))
    casework.set_service(services, number, jordan, Service.MONITORING, **act("service"))
    casework.set_priority(services, number, jordan, Priority.P2, reason="it spreads", **act("up"))
    casework.set_needed_by(services, number, jordan, desk.clock() + timedelta(hours=5), **act("need"))
    casework.ask(services, number, jordan, "Which sites show the address?", **act("ask"))
    casework.resume(services, number, jordan, **act("resume"))
    casework.snooze(services, number, jordan, desk.clock() + timedelta(minutes=20), **act("snooze"))
    casework.wait_for_third_party(services, number, jordan, reason="the police", **act("third"))
    casework.hand_over(services, number, jordan, OTHER_EXPERT, reason="my shift ends", **act("hand"))
    casework.claim(services, number, noor, **act("accept"))
    with reading(services.engine) as session:
        found = tickets.by_number(session, number)
        known = tickets.derived(session, found.id or 0)
        assert known.state is found.state is TicketState.WAITING_THIRD_PARTY
        assert (known.assignee_id, known.accepted) == (found.assignee_id, True) == (OTHER_EXPERT, True)
        assert (known.topic, known.service) == (found.topic, found.service) == ("doxing", "monitoring")
        assert known.priority is found.priority is Priority.P2
        assert known.needed_by == found.needed_by
        assert known.snoozed_until == found.snoozed_until
        events = tickets.events(session, found.id or 0)
    reasons = {event.kind: event.reason for event in events if event.reason}
    assert reasons["handed_over"] == "my shift ends"
    assert all(event.occurred_at <= event.recorded_at and event.channel for event in events)


def test_an_act_that_arrives_twice_is_one_event(desk: Desk) -> None:
    number, jordan = ticket(desk), desk.actor(EXPERT)
    for _arrival in range(2):
        casework.claim(desk.services, number, jordan, channel="slack", source_id="1")
        casework.hand_over(
            desk.services, number, jordan, OTHER_EXPERT, reason="r", channel="slack", source_id="2"
        )
        casework.note(desk.services, number, jordan, "Between us.", channel="slack", source_id="3")
    kinds = [event.kind for event in desk.rows(TicketEvent)]
    assert (kinds.count("handed_over"), kinds.count("noted")) == (1, 1)


@pytest.mark.parametrize("kind", ["claim", "hand_over", "resolve"])
def test_two_experts_at_once_one_wins_the_other_is_told_who_and_when(desk: Desk, kind: str) -> None:
    number, services = ticket(desk), desk.services
    jordan, noor = desk.actor(EXPERT), desk.actor(OTHER_EXPERT)
    if kind == "hand_over":
        casework.claim(services, number, jordan, **act("claim"))
    doing: dict[str, list[Callable[[], object]]] = {
        "claim": [
            lambda: casework.claim(services, number, jordan, **act("a")),
            lambda: casework.claim(services, number, noor, **act("b")),
        ],
        # the owner hands over to Noor while Noor, not an owner, tries to hand it elsewhere
        "hand_over": [
            lambda: casework.hand_over(services, number, jordan, OTHER_EXPERT, reason="r", **act("a")),
            lambda: casework.hand_over(services, number, jordan, OTHER_EXPERT, reason="r", **act("b")),
        ],
        "resolve": [
            lambda: casework.resolve(services, number, jordan, outcome="answered", **act("a")),
            lambda: casework.resolve(services, number, noor, outcome="answered", **act("b")),
        ],
    }
    start, refused = threading.Barrier(2), []

    def run(one: Callable[[], object]) -> None:
        start.wait()
        try:
            one()
        except IllegalMove as error:
            refused.append(error)

    threads = [threading.Thread(target=run, args=(one,)) for one in doing[kind]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    winner = row(desk, number)
    name = "Jordan Demo" if winner.assignee_id == EXPERT else "Noor Démo"
    if kind == "claim":
        assert isinstance(refused[0], AlreadyClaimed)
        assert name in str(refused[0])
        assert "UTC" in str(refused[0])
    if kind == "resolve":
        assert isinstance(refused[0], AlreadyDone)
        assert "is already resolved (" in str(refused[0])
    done = [event.kind for event in desk.rows(TicketEvent)]
    assert done.count({"claim": "claimed", "hand_over": "handed_over", "resolve": "solved"}[kind]) == 1


def test_a_handed_over_ticket_waits_for_its_new_owner_and_anybody_able_may_take_it(desk: Desk) -> None:
    number, services = ticket(desk), desk.services
    jordan, noor = desk.actor(EXPERT), desk.actor(OTHER_EXPERT)
    casework.claim(services, number, jordan, **act("claim"))
    casework.hand_over(services, number, jordan, OTHER_EXPERT, reason="better placed", **act("hand"))
    waiting = [c for c in desk.rows(Clock) if c.target == "acknowledge" and c.stopped_at is None]
    assert len(waiting) == 1
    casework.claim(services, number, jordan, **act("back"))  # Noor has not accepted yet
    assert row(desk, number).assignee_id == EXPERT
    with pytest.raises(AlreadyClaimed, match="Jordan Demo"):
        casework.claim(services, number, noor, **act("late"))


def test_a_ticket_given_back_belongs_to_nobody_and_is_new_again(desk: Desk) -> None:
    number, jordan = ticket(desk), desk.actor(EXPERT)
    casework.claim(desk.services, number, jordan, **act("claim"))
    card = casework.give_back(desk.services, number, jordan, reason="not my field", **act("back"))
    assert (card.state, card.assignee_name) == ("new", None)


def test_only_the_owner_or_a_lead_hands_a_ticket_over(desk: Desk) -> None:
    number, services = ticket(desk), desk.services
    casework.claim(services, number, desk.actor(EXPERT), **act("claim"))
    noor = desk.actor(OTHER_EXPERT)  # an expert, no lead
    with pytest.raises(Refused, match="is Jordan Demo's"):
        casework.hand_over(services, number, noor, OTHER_EXPERT, reason="mine", **act("hand"))


# Bad input: a clear error in words, nothing changed


def changed(desk: Desk) -> tuple[int, int, int]:
    return len(desk.rows(TicketEvent)), len(desk.rows(Message)), len(desk.rows(OutboxMessage))


def test_bad_input_is_refused_in_words_and_changes_nothing(desk: Desk) -> None:
    services, jordan = desk.services, desk.actor(EXPERT)
    closed, merged, into = ticket(desk, "a"), ticket(desk, "b"), ticket(desk, "c")
    casework.resolve(services, closed, jordan, outcome="done", **act("r"))
    casework.close(services, closed, jordan, **act("c"))
    casework.merge(services, merged, into, jordan, reason="same post", **act("m"))
    casework.claim(services, into, jordan, **act("claim"))
    with transaction(services.engine) as session:
        profile = session.get_one(ExpertProfile, OTHER_EXPERT)
        profile.away, profile.backup_id = ["2026-11-20/2026-12-04"], EXPERT
        session.add(profile)
    before = changed(desk)
    with pytest.raises(IllegalMove, match=f"{closed} is closed .*Nothing was changed"):
        casework.reply(services, closed, jordan, "Hello, are you there?", **act("x"))
    with pytest.raises(IllegalMove, match=f"{merged} was merged into {into}.*Jordan"):
        casework.reply(services, merged, jordan, "Hello, are you there?", **act("x"))
    with pytest.raises(NotFound):
        casework.claim(services, into, desk.actor(OFFICIAL), **act("x"))
    with pytest.raises(Refused, match="without an outcome"):
        casework.resolve(services, into, jordan, outcome="  ", **act("x"))
    with pytest.raises(Refused, match=r"Noor Démo is away until 4 December 2026.*back-up is Jordan"):
        casework.hand_over(services, into, jordan, OTHER_EXPERT, reason="r", **act("x"))
    with pytest.raises(Refused, match="not an expert"):
        casework.hand_over(services, into, jordan, OFFICIAL, reason="r", **act("x"))
    with pytest.raises(Refused, match="ask them something first"):
        casework.wait_for_official(services, into, jordan, **act("x"))
    with pytest.raises(Refused, match="Say for whom"):
        casework.wait_for_third_party(services, into, jordan, reason=" ", **act("x"))
    with pytest.raises(Refused, match="is over"):
        casework.snooze(services, into, jordan, desk.clock() - timedelta(minutes=1), **act("x"))
    with pytest.raises(Refused, match="past its next promise"):
        casework.snooze(services, into, jordan, desk.clock() + timedelta(days=60), **act("x"))
    with pytest.raises(Refused, match="Say why"):
        casework.set_priority(services, into, jordan, Priority.P1, reason="", **act("x"))
    with pytest.raises(Refused, match="no topic"):
        casework.set_topic(services, into, jordan, "Not A Topic=1", **act("x"))
    with pytest.raises(Refused, match="same ticket twice"):
        casework.merge(services, into, into, jordan, reason="r", **act("x"))
    with pytest.raises(Refused, match="no checklist item"):
        casework.tick(services, into, jordan, "doxing.nothing", **act("x"))
    assert changed(desk) == before


# Merge: the work, not the threads


def test_merging_joins_the_work_and_no_requester_sees_another(desk: Desk) -> None:
    services, jordan = desk.services, desk.actor(EXPERT)
    first = ticket(desk, "amal", "Amal here: the hall was stormed and our clerk Petra was pushed. What now?")
    desk.clock.advance(timedelta(hours=1))
    second = ticket(desk, "bruno", "Bruno from the library: they also came to us. What should we say?")
    casework.claim(services, second, jordan, **act("claim"))
    asked = row(desk, first).first_asked_at
    casework.merge(services, first, second, jordan, reason="one event", **act("merge"))
    assert row(desk, first).state is TicketState.CANCELLED
    assert row(desk, second).first_asked_at == asked  # the earliest question wins
    of_tickets = [c for c in desk.rows(Clock) if c.subject_kind is SubjectKind.TICKET]
    running = [c for c in of_tickets if c.stopped_at is None]
    assert {c.subject_id for c in running} == {row(desk, second).id}  # the source's clocks are cancelled

    casework.reply(services, second, jordan, "To Bruno: close the doors for today.", **act("r1"))
    casework.reply(services, second, jordan, "To Amal: look after Petra first.", to=first, **act("r2"))
    desk.deliver()
    relayed = {message.address: message.text for message in desk.sent("relay")}
    assert "Bruno" in relayed["bruno"]
    assert "Amal" not in relayed["bruno"]
    assert first not in relayed["bruno"]
    assert "Petra" in relayed["amal"]
    assert "Bruno" not in relayed["amal"]
    assert second not in relayed["amal"]

    # what the merged official writes reaches the people of the ticket that goes on
    desk.say("It happened again an hour ago.", who="amal", thread="amal")
    with reading(services.engine) as session:
        kept = tickets.by_number(session, second)
        written = [e for e in tickets.events(session, kept.id or 0) if e.kind == "requester_message"]
        words = [m.masked for m in reports.transcript_of(session, kept)]
    assert len(written) == 1
    assert any("happened again" in one for one in words)
    assert len([t for t in desk.tickets if t.state is not TicketState.CANCELLED]) == 1


def test_whoever_may_not_know_of_one_may_not_open_the_joined_ticket(desk: Desk) -> None:
    services, jordan = desk.services, desk.actor(EXPERT)
    first, second = ticket(desk, "amal"), ticket(desk, "bruno")
    with transaction(services.engine) as session:
        profile = session.get_one(ExpertProfile, OTHER_EXPERT)
        owner = session.get_one(HelpRequest, tickets.by_number(session, first).request_id).person_id
        profile.conflict_people = [owner]
        session.add(profile)
    noor = desk.actor(OTHER_EXPERT)
    with pytest.raises(NotFound):
        casework.merge(services, first, second, noor, reason="r", **act("merge"))
    casework.merge(services, second, first, jordan, reason="r", **act("merge"))
    with reading(services.engine) as session:
        thing = tickets.thing(session, tickets.by_number(session, first))
    assert not may(noor, Verb.READ_TICKET, thing)
    assert may(jordan, Verb.READ_TICKET, thing)


def test_splitting_opens_a_linked_ticket_answered_in_the_same_conversation(desk: Desk) -> None:
    services, jordan = desk.services, desk.actor(EXPERT)
    number = ticket(desk)
    desk.say("Another thing: who trains our staff for open meetings?", thread="stranger")
    message = next(m for m in desk.messages if "who trains our staff" in m.masked)
    made = casework.split(services, number, message.id, jordan, topic="training", reason="other", **act("s"))
    assert made.number != number
    assert "trains our staff" in made.summary
    casework.reply(services, made.number, jordan, "The network trains staff twice a year.", **act("r"))
    desk.deliver()
    sent = desk.sent("relay")[-1]
    assert sent.address == "stranger"
    assert made.number in sent.text
    with reading(services.engine) as session:
        old, new = tickets.by_number(session, number), tickets.by_number(session, made.number)
        assert tickets.derived(session, old.id or 0).linked == (new.id,)
        assert tickets.derived(session, new.id or 0).split_from == old.id


# After the end


def test_a_word_to_a_closed_ticket_opens_another_linked_to_it(desk: Desk) -> None:
    services, jordan = desk.services, desk.actor(EXPERT)
    number = ticket(desk)
    casework.resolve(services, number, jordan, outcome="answered", sources=["doxing-en"], **act("r"))
    casework.close(services, number, jordan, **act("close"))
    desk.say("They are asking for the same resolution again tonight, what do we do?", thread="stranger")
    old, new = desk.tickets
    assert (old.state, new.state) == (TicketState.CLOSED, TicketState.NEW)
    with reading(services.engine) as session:
        assert tickets.derived(session, new.id or 0).linked == (old.id,)
        assert tickets.derived(session, old.id or 0).sources == ("doxing-en",)


def test_thanks_open_nothing(desk: Desk) -> None:
    number, jordan = ticket(desk), desk.actor(EXPERT)
    casework.resolve(desk.services, number, jordan, outcome="answered", **act("r"))
    casework.close(desk.services, number, jordan, **act("close"))
    desk.say("Thank you so much!", thread="stranger")
    assert len(desk.tickets) == 1


def test_satisfaction_is_kept_once_and_never_asked_after_danger(desk: Desk) -> None:
    services, jordan = desk.services, desk.actor(EXPERT)
    number = ticket(desk)
    casework.resolve(services, number, jordan, outcome="answered", **act("r"))
    asked = row(desk, number)
    with reading(services.engine) as session:
        assert tickets.may_be_rated(session, asked)
        owner = directory.actor_of(session, session.get_one(HelpRequest, asked.request_id).person_id)
    with pytest.raises(NotFound):
        casework.rate(services, asked.request_id, jordan, 5, **act("rate"))
    with pytest.raises(Refused, match="from 1"):
        casework.rate(services, asked.request_id, owner, 6, **act("rate"))
    casework.rate(services, asked.request_id, owner, 4, "Call 208-555-0142 sooner.", **act("rate"))
    with reading(services.engine) as session:
        assert tickets.derived(session, asked.id or 0).score == 4
        assert not tickets.may_be_rated(session, asked)
    comment = next(m for m in desk.messages if m.kind is MessageKind.NOTE)
    assert "0142" not in comment.masked

    desk.say("A man with a gun is at my door right now, help", who="danger", thread="danger")
    dangerous = desk.tickets[-1]
    casework.resolve(services, f"HD-{1000 + (dangerous.id or 0)}", jordan, outcome="police came", **act("r2"))
    with reading(services.engine) as session:
        assert not tickets.may_be_rated(session, tickets.get(session, dangerous.id or 0))


def test_spam_is_cancelled_in_silence_and_a_duplicate_is_told(desk: Desk) -> None:
    services, jordan = desk.services, desk.actor(EXPERT)
    spam, twice = ticket(desk, "a"), ticket(desk, "b")
    casework.cancel(services, spam, jordan, Why.SPAM, **act("c"))
    casework.cancel(services, twice, jordan, Why.DUPLICATE, **act("c"))
    desk.deliver()
    assert [message.address for message in desk.sent("ticket_cancelled")] == ["b"]
