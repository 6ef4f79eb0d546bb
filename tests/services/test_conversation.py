"""One message, from its acceptance to answer and ticket, on both engines."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot import answering, casework, conversation
from bot.conversation import NotAccepted
from bot.database import reading, transaction
from bot.delivery.sealing import open_body, vault_of
from bot.messages import Case, SenderIdentity
from bot.safety import Assessment, Situation, assess
from bot.services import Services
from bot.worker import beat
from escalation.access import OPERATOR
from escalation.errors import AlreadyClaimed, IllegalMove, NotFound
from escalation.tables import (
    Affiliation,
    Answer,
    Author,
    Citation,
    Clock,
    HelpRequest,
    IdentityKind,
    Message,
    MessageKind,
    MessageState,
    OutboxState,
    Reminder,
    TicketState,
)
from escalation.tickets import number_of
from tests.support.desk import EXPERT, OFFICIAL, OTHER_EXPERT, Desk, restarted

DOXED = "someone posted my home address on telegram, what do I do first"
GUN = "there is a man with a gun at my door right now"


def test_a_question_is_answered_with_numbered_quotes_from_the_library(desk: Desk) -> None:
    desk.say("How do we keep order when people shout during a council meeting?")
    answer = next(message for message in desk.messages if message.kind is MessageKind.ANSWER)
    citations = desk.rows(Citation)
    assert answer.author is Author.BOT
    assert [citation.number for citation in citations] == list(range(1, len(citations) + 1))
    assert citations[0].document_id == "council-meeting-disruption-en"
    assert all(citation.excerpt in answer.masked for citation in citations)
    assert desk.tickets == []


def test_a_second_arrival_changes_nothing(desk: Desk) -> None:
    first = desk.say(DOXED, key="same")
    before = (len(desk.messages), len(desk.outbox), len(desk.tickets))
    second = desk.say(DOXED, key="same")
    assert second.duplicate
    assert second.message_id == first.message_id
    assert (len(desk.messages), len(desk.outbox), len(desk.tickets)) == before


def test_danger_gets_911_and_a_page_in_the_commit_that_accepts_it(desk: Desk) -> None:
    accepted = conversation.accept(desk.services, desk.inbound(GUN, key="danger"))
    assert accepted.assessment.immediate_danger
    desk.deliver()
    assert "911" in desk.sent("safety")[0].text[:200]
    assert desk.sent("page")
    assert "gun" not in desk.sent("page")[0].text
    conversation.handle(desk.services, accepted.message_id)
    ticket = desk.tickets[0]
    assert (ticket.priority, ticket.reason) == ("P1", "danger")


def test_self_harm_gets_988_first_and_neither_quote_nor_button(desk: Desk) -> None:
    desk.say("I don't want to wake up tomorrow. Everyone would be better off without me.")
    desk.deliver()
    safety = desk.sent("safety")[0]
    assert "988" in safety.text[:300]
    assert (safety.quotes, safety.actions) == ((), ())
    assert desk.sent("answer") == []


def test_the_library_says_so_when_it_has_no_answer_and_a_second_miss_goes_to_people(desk: Desk) -> None:
    desk.say("which day is the recycling picked up on Maple Avenue")
    assert desk.rows(Answer)[0].abstained
    assert desk.rows(Citation) == []
    assert desk.tickets == []
    desk.say("and when does the municipal swimming pool open for lessons")
    assert [ticket.reason for ticket in desk.tickets] == ["no_answer_twice"]


def test_asking_for_a_person_opens_one_ticket_however_often(desk: Desk) -> None:
    accepted = desk.say("How do we keep order in a council meeting?")
    cards = [
        casework.escalate(desk.services, accepted.request_id, OPERATOR, channel="web", source_id=f"press-{n}")
        for n in range(3)
    ]
    desk.say("Can I please talk to a real person?")
    assert {card.number for card in cards} == {number_of(desk.tickets[0].id)}
    assert len(desk.tickets) == 1


def test_somebody_else_can_not_escalate_or_rate_my_request(desk: Desk) -> None:
    accepted = desk.say("How do we keep order in a council meeting?")
    answer = next(message for message in desk.messages if message.kind is MessageKind.ANSWER)
    with pytest.raises(NotFound):
        casework.escalate(
            desk.services, accepted.request_id, desk.actor(OFFICIAL), channel="web", source_id="x"
        )
    with pytest.raises(NotFound):
        casework.feedback(desk.services, answer.id, desk.actor(OFFICIAL), helpful=False)


def test_the_whole_story_of_a_ticket(desk: Desk) -> None:
    desk.say("I need to talk to a person about our council vote")
    number = number_of(desk.tickets[0].id)
    expert = desk.actor(EXPERT)
    claimed = casework.claim(desk.services, number, expert, channel="console", source_id="claim")
    assert (claimed.state, claimed.assignee_name) == ("open", "Jordan Demo")
    casework.note(
        desk.services, number, expert, "They sound tired. Secret note.", channel="console", source_id="n"
    )
    casework.reply(
        desk.services, number, expert, "Call me at 208-555-0142.", channel="console", source_id="r"
    )
    casework.resolve(desk.services, number, expert, outcome="answered", channel="console", source_id="s")
    desk.deliver()
    relayed = desk.sent("relay")
    assert "208-555-0142" in relayed[0].text, "an expert's words reach the official unmasked"
    assert all("Secret note" not in row.text for row in desk.carriers_sent())
    reply = next(message for message in desk.messages if message.kind is MessageKind.REPLY)
    assert "208-555-0142" not in reply.masked
    with reading(desk.services.engine) as session:
        assert open_body(session, vault_of(desk.services), reply) == "Call me at 208-555-0142."
    assert desk.tickets[0].state is TicketState.SOLVED
    assert all(clock.stopped_at is not None for clock in desk.rows(Clock))


def test_acts_are_idempotent_by_their_source(desk: Desk) -> None:
    desk.say("I need to talk to a person about our council vote")
    number = number_of(desk.tickets[0].id)
    for _ in range(2):
        casework.reply(
            desk.services, number, desk.actor(EXPERT), "Hello", channel="slack", source_id="click-1"
        )
        casework.resolve(
            desk.services, number, desk.actor(EXPERT), outcome="done", channel="slack", source_id="click-2"
        )
    desk.deliver()
    assert len(desk.sent("relay")) == 1
    assert len(desk.sent("ticket_resolved")) == 1


def test_one_of_two_experts_wins_and_the_other_is_told_who(desk: Desk) -> None:
    desk.say("I need to talk to a person about our council vote")
    number = number_of(desk.tickets[0].id)
    casework.claim(desk.services, number, desk.actor(OTHER_EXPERT), channel="console", source_id="a")
    with pytest.raises(AlreadyClaimed, match="Noor Démo"):
        casework.claim(desk.services, number, desk.actor(EXPERT), channel="console", source_id="b")


def test_an_official_can_not_work_tickets_nor_learn_that_they_exist(desk: Desk) -> None:
    desk.say("I need to talk to a person about our council vote")
    number = number_of(desk.tickets[0].id)
    with pytest.raises(NotFound):
        casework.claim(desk.services, number, desk.actor(OFFICIAL), channel="console", source_id="x")
    with pytest.raises(NotFound):
        casework.claim(desk.services, "HD-999999", desk.actor(EXPERT), channel="console", source_id="y")


def test_refused_acts_change_nothing(desk: Desk) -> None:
    desk.say("I need to talk to a person about our council vote")
    number = number_of(desk.tickets[0].id)
    expert = desk.actor(EXPERT)
    with pytest.raises(IllegalMove, match="empty"):
        casework.reply(desk.services, number, expert, "  \n ", channel="console", source_id="1")
    with pytest.raises(IllegalMove, match="outcome"):
        casework.resolve(desk.services, number, expert, outcome=" ", channel="console", source_id="2")
    casework.resolve(desk.services, number, expert, outcome="done", channel="console", source_id="3")
    with pytest.raises(IllegalMove, match="already resolved"):
        casework.reply(desk.services, number, expert, "late", channel="console", source_id="4")
    assert desk.tickets[0].state is TicketState.SOLVED


def test_after_a_claim_the_bot_adds_nothing_but_safety_replies(desk: Desk) -> None:
    desk.say("I need to talk to a person about our council vote")
    number = number_of(desk.tickets[0].id)
    casework.claim(desk.services, number, desk.actor(EXPERT), channel="console", source_id="claim")
    before = len([m for m in desk.messages if m.kind is MessageKind.ANSWER])
    desk.say("How do we keep order when people shout during a council meeting?")
    desk.say(GUN)
    desk.deliver()
    assert len([m for m in desk.messages if m.kind is MessageKind.ANSWER]) == before
    assert len(desk.sent("safety")) == 1
    assert desk.tickets[0].priority == "P1", "a turn raises the case"


def test_writing_again_reopens_a_resolved_ticket_and_thanks_do_not(desk: Desk) -> None:
    desk.say("I need to talk to a person about our council vote")
    number = number_of(desk.tickets[0].id)
    casework.resolve(
        desk.services, number, desk.actor(EXPERT), outcome="done", channel="console", source_id="s"
    )
    desk.say("thank you!")
    assert desk.tickets[0].state is TicketState.SOLVED
    desk.say("it started again, the council chamber was full of angry people")
    assert desk.tickets[0].state in {TicketState.NEW, TicketState.OPEN}
    assert len(desk.tickets) == 1


def test_words_that_cross_with_the_end_of_their_ticket_bring_it_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.say("I need to talk to a person about our council vote")
    read = answering.read

    def ended_meanwhile(services: Services, message: Message) -> answering.Decided:
        decided = read(services, message)
        casework.resolve(
            services, "HD-1001", desk.actor(EXPERT), outcome="done", channel="console", source_id="s"
        )
        return decided

    monkeypatch.setattr(answering, "read", ended_meanwhile)
    desk.say(GUN)
    assert [(ticket.state, ticket.priority.value) for ticket in desk.tickets] == [(TicketState.NEW, "P1")]


def test_a_reminder_is_raised_at_its_point_once(desk: Desk) -> None:
    desk.say(DOXED)  # P2: acknowledge within 30 minutes, first point after 15
    assert beat(desk.services) == 0
    desk.clock.advance(timedelta(minutes=16))
    assert beat(desk.services) > 0
    assert beat(desk.services) == 0
    desk.deliver()
    assert {reminder.point for reminder in desk.rows(Reminder)} == {"50", "75"}  # 75 % was minutes away
    assert len(desk.sent("reminder")) == 1


def test_after_an_outage_each_clock_yields_its_latest_point_only(desk: Desk) -> None:
    desk.say(DOXED)
    desk.clock.advance(timedelta(hours=1, minutes=31))
    beat(desk.services)
    points = {(r.target.value, r.point) for r in desk.rows(Reminder)}
    acknowledge = {point for target, point in points if target == "acknowledge"}
    assert len(acknowledge) == 1
    assert next(iter(acknowledge)).startswith("after-")
    clock = next(c for c in desk.rows(Clock) if c.target == "acknowledge")
    assert clock.breached_at == clock.due_at


def test_machine_mail_is_recorded_and_never_answered(desk: Desk) -> None:
    desk.say("I am out of the office until Monday.", kind=MessageKind.AUTO_REPLY)
    assert [message.author for message in desk.messages] == [Author.MACHINE]
    assert desk.outbox == []
    assert all(message.state is not MessageState.PENDING for message in desk.messages)


def test_danger_in_machine_mail_alerts_people_and_answers_nobody(desk: Desk) -> None:
    desk.say(GUN, kind=MessageKind.AUTO_REPLY)
    desk.deliver()
    assert desk.sent("safety") == []
    assert desk.sent("page")
    assert desk.tickets[0].reason == "machine_alert"


def test_a_message_nobody_answered_in_60_seconds_becomes_a_ticket(desk: Desk) -> None:
    accepted = conversation.accept(
        desk.services, desk.inbound("How do we chair a hybrid meeting?", key="lost")
    )
    broken = replace(desk.services, library=None)  # every attempt dies in the search
    for _ in range(3):
        desk.clock.advance(timedelta(seconds=31))
        with pytest.raises(AttributeError):
            conversation.handle(broken, accepted.message_id)
    desk.clock.advance(timedelta(seconds=31))
    conversation.sweep(desk.services)
    assert [ticket.reason for ticket in desk.tickets] == ["no_answer_in_time"]
    assert desk.tickets[0].opened_at == desk.messages[0].recorded_at, "the clocks start at the question"


def test_what_a_dead_process_left_behind_is_answered_by_the_sweep(desk: Desk) -> None:
    conversation.accept(desk.services, desk.inbound("How do we chair a hybrid meeting?", key="left"))
    desk.clock.advance(timedelta(seconds=5))
    with restarted(desk) as again:
        conversation.sweep(again.services)
    assert any(message.kind is MessageKind.ANSWER for message in desk.messages)


def test_a_stranger_who_quotes_my_thread_does_not_enter_it(desk: Desk) -> None:
    mine = desk.say("How do we chair a hybrid meeting?", thread="shared", who="me")
    theirs = desk.say("what did they say?", thread="shared", who="stranger-2")
    assert mine.thread_id != theirs.thread_id
    assert mine.request_id != theirs.request_id


def test_a_follow_up_stays_in_its_request_and_uses_what_was_asked_before(desk: Desk) -> None:
    desk.say("How do we keep order when people shout during a council meeting?")
    desk.say("and if they still will not stop?")
    assert len(desk.rows(HelpRequest)) == 1
    assert desk.rows(Citation)[-1].document_id == "council-meeting-disruption-en"


def test_french_is_answered_in_french(desk: Desk) -> None:
    desk.say("Quelqu'un a publié l'adresse de la mairesse sur Facebook, que faire en premier?")
    desk.deliver()
    assert "tiré de notre bibliothèque" in desk.sent("answer")[0].text
    assert desk.rows(Citation)[0].document_id == "doxing-fr"


def test_danger_in_words_of_either_language_follows_the_conversation_or_gives_the_call_in_both(
    desk: Desk,
) -> None:
    unclear = "TIREUR HALL 2!!"

    def shots(text: str, **known: object) -> Assessment:
        found = assess(text, **known)  # type: ignore[arg-type]
        return replace(found, immediate_danger=True, situation=Situation.SHOTS) if text == unclear else found

    desk.services = replace(desk.services, checks=(shots,))
    desk.say("Quelqu'un a publié l'adresse de la mairesse sur Facebook, que faire en premier?", who="known")
    desk.say(unclear, who="known")
    desk.say(unclear, who="unknown", thread="t2")
    desk.deliver()
    known, unknown = (message.text for message in desk.sent("safety"))
    assert known.startswith("Appelez le 911")
    assert "Call 911" not in known
    assert "Call 911" in unknown[:200]
    assert "Appelez le 911" in unknown[:200]


def test_one_message_in_doubt_gets_the_line_with_911_once(desk: Desk) -> None:
    def doubtful(text: str, **known: object) -> Assessment:
        return replace(assess(text, **known), in_doubt=True, wants_human=True)  # type: ignore[arg-type]

    desk.services = replace(desk.services, checks=(doubtful,))
    desk.say("Someone published my home address. What do I do first? " * 3)
    desk.deliver()
    sent = [message.text for message in desk.carriers_sent() if message.kind in {"answer", "ticket_opened"}]
    assert len(sent) == 2
    assert sum(text.count("If anyone may be in danger right now") for text in sent) == 1


def test_without_its_key_the_desk_gives_safety_replies_and_stores_nothing(desk: Desk) -> None:
    locked = replace(desk.services, vault=None, vault_fault="the key file is missing")
    with pytest.raises(NotAccepted) as refused:
        conversation.accept(locked, desk.inbound(GUN, key="no-key"))
    assert refused.value.safety_text is not None
    assert "911" in refused.value.safety_text
    with pytest.raises(NotAccepted) as refused:
        conversation.accept(locked, desk.inbound("bonjour, une question", key="no-key-2"))
    assert refused.value.safety_only
    assert desk.messages == []


def test_nothing_of_a_question_stands_in_the_clear_in_the_database(desk: Desk) -> None:
    secret = "my unlisted number is 208-555-0177"
    desk.say(f"{DOXED}; {secret}")
    desk.deliver()
    for table in (type(desk.messages[0]), type(desk.outbox[0])):
        for row in desk.rows(table):
            assert "208-555-0177" not in str(row.model_dump())


def test_an_expert_of_the_same_city_can_not_work_the_case(desk: Desk) -> None:
    with transaction(desk.services.engine) as session:
        session.add(Affiliation(person_id=EXPERT, city_id=1))
    desk.say(
        "I need to talk to a person",
        sender=SenderIdentity(IdentityKind.TERMINAL, "demonstration", "official-us", verified=True),
    )
    number = number_of(desk.tickets[0].id)
    with pytest.raises(NotFound):
        casework.claim(desk.services, number, desk.actor(EXPERT), channel="console", source_id="x")
    assert desk.tickets[0].suggested_id == OTHER_EXPERT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\x00\x01",
        "🙂🙂",
        "שלום וברכה",
        "\u202eevil",
        "a" * 50_000,
        "[bold red]x[/]\x1b[31m",
        "\ud800",
    ],
    ids=["empty", "blank", "binary", "emoji", "rtl", "bidi", "one-word", "markup", "surrogate"],
)
def test_strange_input_is_kept_and_answered(desk: Desk, text: str) -> None:
    desk.say(text)
    desk.deliver()
    assert [m.state for m in desk.messages if m.author is Author.REQUESTER] == [MessageState.HANDLED]
    assert len(desk.outbox) >= 1
    assert all(row.state is OutboxState.SENT for row in desk.outbox)


def test_asking_for_a_person_again_reopens_with_running_clocks(desk: Desk) -> None:
    accepted = desk.say("I need to talk to a person about our council vote")
    number = number_of(desk.tickets[0].id)
    expert = desk.actor(EXPERT)
    casework.reply(desk.services, number, expert, "Hello.", channel="console", source_id="r")
    casework.resolve(desk.services, number, expert, outcome="done", channel="console", source_id="s")
    desk.clock.advance(timedelta(minutes=5))
    casework.escalate(desk.services, accepted.request_id, OPERATOR, channel="web", source_id="again")
    ticket = desk.tickets[0]
    assert ticket.state is TicketState.OPEN
    assert ticket.due_at is not None
    running = {clock.target.value for clock in desk.rows(Clock) if clock.stopped_at is None}
    assert "next_response" in running


def test_an_experts_words_for_a_resolved_ticket_are_kept_and_the_expert_is_told(desk: Desk) -> None:
    desk.say("I need to talk to a person about our council vote")
    ticket = desk.tickets[0]
    casework.resolve(
        desk.services,
        number_of(ticket.id),
        desk.actor(EXPERT),
        outcome="done",
        channel="console",
        source_id="s",
    )
    desk.say(
        "One more thing: call the clerk.",
        sender=SenderIdentity(IdentityKind.TERMINAL, "demonstration", "expert-safety", verified=True),
        case=Case(ticket.id or 0, public=True),
    )
    desk.deliver()
    assert len(desk.tickets) == 1
    assert desk.sent("relay") == []
    assert any("not sent" in update.text for update in desk.sent("ticket_update"))
    assert any(message.author is Author.EXPERT for message in desk.messages)


def test_a_deadline_is_read_on_the_writers_own_clock(desk: Desk) -> None:
    desk.say("The vote is tonight at 19:00 and I need to talk to a person")
    assert desk.tickets[0].needed_by == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # 19:00 at the hub


def test_a_message_that_breaks_every_time_does_not_hold_up_the_others(desk: Desk) -> None:
    for name in ("first", "second"):
        conversation.accept(
            desk.services, desk.inbound("How do we chair a meeting?", key=name, thread=name, who=name)
        )
    desk.clock.advance(timedelta(seconds=5))
    conversation.sweep(replace(desk.services, library=None))
    desk.clock.advance(timedelta(seconds=40))
    conversation.sweep(desk.services)
    assert len([m for m in desk.messages if m.kind is MessageKind.ANSWER]) == 2
