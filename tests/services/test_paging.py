"""A flood of strangers makes few pages, hides nobody, and never holds up a verified official."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import select

from bot import conversation
from bot.console import sign_in
from bot.conversation import NotAccepted
from bot.database import transaction
from bot.delivery.loop import deliver_due
from bot.messages import SenderIdentity
from bot.worker import beat
from escalation import chains
from escalation.kinds import ChannelName
from escalation.tables import City, IdentityKind, Message, OutboxMessage
from escalation.tickets import number_of
from tests.support.desk import EXPERT, Desk, DeskFactory, RecordingSender
from tests.support.pages import Tab

GUN = "there is a man with a gun at my door right now"
MAYOR = SenderIdentity(IdentityKind.TERMINAL, "demonstration", "official-us", verified=True)


@pytest.fixture
def desk(sqlite_desks: DeskFactory) -> Iterator[Desk]:
    with sqlite_desks.desk() as made:
        yield made


def pages(desk: Desk, kind: str = "page") -> list[OutboxMessage]:
    return [row for row in desk.outbox if row.kind == kind]


def strangers(desk: Desk, count: int, *, first: int = 0) -> None:
    for number in range(first, first + count):
        desk.say(GUN, thread=f"t{number}", who=f"stranger-{number}")


def test_strangers_beyond_three_in_ten_minutes_are_paged_for_together_counted_and_listed(
    desks: DeskFactory,
) -> None:
    with desks.desk() as desk:
        _flood_of_eight(desk)


def _flood_of_eight(desk: Desk) -> None:
    strangers(desk, 8)
    assert len(pages(desk)) == 3
    assert beat(desk.services) == 0
    desk.deliver()
    (together,) = desk.sent("pages")
    assert "5 more messages of danger" in together.text
    listed = [number_of(ticket.id or 0) for ticket in desk.tickets[3:]]
    assert ", ".join(listed) in together.text
    assert len([row for row in desk.outbox if row.kind == "safety"]) == 8, "everybody is told to call 911"
    assert all(message.paged_at for message in desk.messages if message.immediate_danger)


def test_a_clock_that_breaks_keeps_nobody_from_being_paged_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    strangers(desk, 4)

    def broken(*_: object) -> bool:
        raise ValueError("a ticket that can't be planned")

    monkeypatch.setattr(chains, "due", broken)
    with pytest.raises(ValueError, match="planned"):
        beat(desk.services)
    assert len(pages(desk, "pages")) == 1


def test_a_verified_officials_page_goes_alone_in_the_middle_of_a_flood(desk: Desk) -> None:
    strangers(desk, 6)
    desk.say(GUN, sender=MAYOR, thread="mayor")
    strangers(desk, 3, first=6)
    mayor = next(message for message in desk.messages if message.immediate_danger and message.person_id == 1)
    assert mayor.paged_at == mayor.recorded_at
    assert len(pages(desk)) == 4


def test_what_is_urgent_for_a_verified_official_is_sent_before_the_flood(desk: Desk) -> None:
    for number in range(6):
        desk.say(GUN, thread=f"t{number}", who=f"s{number}")
    desk.say(GUN, sender=MAYOR, thread="mayor")
    deliver_due(desk.services, ChannelName.WEB, "test")
    sent = desk.carriers[ChannelName.WEB].sent
    first = [message.kind for message in sent[:6]]
    assert sorted(first) == ["page", "page", "page", "page", "safety", "ticket_card"]
    assert "mayor" in {message.address for message in sent[:6]}


def test_the_next_strangers_are_told_of_after_a_minute_and_alone_again_after_ten(desk: Desk) -> None:
    strangers(desk, 4)
    beat(desk.services)
    strangers(desk, 2, first=4)
    beat(desk.services)
    assert len(pages(desk, "pages")) == 1, "not more than one a minute"
    desk.clock.advance(timedelta(seconds=61))
    beat(desk.services)
    assert len(pages(desk, "pages")) == 2
    desk.clock.advance(timedelta(minutes=10))
    strangers(desk, 1, first=6)
    assert len(pages(desk)) == 4
    beat(desk.services)
    assert len(pages(desk, "pages")) == 2, "nobody is paged for twice"


def test_a_flood_sends_no_card_of_its_own_to_anybodys_mail_or_channel(desk: Desk) -> None:
    slack = RecordingSender()
    desk.services = replace(
        desk.services,
        senders={**desk.services.senders, ChannelName.SLACK: slack},
        settings=desk.services.settings.model_copy(update={"slack_experts_channel": "C0EXPERTS"}),
    )
    strangers(desk, 6)
    cards = [row.channel for row in desk.outbox if row.kind == "ticket_card"]
    assert (cards.count("slack"), cards.count("web")) == (3, 6)


def test_a_p1_card_begins_with_the_citys_own_dispatch_line_and_its_date(desk: Desk) -> None:
    with transaction(desk.services.engine) as session:
        city = session.exec(select(City).where(City.id == 1)).one()
        city.dispatch_phone, city.police_contact = "208-555-0142", "Sgt. Lee, watch commander"
        city.police_checked_on = date(2026, 11, 2)
        session.add(city)
    desk.say(GUN, sender=MAYOR)
    desk.deliver()
    card = desk.sent("ticket_card")[0].text
    first = card.splitlines()[0]
    assert "dispatch 208-555-0142" in first
    assert "Sgt. Lee, watch commander" in first
    assert "checked 2 November 2026" in first
    assert "Your own 911 call would reach your own city" in card


def test_a_p1_card_says_so_when_no_line_is_known_and_other_cards_say_nothing_of_police(desk: Desk) -> None:
    desk.say(GUN)
    desk.say("I need to talk to a person about our council vote", thread="t2", who="somebody")
    desk.deliver()
    unknown, calm = (message.text for message in desk.sent("ticket_card"))
    assert unknown.startswith("Police: their city is not in the directory.")
    assert "olice" not in calm


@pytest.mark.parametrize(
    ("language", "number"), [("en", "your local emergency number"), ("fr", "votre numéro d'urgence local")]
)
def test_a_place_without_911_is_told_its_local_number(desk: Desk, language: str, number: str) -> None:
    with transaction(desk.services.engine) as session:
        city = session.exec(select(City).where(City.id == 1)).one()
        city.has_911 = False
        session.add(city)
    text = GUN if language == "en" else "il y a un homme armé à ma porte en ce moment"
    desk.say(text, sender=MAYOR)
    replies = [message for message in desk.messages if message.kind == "safety"]
    assert number in replies[0].masked
    assert "911" not in replies[0].masked


def test_machines_and_unproved_mail_count_as_strangers(desk: Desk) -> None:
    unproved = SenderIdentity(IdentityKind.EMAIL, "", "mayor@riverbend.test", verified=False)
    for number in range(5):
        desk.say(GUN, thread=f"t{number}", sender=unproved)
    danger = [message for message in desk.rows(Message) if message.immediate_danger]
    assert [message.paged_at is not None for message in danger] == [True, True, True, False, False]


def test_the_console_puts_the_citys_police_above_a_p1_and_above_nothing_else(desk: Desk) -> None:
    with transaction(desk.services.engine) as session:
        city = session.exec(select(City).where(City.id == 1)).one()
        city.dispatch_phone = "208-555-0142"
        session.add(city)
    desk.say(GUN, sender=MAYOR)
    desk.say("I need to talk to a person about our council vote", thread="t2", who="somebody")
    assert desk.services.vault is not None
    tab = Tab(desk.services)
    tab.open(f"/demo/sign-in/{sign_in.demonstration_token(desk.services.vault, EXPERT)}")
    tab.open("/console/tickets/HD-1001")
    assert "tel:208-555-0142" in tab.links()
    assert tab.text.index("Call their police, not yours") < tab.text.index(GUN)
    assert "never checked" in tab.text.lower()
    assert "police" not in tab.open("/console/tickets/HD-1002").text.lower()


def test_a_crowd_that_writes_at_once_is_all_taken_in(desk: Desk) -> None:
    def write(number: int) -> bool:
        message = desk.inbound(GUN, key=f"k{number}", thread=f"t{number}", who=f"stranger-{number}")
        for _delivery in range(100):
            try:
                return conversation.accept(desk.services, message).duplicate
            except NotAccepted:  # a slow machine: the channel delivers it again
                continue
        raise AssertionError("never taken in")

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(write, range(18))) == [False] * 18
    assert len([message for message in desk.messages if message.paged_at]) == 3
