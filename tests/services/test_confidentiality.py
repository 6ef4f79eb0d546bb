"""Need to know: a sealed request is there for the people named for it, and for nobody else by any way."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner, Result

from bot import casework, conversation
from bot.browser.live import Watcher, fingerprint, queue_of
from bot.cli import app
from bot.console import sign_in
from bot.database import reading, transaction
from bot.messages import SenderIdentity, ThreadKey
from bot.privacy import need_to_know, opening
from bot.worker import beat
from escalation import access_log, confidentiality, directory, reports, tickets
from escalation.access import OPERATOR
from escalation.access_log import Opened
from escalation.errors import Forbidden, IllegalMove, NotFound
from escalation.tables import (
    AccessLine,
    Affiliation,
    ChannelName,
    Identity,
    IdentityKind,
    Person,
    Role,
    RoleName,
    Seal,
)
from tests.support.desk import EXPERT, OFFICIAL, OTHER_EXPERT, Desk, DeskFactory
from tests.support.pages import Tab

DESPAIR = "I can't go on. I have thought about ending my life tonight, my number is 208-555-0142."
NEWS = "I want to talk to a person about the shouting at our meeting."
CHANNELS = (ChannelName.WEB, ChannelName.EMAIL, ChannelName.SLACK)


def staff(desk: Desk, name: str, *roles: RoleName, mail: str | None = None, city: int | None = None) -> int:
    """Add a member of staff who is no demonstration, and return their number."""
    now = desk.clock()
    with transaction(desk.services.engine) as session:
        person = Person(name=name, language="en", verified=True, created_at=now)
        session.add(person)
        session.flush()
        assert person.id is not None
        for role in roles:
            session.add(Role(person_id=person.id, name=role, granted_at=now))
        if mail:
            session.add(
                Identity(person_id=person.id, kind=IdentityKind.EMAIL, external_id=mail, verified_at=now)
            )
        if city:
            session.add(Affiliation(person_id=person.id, city_id=city))
        return person.id


def signed_in(desk: Desk, person_id: int) -> Tab:
    tab = Tab(desk.services)
    assert desk.services.vault is not None
    return tab.open(f"/demo/sign-in/{sign_in.demonstration_token(desk.services.vault, person_id)}")


def named(desk: Desk) -> frozenset[int]:
    with reading(desk.services.engine) as session:
        return confidentiality.about(session, desk.tickets[0].request_id).named


# at birth


def test_words_of_despair_are_sealed_to_the_duty_expert_and_the_lead(desk: Desk) -> None:
    bystander = staff(desk, "By Stander", RoleName.EXPERT)
    desk.say(DESPAIR)
    (ticket,) = desk.tickets
    assert named(desk) == {EXPERT}  # the demonstration's first expert is its lead as well
    assert ticket.suggested_id == EXPERT
    for person_id in (bystander, OTHER_EXPERT):
        actor = desk.actor(person_id)
        with reading(desk.services.engine) as session:
            assert reports.queue(session, actor, desk.clock()) == ()
        with pytest.raises(NotFound):
            casework.claim(desk.services, "HD-1001", actor, channel="test", source_id="1")
    with reading(desk.services.engine) as session:
        assert [row.id for row in reports.queue(session, desk.actor(EXPERT), desk.clock())] == [ticket.id]
        assert reports.queue(session, OPERATOR, desk.clock()) == ()
    assert [line.what for line in desk.rows(AccessLine)] == ["sealed"]


def test_a_complaint_about_a_superior_is_sealed_and_one_about_strangers_is_not(desk: Desk) -> None:
    desk.say("My supervisor keeps touching me. I want to talk to a person.")
    desk.say("Strangers are harassing our mayor. I want to talk to a person.", who="other", thread="t2")
    assert [row.reason for row in desk.rows(Seal)] == ["complaint"]
    assert named(desk) == {EXPERT}
    with reading(desk.services.engine) as session:
        assert [row.id for row in reports.queue(session, desk.actor(OTHER_EXPERT), desk.clock())] == [2]


def test_a_lead_from_the_requesters_city_is_not_named(desk: Desk) -> None:
    city = next(row for row in desk.rows(Affiliation) if row.person_id == OFFICIAL).city_id
    neighbour = staff(desk, "Neigh Bour", RoleName.LEAD, city=city)
    identity = next(row for row in desk.rows(Identity) if row.person_id == OFFICIAL)
    sender = SenderIdentity(identity.kind, identity.issuer, identity.external_id)
    desk.say(DESPAIR, sender=sender)
    assert neighbour not in named(desk)
    with pytest.raises(Forbidden):
        need_to_know.name(
            desk.services, "HD-1001", desk.actor(EXPERT), neighbour, "she asked", channel="test"
        )


def test_where_everybody_named_would_be_in_conflict_any_other_expert_is_named(desk: Desk) -> None:
    with transaction(desk.services.engine) as session:
        for role in desk.rows(Role):
            if role.person_id == EXPERT:
                session.delete(role)
            elif role.person_id == OTHER_EXPERT:
                profile = directory.profile_of(session, OTHER_EXPERT)
                profile.on_duty = False
                session.add(profile)
    desk.say(DESPAIR)
    assert named(desk) == {OTHER_EXPERT}


def test_where_there_is_nobody_to_name_it_stays_unsealed_and_is_still_told_of(desk: Desk) -> None:
    with transaction(desk.services.engine) as session:
        for role in desk.rows(Role):
            session.delete(role)
    desk.say(DESPAIR)
    assert desk.rows(Seal) == []
    assert [row.channel for row in desk.outbox if row.kind == "page"] == ["web"]


# what others see


@pytest.fixture
def connected(sqlite_desks: DeskFactory) -> "Desk":
    with sqlite_desks.desk(channels=CHANNELS) as made:
        settings = made.services.settings.model_copy(update={"slack_experts_channel": "C0EXPERTS"})
        object.__setattr__(made.services, "settings", settings)
        yield made  # type: ignore[misc]


def test_nothing_of_a_sealed_request_is_told_in_a_shared_place_or_to_others(connected: Desk) -> None:
    desk = connected
    lead = staff(desk, "Lea D", RoleName.EXPERT, RoleName.LEAD, mail="lead@hub.example.org")
    staff(desk, "Oth Er", RoleName.EXPERT, mail="other@hub.example.org")
    with transaction(desk.services.engine) as session:
        session.add(Identity(person_id=lead, kind=IdentityKind.SLACK, issuer="T1", external_id="U0LEAD"))
    desk.say(DESPAIR)
    desk.clock.advance(timedelta(days=3))  # reminders and the chain come due
    beat(desk.services)
    desk.deliver()
    staffward = {"page", "ticket_card", "ticket_update", "reminder"}
    told = [message for message in desk.carriers_sent() if message.kind in staffward]
    assert {message.kind for message in told} >= {"page", "ticket_card", "reminder"}
    for message in told:
        assert "lead@hub.example.org" in message.address or "U0LEAD" in message.address
    assert not any("C0EXPERTS" in message.address for message in desk.carriers_sent())


def test_what_waits_for_the_experts_channel_when_a_request_is_sealed_is_not_posted(connected: Desk) -> None:
    desk = connected
    desk.say(NEWS)
    need_to_know.seal(desk.services, "HD-1001", desk.actor(EXPERT), "her own superior", channel="test")
    desk.deliver()
    assert not any("C0EXPERTS" in message.address for message in desk.carriers_sent())


def test_a_sealed_ticket_is_in_no_page_list_count_or_stream_of_another_expert(
    sqlite_desks: DeskFactory,
) -> None:
    with sqlite_desks.desk() as desk:
        lead, other = signed_in(desk, EXPERT), signed_in(desk, OTHER_EXPERT)
        with reading(desk.services.engine) as session:
            before = fingerprint(session, queue_of(OTHER_EXPERT))
            lead_before = fingerprint(session, queue_of(EXPERT))
        counted = other.open("/console/outbox").text
        desk.say(DESPAIR)
        with reading(desk.services.engine) as session:
            assert fingerprint(session, queue_of(OTHER_EXPERT)) == before
            assert fingerprint(session, queue_of(EXPERT)) != lead_before
        assert "HD-1001" in lead.open("/console").text
        assert "HD-1001" not in other.open("/console").text
        assert "Nobody is waiting" in other.text
        assert other.open("/console/tickets/HD-1001").status == 404
        assert other.open("/console/tickets/HD-1001/live").status == 404
        assert other.open("/console/outbox").text == counted
        page = lead.open("/console/tickets/HD-1001")
        assert "Only these people can see that this request exists: Jordan Demo" in page.text


def test_streams_end_as_soon_as_somebody_loses_sight_of_something(desk: Desk) -> None:
    desk.say(NEWS)

    async def story() -> list[str]:
        watcher = Watcher(desk.services.engine, interval=0.01)
        stream = watcher.events(queue_of(OTHER_EXPERT))
        said = [await anext(stream), await anext(stream)]
        need_to_know.seal(desk.services, "HD-1001", desk.actor(EXPERT), "private", channel="test")
        said += [event async for event in stream]
        watcher.close()
        return said

    assert len(asyncio.run(story())) == 2


def test_nobody_in_the_city_learns_of_a_request_through_a_channel_others_read(connected: Desk) -> None:
    desk = connected
    place = json.dumps({"channel": "C0CITY", "thread_ts": "1.1", "team": "T1"})
    thread = ThreadKey(ChannelName.SLACK, "T1:C0CITY:1.1", place)
    sender = SenderIdentity(IdentityKind.SLACK, "T1", "U0MAYOR", name="May Or", verified=True)
    asked = replace(desk.inbound(DESPAIR, key="k1"), thread=thread, sender=sender)
    conversation.handle(desk.services, conversation.accept(desk.services, asked).message_id)
    casework.claim(desk.services, "HD-1001", desk.actor(EXPERT), channel="test", source_id="c")
    casework.reply(desk.services, "HD-1001", desk.actor(EXPERT), "I am here.", channel="test", source_id="r")
    desk.deliver()
    public = [message for message in desk.carriers_sent() if "C0CITY" in message.address]
    assert {message.kind for message in public} == {"safety"}
    assert "U0MAYOR" in desk.sent("relay")[0].address
    assert "U0MAYOR" in desk.sent("ticket_opened")[0].address


# by hand


def test_sealing_naming_and_keeping_away_are_for_leads_owners_and_named_people(desk: Desk) -> None:
    outsider = staff(desk, "Out Sider", RoleName.EXPERT)
    desk.say(NEWS)
    with pytest.raises(Forbidden):
        need_to_know.seal(desk.services, "HD-1001", desk.actor(outsider), "why not", channel="test")
    lead = desk.actor(EXPERT)
    with pytest.raises(IllegalMove):
        need_to_know.seal(desk.services, "HD-1001", lead, "  ", channel="test")
    assert desk.rows(Seal) == []
    need_to_know.seal(desk.services, "HD-1001", lead, "a complaint at 12 Elm Street, Boise", channel="test")
    with pytest.raises(NotFound):
        need_to_know.unseal(desk.services, "HD-1001", desk.actor(outsider), "please", channel="test")
    need_to_know.name(desk.services, "HD-1001", lead, outsider, "knows the law", channel="test")
    opening.grant(
        desk.services,
        "HD-1001",
        desk.actor(outsider),
        "to advise",
        what=Opened.ORIGINALS,
        channel="test",
    )
    need_to_know.keep_away(desk.services, "HD-1001", lead, outsider, "her sister", channel="test")
    with pytest.raises(NotFound):
        casework.claim(desk.services, "HD-1001", desk.actor(outsider), channel="test", source_id="1")
    need_to_know.unseal(desk.services, "HD-1001", lead, "settled", channel="test")
    with pytest.raises(NotFound):  # a conflict of interest outlives the seal
        casework.claim(desk.services, "HD-1001", desk.actor(outsider), channel="test", source_id="2")
    casework.claim(desk.services, "HD-1001", desk.actor(OTHER_EXPERT), channel="test", source_id="3")
    lines = desk.rows(AccessLine)
    assert [line.what for line in lines] == ["sealed", "named", "originals", "kept_away", "unsealed"]
    assert "Elm" not in lines[0].reason


def test_a_request_split_off_a_sealed_one_is_sealed_to_the_same_people(desk: Desk) -> None:
    desk.say(DESPAIR)
    message = next(row for row in desk.messages if row.author.value == "requester")
    casework.split(
        desk.services,
        "HD-1001",
        message.id,
        desk.actor(EXPERT),
        reason="two things",
        channel="t",
        source_id="s",
    )
    with reading(desk.services.engine) as session:
        assert len(reports.queue(session, desk.actor(EXPERT), desk.clock())) == 2
        assert reports.queue(session, desk.actor(OTHER_EXPERT), desk.clock()) == ()


def test_no_link_tells_of_a_sealed_request(desk: Desk) -> None:
    desk.say(NEWS)
    desk.say(NEWS, who="another", thread="t2")
    lead, other = desk.actor(EXPERT), desk.actor(OTHER_EXPERT)

    def link(source: str) -> None:
        casework.link(
            desk.services, "HD-1001", "HD-1002", lead, reason="both from Avery", channel="t", source_id=source
        )

    def history() -> list[str]:
        with reading(desk.services.engine) as session:
            return [event.reason for event in tickets.events_seen_by(session, other, 1) if event.reason]

    link("before")
    assert history() == ["both from Avery"]
    need_to_know.seal(desk.services, "HD-1002", lead, "her own superior", channel="t")
    assert history() == []
    with pytest.raises(IllegalMove):
        link("after")


# the access log


def test_the_access_log_can_be_neither_changed_nor_shortened_but_ends_in_time(desk: Desk) -> None:
    desk.clock.now = datetime(2015, 3, 2, 15, tzinfo=UTC)
    desk.say(DESPAIR)
    desk.clock.now = datetime.now(UTC)
    desk.say(DESPAIR, who="another", thread="t2")
    for statement in (
        "UPDATE access_line SET reason = 'nothing'",
        "DELETE FROM access_line",
        "DELETE FROM access_line WHERE occurred_at > '2020-01-01'",
    ):
        with pytest.raises(DBAPIError), transaction(desk.services.engine) as session:
            session.connection().execute(text(statement))
    with transaction(desk.services.engine) as session:
        assert access_log.expire(session, desk.clock()) == 1
    (line,) = desk.rows(AccessLine)
    assert line.occurred_at.year > 2015


def test_an_original_is_shown_at_the_terminal_after_its_reason_is_on_record(
    sqlite_desks: DeskFactory,
) -> None:
    with sqlite_desks.desk() as desk:
        settings = desk.services.settings
        desk.say("I want to talk to a person. My number is 208-555-0142.")
        casework.claim(desk.services, "HD-1001", desk.actor(EXPERT), channel="test", source_id="c")
        environ = {
            "HELPDESK_DATA_DIR": str(settings.data_dir),
            "HELPDESK_ENV_FILE": str(settings.data_dir.parent / "empty.env"),
        }

        def run(*arguments: str) -> Result:
            return CliRunner().invoke(app, list(arguments), env=environ, catch_exceptions=False)

        show = ("tickets", "show", "HD-1001")
        assert "555-0142" not in run(*show, "--as", "Jordan").output
        refusals = (
            run(*show, "--original", "--as", "Jordan"),
            run(*show, "--original", "--reason", "to check", "--as", "Noor"),
            run(*show, "--original", "--reason", "to check"),
        )
        assert [done.exit_code for done in refusals] == [1, 1, 1]
        assert not any("555-0142" in done.output for done in refusals)
        assert desk.rows(AccessLine) == []
        assert "555-0142" in run(*show, "--original", "--reason", "to check", "--as", "Jordan").output
        log = json.loads(run("privacy", "access-log", "--json").output)
        assert [(line["who"], line["what"], line["about"]) for line in log] == [
            ("Jordan Demo", "originals", "HD-1001")
        ]
        assert run("privacy", "access-log", "--as", "Noor").exit_code == 1
        assert run("privacy", "seal", "HD-1001", "--reason", "family", "--as", "Jordan").exit_code == 0
        assert "HD-1001" not in run("tickets", "list").output
        assert "a sealed request" in run("privacy", "access-log", "--json").output
        assert "There is no ticket" in run("privacy", "access-log", "HD-1001").stderr
        assert run("privacy", "hold", "--ticket", "HD-1001", "--review-on", "2027-06-01", "--author", "Court",
                   "--reason", "a case").exit_code == 0  # fmt: skip
        assert "HD-1001" not in run("privacy", "holds", "--json").output
        given = str(settings.data_dir.parent / "given.json")
        for refused in (("export", "1", given), ("erase", "1", "--yes"), ("release", "1")):
            done = run("privacy", *refused, "--reason", "curious", "--as", "Noor")
            assert (done.exit_code, "Only an admin" in done.stderr) == (1, True)
