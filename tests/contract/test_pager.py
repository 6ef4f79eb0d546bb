"""The pager: what its gateway gets, what each refusal means, and how a page is acknowledged."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlmodel import select

from bot import casework, conversation, selftest
from bot.channels.pager.sender import PagerSender
from bot.channels.pager.signing import HEADER, sign
from bot.database import reading, transaction
from bot.delivery.loop import deliver_due
from bot.messages import DeliveryError, Outbound, SenderIdentity
from bot.policies import Policies
from bot.settings import SettingsError, load
from escalation.sla.policy import Cover
from escalation.tables import (
    Affiliation,
    ChannelName,
    ExpertProfile,
    Identity,
    IdentityKind,
    OutboxMessage,
    Person,
    Role,
    RoleName,
    TicketEvent,
    TicketState,
)
from escalation.tickets import number_of
from tests.support.desk import EXPERT, Desk, DeskFactory
from tests.support.gateway import Gateway, gateway
from tests.support.pages import Tab

SECRET = "a secret of the gateway"
GUN = "there is a man with a gun at my door right now, I am at 412 Maple Street"


@dataclass
class Paged:
    """A desk with a gateway and two experts who have pagers."""

    desk: Desk
    gateway: Gateway
    first: int
    second: int

    def danger(self, text: str = GUN, **more: object) -> list[dict[str, str]]:
        """Write of danger; return the pages that went out."""
        before = len(self.gateway.calls)
        self.desk.say(text, **more)
        deliver_due(self.desk.services, ChannelName.PAGER, "test")
        return [call.content for call in self.gateway.calls[before:]]

    def reply(self, page_id: str, words: str, *, secret: str = SECRET, at: datetime | None = None) -> int:
        """Report a reply as the gateway does; return the HTTP status."""
        body = json.dumps({"id": page_id, "reply": words})
        signature = sign(secret, body.encode(), at or self.desk.clock())
        client = Tab(self.desk.services).client
        return client.post_raw("/pager/reply", body, {HEADER: signature}).status_code


@pytest.fixture
def paged(sqlite_desks: DeskFactory) -> Iterator[Paged]:
    with gateway() as listening, sqlite_desks.desk() as desk, with_pagers(desk, listening) as made:
        yield made


@contextmanager
def with_pagers(desk: Desk, listening: Gateway) -> Iterator[Paged]:
    assert desk.services.vault is not None
    settings = desk.services.settings.model_copy(
        update={"pager_url": listening.url, "pager_secret": SecretStr(SECRET)}
    )
    sender = PagerSender(settings, desk.services.vault.sign, clock=desk.clock)
    senders = {**desk.services.senders, ChannelName.PAGER: sender}
    desk.services = replace(desk.services, settings=settings, senders=senders)
    with transaction(desk.services.engine) as session:
        first, second = (_expert(session, desk, name) for name in ("Dana", "Élise"))
    yield Paged(desk, listening, first, second)


def _expert(session, desk: Desk, name: str) -> int:  # type: ignore[no-untyped-def]
    person = Person(name=name, language="en", verified=True, created_at=desk.clock())
    session.add(person)
    session.flush()
    session.add(Role(person_id=person.id, name=RoleName.EXPERT, granted_at=desk.clock()))
    session.add(ExpertProfile(person_id=person.id, pager=f"pager of {name}"))
    return int(person.id or 0)


def outbound(**more: object) -> Outbound:
    values: dict[str, object] = {
        "row_id": "0" * 32,
        "channel": ChannelName.PAGER,
        "address": '{"pager":"+1 208 555 0142","person":7}',
        "kind": "page",
        "language": "en",
        "text": "412 Maple Street",
        "subject": "412 Maple Street",
    }
    return Outbound(**{**values, **more})  # type: ignore[arg-type]


def test_a_page_is_signed_and_says_nothing_of_the_request(paged: Paged) -> None:
    pages = paged.danger()
    assert sorted(page["to"] for page in pages) == ["pager of Dana", "pager of Élise"]
    call = paged.gateway.calls[0]
    moment, digest = call.headers[HEADER].removeprefix("t=").split(",v1=")
    wanted = hmac.new(SECRET.encode(), f"{moment}.".encode() + call.body, hashlib.sha256).hexdigest()
    assert digest == wanted
    assert call.headers["Idempotency-Key"] == call.content["id"]
    assert not {"gun", "Maple", "door", "HD-"} & set(call.body.decode().split())
    assert "Maple" not in call.body.decode()


def test_the_senders_own_words_are_never_in_the_body(paged: Paged) -> None:
    sender = paged.desk.services.senders[ChannelName.PAGER]
    receipt = sender.send(outbound())
    assert receipt.external_id == "sms-1"
    assert "Maple" not in paged.gateway.calls[0].body.decode()
    assert paged.gateway.calls[0].content["to"] == "+1 208 555 0142"


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (404, True), (410, True), (422, True), (301, False), (401, False), (403, False), (429, False), (500, False), (503, False)],
)  # fmt: skip
def test_a_refusal_is_passing_unless_it_is_about_this_page(
    paged: Paged, status: int, permanent: bool
) -> None:
    paged.gateway.status = status
    paged.gateway.headers = {"Retry-After": "7", "Location": paged.gateway.url}
    with pytest.raises(DeliveryError) as refused:
        paged.desk.services.senders[ChannelName.PAGER].send(outbound())
    assert refused.value.permanent is permanent
    assert len(paged.gateway.calls) == 1, "a redirect is not followed"
    if status in {429, 503}:
        assert refused.value.retry_after == 7


def test_a_gateway_that_is_not_there_is_tried_again() -> None:
    settings = load(
        {
            "HELPDESK_DATA_DIR": "/nowhere",
            "HELPDESK_PAGER_URL": "http://127.0.0.1:9/page",
            "HELPDESK_PAGER_SECRET": SECRET,
        }
    )
    sender = PagerSender(settings, lambda purpose, value: "0" * 32, clock=lambda: datetime.now().astimezone())
    with pytest.raises(DeliveryError) as refused:
        sender.send(outbound())
    assert not refused.value.permanent


def test_a_page_that_failed_goes_out_when_the_gateway_is_back(paged: Paged) -> None:
    paged.gateway.status = 503
    assert len(paged.danger()) == 2
    paged.gateway.status = 200
    paged.desk.clock.advance(timedelta(seconds=30))
    deliver_due(paged.desk.services, ChannelName.PAGER, "test")
    ids = [call.content["id"] for call in paged.gateway.calls]
    assert len(ids) == 4
    assert len(set(ids)) == 2, "a repeat carries the same id"


def test_the_link_acknowledges_by_its_button_and_the_first_one_owns_the_request(paged: Paged) -> None:
    pages = {page["to"]: page["acknowledge_url"] for page in paged.danger()}
    path = pages["pager of Dana"].removeprefix(paged.desk.services.settings.base_url)
    tab = Tab(paged.desk.services).open(path)
    assert paged.desk.tickets[0].assignee_id is None, "looking at a link acknowledges nothing"
    tab.send(path)
    assert paged.desk.tickets[0].assignee_id == paged.first
    assert "HD-1001 is yours" in tab.text
    for _ in range(2):
        again = Tab(paged.desk.services).open(path).send(path)
        assert "HD-1001 is yours" in again.text
    other = pages["pager of Élise"].removeprefix(paged.desk.services.settings.base_url)
    late = Tab(paged.desk.services).open(other).send(other)
    assert "HD-1001 is with Dana" in late.text
    assert paged.desk.tickets[0].assignee_id == paged.first
    happened = [event.kind for event in paged.desk.rows(TicketEvent)]
    assert happened == ["opened", "acknowledged", "claimed", "acknowledged"]


def test_a_reply_reported_by_the_gateway_acknowledges(paged: Paged) -> None:
    page = next(page for page in paged.danger() if page["to"] == "pager of Élise")
    assert paged.reply(page["id"], "who is this?") == 200
    assert paged.desk.tickets[0].assignee_id is None
    assert paged.reply(page["id"], " OK! ") == 200
    assert paged.desk.tickets[0].assignee_id == paged.second


@pytest.mark.parametrize("wrong", ["secret", "late", "page"])
def test_a_report_that_is_not_the_gateways_changes_nothing(paged: Paged, wrong: str) -> None:
    page = paged.danger()[0]
    if wrong == "secret":
        assert paged.reply(page["id"], "1", secret="somebody else's secret") == 401
    elif wrong == "late":
        assert paged.reply(page["id"], "1", at=paged.desk.clock() - timedelta(minutes=6)) == 401
    else:
        assert paged.reply("0" * 32, "1") == 404
    assert paged.desk.tickets[0].assignee_id is None


def test_a_link_that_is_forged_or_a_day_old_is_none(paged: Paged) -> None:
    path = paged.danger()[0]["acknowledge_url"].removeprefix(paged.desk.services.settings.base_url)
    assert Tab(paged.desk.services).open(path[:-1] + ("0" if path[-1] != "0" else "1")).status == 404
    assert Tab(paged.desk.services).open("/pager/nonsense").status == 404
    paged.desk.clock.advance(timedelta(hours=25))
    assert Tab(paged.desk.services).open(path).status == 404


def test_a_late_acknowledgement_does_not_open_a_finished_request_again(paged: Paged) -> None:
    page = paged.danger()[0]
    number = number_of(paged.desk.tickets[0].id or 0)
    casework.resolve(
        paged.desk.services,
        number,
        paged.desk.actor(EXPERT),
        outcome="safe",
        channel="console",
        source_id="s",
    )
    assert paged.reply(page["id"], "1") == 200
    assert paged.desk.tickets[0].state is TicketState.SOLVED


def test_an_acknowledgement_before_the_ticket_is_asked_for_again(paged: Paged) -> None:
    accepted = conversation.accept(paged.desk.services, paged.desk.inbound(GUN, key="early"))
    deliver_due(paged.desk.services, ChannelName.PAGER, "test")
    page = paged.gateway.calls[0].content
    assert paged.reply(page["id"], "1") == 503
    conversation.handle(paged.desk.services, accepted.message_id)
    assert paged.reply(page["id"], "1") == 200
    assert paged.desk.tickets[0].assignee_id is not None


def test_an_expert_of_the_requesters_city_is_neither_paged_nor_let_in(paged: Paged) -> None:
    with transaction(paged.desk.services.engine) as session:
        session.add(Affiliation(person_id=paged.first, city_id=1))
    official = SenderIdentity(IdentityKind.TERMINAL, "demonstration", "official-us", verified=True)
    assert [page["to"] for page in paged.danger(sender=official)] == ["pager of Élise"]


def test_every_channel_of_a_person_on_duty_is_used(paged: Paged) -> None:
    slack = {**paged.desk.services.senders, ChannelName.SLACK: paged.desk.carriers[ChannelName.WEB]}
    paged.desk.services = replace(paged.desk.services, senders=slack)
    with transaction(paged.desk.services.engine) as session:
        session.add(
            Identity(
                person_id=paged.first,
                kind=IdentityKind.SLACK,
                issuer="T0HUB",
                external_id="U0DANA",
                verified_how="test",
                verified_at=paged.desk.clock(),
            )
        )
    paged.danger()
    with reading(paged.desk.services.engine) as session:
        rows = session.exec(select(OutboxMessage.channel).where(OutboxMessage.kind == "page")).all()
    assert sorted(rows) == ["pager", "pager", "slack", "web"]


def test_alerting_is_said_only_when_somebody_with_a_pager_is_on_duty(paged: Paged) -> None:
    def said() -> str:
        paged.desk.say(GUN, thread=f"t{len(paged.desk.messages)}", who=f"w{len(paged.desk.messages)}")
        return [message.masked for message in paged.desk.messages if message.kind == "safety"][-1]

    assert "alerting the expert on duty" in said()
    paged.desk.clock.advance(timedelta(hours=12))  # midnight in Toronto: nobody covers the night
    night = said()
    assert "alerting" not in night
    assert "Nobody at the hub is on duty until today at 09:00" in night
    policy = replace(paged.desk.services.policy, out_of_hours=Cover("lead on call", ("pager",)))
    paged.desk.services = replace(paged.desk.services, policies=Policies(policy))
    assert "alerting" not in said()  # the pager was never tried
    answer_a_self_test(paged)
    assert "alerting the expert on duty" in said()
    with transaction(paged.desk.services.engine) as session:
        for profile in session.exec(select(ExpertProfile)).all():
            profile.on_duty = False
            session.add(profile)
    assert "alerting" not in said()


def answer_a_self_test(paged: Paged) -> None:
    test_id = selftest.start(paged.desk.services)
    deliver_due(paged.desk.services, ChannelName.PAGER, "test")
    page = paged.gateway.calls[-1].content
    assert "TEST, nobody is in danger" in page["text"]
    token = page["acknowledge_url"].rpartition("/")[2]
    tab = Tab(paged.desk.services)
    assert "This is a test" in tab.client.get(f"/pager/{token}").text
    assert paged.reply(page["id"], "ok") == 200
    assert selftest.report(paged.desk.services, test_id).acknowledged


def test_a_self_test_is_answered_by_link_too_and_opens_nothing(paged: Paged) -> None:
    test_id = selftest.start(paged.desk.services, to="Dana")
    deliver_due(paged.desk.services, ChannelName.PAGER, "test")
    token = paged.gateway.calls[-1].content["acknowledge_url"].rpartition("/")[2]
    client = Tab(paged.desk.services).client
    assert "The test has reached you" in client.post_raw(f"/pager/{token}", "", {}).text
    assert selftest.report(paged.desk.services, test_id).acknowledged
    assert paged.desk.tickets == []


def test_half_a_pager_is_a_fault_of_the_settings() -> None:
    with pytest.raises(SettingsError, match="belong together"):
        load({"HELPDESK_DATA_DIR": "/nowhere", "HELPDESK_PAGER_URL": "https://gateway.example.org"})
    with pytest.raises(SettingsError, match="at least 20"):
        load(
            {
                "HELPDESK_DATA_DIR": "/nowhere",
                "HELPDESK_PAGER_URL": "https://gateway.example.org",
                "HELPDESK_PAGER_SECRET": "short",
            }
        )
