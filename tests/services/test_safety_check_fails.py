"""When the safety check itself breaks: something plainer decides, everybody gets 911, and people are told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from bot import health, safety
from bot.conversation import NotAccepted
from bot.database import transaction
from bot.delivery import alarm
from bot.messages import SenderIdentity
from bot.safety.assessment import Assessment
from escalation.kinds import ChannelName
from escalation.tables import Identity, IdentityKind, Person
from tests.support.desk import EXPERT, Desk, DeskFactory, RecordingSender

GUN = "there is a man with a gun at my door right now"
CALM = "How do we keep order when people shout during a council meeting?"
LEAD_MAIL = "lead@hub.test"


def broken(text: str, **_more: object) -> Assessment:
    raise RuntimeError(text)


@pytest.fixture
def desk(sqlite_desks: DeskFactory) -> Iterator[Desk]:
    with sqlite_desks.desk() as made:
        made.services = replace(made.services, checks=(broken, safety.plain_rules))  # type: ignore[arg-type]
        yield made


def replies(desk: Desk) -> str:
    return "\n".join(message.masked for message in desk.messages if message.author == "bot")


def test_plain_rules_still_see_plain_danger(desk: Desk) -> None:
    desk.say(GUN)
    assert "911" in replies(desk)[:200]
    assert desk.tickets[0].priority == "P1"


@pytest.mark.parametrize(
    "text", [CALM, "thanks!", "hello", "asdf qwer", "I need to talk to a person, please"]
)
def test_every_reply_carries_911_and_a_p2_opens(desk: Desk, text: str) -> None:
    desk.say(text)
    assert "911" in replies(desk)
    assert [(ticket.priority, ticket.reason) for ticket in desk.tickets] == [("P2", "safety_check_failed")]


def test_french_gets_it_in_french(desk: Desk) -> None:
    desk.say("Comment garder le calme pendant une séance du conseil quand les gens crient?")
    assert "appelez d’abord le 911" in replies(desk)


def test_a_message_of_several_matters_is_answered_too(desk: Desk) -> None:
    desk.say(
        "Two things: someone published my home address, and the council meeting was shouted down. What do we do?"
    )
    assert "911" in replies(desk)
    assert [ticket.priority for ticket in desk.tickets] == ["P2"]


def test_a_check_that_fails_on_earlier_turns_alone_has_failed_too(sqlite_desks: DeskFactory) -> None:
    def forgetful(text: str, **more: object) -> Assessment:
        if more.get("history"):
            raise RuntimeError(text)
        return safety.assess(text, **more)  # type: ignore[arg-type]

    with sqlite_desks.desk() as desk:
        desk.services = replace(desk.services, checks=(forgetful, safety.plain_rules))  # type: ignore[arg-type]
        desk.say(CALM)
        desk.say("and for the budget meeting?")
        assert "911" in replies(desk)
        assert [ticket.reason for ticket in desk.tickets] == ["safety_check_failed"]


def test_the_operator_is_told_in_log_and_figures_and_never_with_the_words(
    desk: Desk,
) -> None:
    with capture_logs() as events:
        desk.say(f"{CALM} secret-words")
    logged = repr(events)
    assert "safety.failed" in logged
    assert "RuntimeError" in logged
    assert "secret-words" not in logged
    assert health.check(desk.services, sweeping=False).unchecked == 1


def test_the_lead_is_told_once_an_hour(desk: Desk) -> None:
    mail = RecordingSender()
    senders = {**desk.services.senders, ChannelName.EMAIL: mail}
    desk.services = replace(desk.services, senders=senders)
    with transaction(desk.services.engine) as session:
        session.get_one(Person, EXPERT).demonstration = False
        session.add(
            Identity(
                person_id=EXPERT, kind=IdentityKind.EMAIL, external_id=LEAD_MAIL, verified_at=desk.clock()
            )
        )
    for number in range(3):
        desk.say(CALM, thread=f"t{number}", who=f"w{number}")
    told = [row for row in desk.outbox if row.kind == "safety_failed"]
    assert sorted(row.channel for row in told) == ["email", "web"]


def test_when_everything_breaks_a_handful_of_words_and_doubt_decide(desk: Desk) -> None:
    desk.services = replace(desk.services, checks=(broken, broken))  # type: ignore[arg-type]
    desk.say(GUN)
    desk.say("je veux mourir, je n'en peux plus", thread="t2", who="b")
    desk.say(CALM, thread="t3", who="c")
    found = [(m.immediate_danger, m.self_harm, m.in_doubt) for m in desk.messages if m.author == "requester"]
    assert found == [(True, False, True), (False, True, True), (False, False, True)]
    assert {ticket.priority for ticket in desk.tickets} == {"P1", "P2"}


def test_a_check_that_breaks_later_in_a_conversation_does_not_lose_the_message(desk: Desk) -> None:
    sender = SenderIdentity(IdentityKind.WEB, "site", "w")
    desk.services = replace(desk.services, checks=(safety.assess, safety.plain_rules))
    desk.say(CALM, sender=sender)

    def breaks_with_history(text: str, history: tuple[str, ...] = (), **more: object) -> Assessment:
        if history:
            raise ValueError
        return safety.assess(text, sent_at=datetime.now(UTC))

    desk.services = replace(desk.services, checks=(breaks_with_history, safety.plain_rules))  # type: ignore[arg-type]
    desk.say("and if they still will not stop?", sender=sender)
    assert len([m for m in desk.messages if m.author == "requester"]) == 2


def test_a_fault_of_ours_while_storing_still_gives_911_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def faulty(*_: object, **__: object) -> None:
        raise LookupError(GUN)

    monkeypatch.setattr(alarm, "danger", faulty)
    with pytest.raises(NotAccepted) as refused:
        desk.say(GUN)
    assert "911" in (refused.value.safety_text or "")
    assert "gun" not in capsys.readouterr().out
    assert desk.messages == []
