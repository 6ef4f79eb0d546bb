"""Mail at its edges: raw bytes in, SMTP out, and both with a real Dovecot and Exim."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import build
from bot.channels.email import own
from bot.channels.email.cursor import Cursor, DatabaseCursor
from bot.channels.email.inbound import to_inbound
from bot.channels.email.intake import Ingested, Intake, Outcome
from bot.channels.email.mailbox import CONNECTION_FAULTS, Mailbox, poll_once, run
from bot.channels.email.parse import parse
from bot.channels.email.sender import SmtpSender
from bot.conversation import NotAccepted, receive_and_answer
from bot.delivery.loop import deliver_due
from bot.messages import Case, DeliveryError, Inbound, Outbound
from bot.settings import Settings
from bot.vault import Vault, new_master_key
from bot.worker import intake
from escalation.tables import ChannelName, IdentityKind, MessageKind
from tests.support.desk import DeskFactory
from tests.support.mail_servers import MailServers, mail_servers, missing_programs
from tests.support.smtp_sink import DROP, Caught, SmtpSink, smtp_sink

MAIL = Path(__file__).parents[1] / "data" / "mail"
DESK = "helpdesk@helpdesk.test"
HOST = "mx.helpdesk.test"
NOW = datetime(2026, 6, 1, 13, 15, tzinfo=UTC)
VAULT = Vault(new_master_key())


def inbound(raw: bytes) -> Inbound | None:
    return to_inbound(parse(raw), mailbox=DESK, received_at=NOW, authserv_id=HOST, vault_signed=VAULT.signed)


def taken(raw: bytes) -> Inbound:
    found = inbound(raw)
    assert found is not None
    return found


def mail(*headers: str, body: str = "Hello", sender: str = "claire@ville.test") -> bytes:
    return "\r\n".join([f"From: {sender}", *headers, "", body, ""]).encode()


def outbound(**changes: object) -> Outbound:
    message = Outbound(
        row_id="0190aabbccdd",
        channel=ChannelName.EMAIL,
        address='{"to":"claire@ville.test","subject":"Question"}',
        kind="answer",
        language="fr",
        text="Voici la première étape.\n\nFrom the guide.\n.\nFin",
        html="<p>Voici la première étape.</p>",
        reply_to="<q1@ville.test>",
        references=("<q0@ville.test>",),
    )
    return replace(message, **changes)  # type: ignore[arg-type]


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with smtp_sink() as running:
        yield running


@pytest.fixture
def sender(sink: SmtpSink, tmp_path: Path) -> SmtpSender:
    return SmtpSender(settings(tmp_path, smtp_port=sink.port), VAULT.sign, clock=lambda: NOW)


def settings(tmp_path: Path, **changes: object) -> Settings:
    values: dict[str, object] = {
        "data_dir": tmp_path,
        "email_address": DESK,
        "email_authserv_id": HOST,
        "smtp_host": "127.0.0.1",
        "smtp_security": "none",
    }
    return Settings.model_validate(values | changes)


# --- in


def test_a_mail_becomes_an_inbound_in_the_desks_own_words() -> None:
    raw = (MAIL / "question_en.eml").read_bytes()
    found = taken(raw)
    assert found.kind is MessageKind.MESSAGE
    assert found.text.startswith("Home address posted online\n\nSomeone posted")
    assert found.subject == "Home address posted online"
    assert found.sender.kind is IdentityKind.EMAIL
    assert (found.sender.issuer, found.sender.external_id) == ("", "mayor@riverton.test")
    assert not found.sender.verified
    assert found.occurred_at == NOW
    assert found.external_id == "<q1@riverton.test>"
    assert found.thread.key == "<q1@riverton.test>"
    assert found.thread.address == '{"to":"mayor@riverton.test","subject":""}'
    assert (found.files[-1].name, found.files[-1].content) == ("message.eml", raw)


def test_a_reply_carries_its_thread_newest_parent_first() -> None:
    found = taken((MAIL / "outlook_fr.eml").read_bytes())
    assert found.thread.key == "<q0@ville.test>"
    assert found.thread.aliases == ("<abc@helpdesk.test>", "<q0@ville.test>")
    assert found.text.startswith("Merci. La personne")


def test_the_key_tells_the_same_mail_from_another_with_its_message_id() -> None:
    first = mail("Message-ID: <a@b.test>", "Date: Mon, 1 Jun 2026 09:00:00 -0400", body="one")
    other = mail("Message-ID: <a@b.test>", "Date: Mon, 1 Jun 2026 09:00:00 -0400", body="two")
    assert taken(first).key == taken(first.replace(b"\r\n", b"\n")).key
    assert taken(first).key != taken(other).key
    assert len(taken(mail(f"Message-ID: <{'x' * 5_000}@b.test>")).key) < 1_000


def test_a_subject_alone_is_a_message() -> None:
    assert taken(mail("Subject: Armed man in the lobby", body="")).text == "Armed man in the lobby"
    assert taken(mail("Subject: Re: Question", body="Yes")).text == "Yes"


@pytest.mark.parametrize(
    ("headers", "to"),
    [
        (["Reply-To: bureau@ville.test"], "claire@ville.test"),
        (["Reply-To: someone@elsewhere.test"], "claire@ville.test"),
        ([f"Reply-To: {DESK}"], "claire@ville.test"),
        (
            [
                "Reply-To: a@elsewhere.test",
                f"Authentication-Results: {HOST}; dmarc=pass header.from=ville.test",
            ],
            "a@elsewhere.test",
        ),
    ],
)
def test_answers_are_not_led_astray_by_reply_to(headers: list[str], to: str) -> None:
    assert f'"to":"{to}"' in taken(mail(*headers)).thread.address


def test_the_desks_own_mail_is_none_and_a_pretender_is_never_answered(
    sink: SmtpSink, sender: SmtpSender
) -> None:
    sender.send(outbound())
    assert inbound(sink.caught[0].raw) is None
    pretender = taken(mail("Message-ID: <x@y.test>", f"X-Helpdesk-Instance: {'0' * 32}", sender=DESK))
    assert pretender.kind is MessageKind.AUTO_REPLY


def test_a_copied_instance_header_does_not_make_a_persons_mail_ours(
    sink: SmtpSink, sender: SmtpSender
) -> None:
    sender.send(outbound())
    header = sink.caught[0].mail["X-Helpdesk-Instance"]
    assert taken(mail("Message-ID: <x@y.test>", f"X-Helpdesk-Instance: {header}")).kind is MessageKind.MESSAGE


VOUCHED = f"Authentication-Results: {HOST}; dmarc=pass header.from=ville.test"


def test_an_experts_mail_to_the_tickets_address_names_its_case() -> None:
    address = own.ticket_address(DESK, 42, VAULT.sign)
    assert taken(mail(f"To: {address}", VOUCHED)).case == Case(42, public=True)
    assert taken(mail("To: a@b.test", f"Delivered-To: {address}", VOUCHED)).case == Case(42, public=True)


@pytest.mark.parametrize(
    "headers",
    [
        [f"To: {own.ticket_address(DESK, 42, VAULT.sign)}"],
        [f"To: {own.ticket_address(DESK, 42, VAULT.sign).replace('+t42', '+t43')}", VOUCHED],
        [f"To: {own.ticket_address('helpdesk@elsewhere.test', 42, VAULT.sign)}", VOUCHED],
        [f"To: {own.ticket_address(DESK, 42, VAULT.sign)}", VOUCHED, "Auto-Submitted: auto-replied"],
        ["To: helpdesk+t42@helpdesk.test", VOUCHED],
    ],
    ids=["sender not vouched for", "another ticket", "another desk", "absence notice", "no mac"],
)
def test_nobody_else_reaches_a_ticket(headers: list[str]) -> None:
    assert taken(mail(*headers)).case is None


# --- intake


class Desk:
    """Stand in for the conversation: keep what is received, or refuse it."""

    def __init__(self) -> None:
        self.received: list[Inbound] = []
        self.refusal: NotAccepted | None = None

    def receive(self, message: Inbound) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.received.append(message)


def intake_of(desk: Desk, sender: SmtpSender | None = None) -> Intake:
    return Intake(desk.receive, mailbox=DESK, authserv_id=HOST, signed=VAULT.signed, sender=sender)


def test_files_are_taken_in_whatever_they_hold() -> None:
    desk = Desk()
    box = (
        b"From a Mon\n" + mail("Subject: 1").replace(b"\r\n", b"\n") + b"\nFrom b Mon\n" + mail("Subject: 2")
    )
    assert intake_of(desk).ingest(box, NOW) == Ingested(accepted=2, own=0, not_accepted=0)
    assert intake_of(desk).ingest_file(MAIL / "bare.eml", NOW).accepted == 1
    assert [found.subject for found in desk.received] == ["1", "2", None]


def test_a_safety_text_goes_out_directly_once_when_nothing_can_be_stored(
    sink: SmtpSink, sender: SmtpSender
) -> None:
    desk = Desk()
    desk.refusal = NotAccepted(safety_text="Call 911 now.", language="en", safety_only=True)
    entry = intake_of(desk, sender)
    danger = mail("Subject: help", "Message-ID: <d@ville.test>", body="He has a gun")
    machine = mail("Subject: help", "Auto-Submitted: auto-replied", body="He has a gun")
    assert [entry.take(raw, NOW) for raw in (danger, danger, machine)] == [Outcome.NOT_ACCEPTED] * 3
    (only,) = sink.caught
    assert only.recipients == ("claire@ville.test",)
    assert only.mail["Auto-Submitted"] == "auto-replied"
    assert only.mail["In-Reply-To"] == "<d@ville.test>"
    assert "Call 911 now." in only.body()


# --- out


def test_an_answer_goes_out_threaded_in_both_forms_and_marked_automatic(
    sink: SmtpSink, sender: SmtpSender
) -> None:
    receipt = sender.send(outbound())
    (only,) = sink.caught
    assert only.recipients == ("claire@ville.test",)
    assert only.sender == "helpdesk+b0190aabbccdd@helpdesk.test"
    assert only.mail["Message-ID"] == receipt.external_id
    assert only.mail["Subject"] == "Re: Question"
    assert only.mail["In-Reply-To"] == "<q1@ville.test>"
    assert only.mail["References"] == "<q0@ville.test> <q1@ville.test>"
    assert only.mail["Auto-Submitted"] == "auto-replied"
    assert only.mail["X-Auto-Response-Suppress"] == "All"
    assert only.mail["Reply-To"] is None
    assert f"Message-ID: {receipt.external_id}\r\n".encode() in only.raw
    assert only.body().replace("\r\n", "\n").strip() == "Voici la première étape.\n\nFrom the guide.\n.\nFin"
    assert "<p>Voici la première étape.</p>" in only.body("html")


def test_long_headers_are_folded_and_read_back_whole(sink: SmtpSink, sender: SmtpSender) -> None:
    chain = tuple(f"<{number}.{'x' * 120}@ville.test>" for number in range(60))
    sender.send(outbound(subject="É" * 240, references=chain, reply_to=chain[-1]))
    (only,) = sink.caught
    assert only.mail["Subject"] == "É" * 240
    assert parse(only.raw).references == (chain[0], *chain[-19:])
    assert max(len(line) for line in only.raw.split(b"\r\n")) < 200


def test_a_row_keeps_its_message_id_however_often_it_is_sent(sender: SmtpSender) -> None:
    assert sender.send(outbound()) == sender.send(outbound())
    assert sender.send(outbound()) != sender.send(outbound(row_id="other"))


def test_a_persons_words_carry_no_mark_of_a_machine(sink: SmtpSink, sender: SmtpSender) -> None:
    sender.send(outbound(kind="relay", automatic=False))
    assert sink.caught[0].mail["Auto-Submitted"] is None
    assert sink.caught[0].mail["X-Auto-Response-Suppress"] is None


@pytest.mark.parametrize("kind", ["ticket_card", "ticket_update", "reminder", "page"])
def test_mail_to_experts_is_answered_at_the_tickets_address(
    sink: SmtpSink, sender: SmtpSender, kind: str
) -> None:
    sender.send(outbound(kind=kind, ticket_id=42, address="expert@helpdesk.test"))
    tag = own.split_tag(sink.caught[0].mail["Reply-To"])[1]
    assert tag is not None
    assert own.ticket_of(tag, VAULT.signed) == 42


def test_no_value_can_add_a_header_or_a_recipient(sink: SmtpSink, sender: SmtpSender) -> None:
    sender.send(
        outbound(
            subject="Hi\r\nBcc: evil@x.test\r\n\r\nbody",
            reply_to="<a@b>\r\nBcc: evil@x.test",
            references=("<a@b>\nX-Evil: 1", "<ok@b>"),
            language="fr\r\nX-Evil: 1",
        )
    )
    (only,) = sink.caught
    assert only.recipients == ("claire@ville.test",)
    assert only.mail["Bcc"] is None
    assert only.mail["X-Evil"] is None
    assert only.mail["Subject"] == "Hi Bcc: evil@x.test body"
    assert only.mail["References"] == "<ok@b>"


@pytest.mark.parametrize(
    "address",
    [
        '{"to":"a@b.test\\r\\nBcc: x@y.test","subject":""}',
        '{"to":"a@b.test,c@d.test"}',
        "not an address",
        '{"to":',
        "é@b.test",
    ],
)
def test_a_destination_that_is_no_address_is_a_permanent_failure(sender: SmtpSender, address: str) -> None:
    with pytest.raises(DeliveryError) as failure:
        sender.send(outbound(address=address))
    assert failure.value.permanent


@pytest.mark.parametrize("stage", ["on_sender", "on_recipient", "on_data"])
@pytest.mark.parametrize(
    ("answer", "permanent"),
    [("451 4.3.0 busy with private words", False), ("550 5.1.1 private words", True), (DROP, False)],
)
def test_a_refusal_says_whether_to_try_again(
    sink: SmtpSink, sender: SmtpSender, stage: str, answer: str, permanent: bool
) -> None:
    setattr(sink, stage, answer)
    with pytest.raises(DeliveryError) as failure:
        sender.send(outbound())
    assert failure.value.permanent is permanent
    assert "private" not in failure.value.reason
    setattr(sink, stage, "")
    sender.send(outbound())
    assert len(sink.caught) == 1


def test_a_host_that_wants_the_bare_sender_gets_it(sink: SmtpSink, sender: SmtpSender) -> None:
    sink.refuse_tagged_senders = True
    sender.send(outbound())
    assert sink.caught[0].sender == DESK


def test_a_server_that_is_away_or_without_tls_is_a_passing_failure(sink: SmtpSink, tmp_path: Path) -> None:
    for changes in ({"smtp_port": 9}, {"smtp_port": sink.port, "smtp_security": "starttls"}):
        with pytest.raises(DeliveryError) as failure:
            SmtpSender(settings(tmp_path, **changes), VAULT.sign, clock=lambda: NOW).send(outbound())
        assert not failure.value.permanent
    assert sink.caught == []


# --- with the real conversation


def test_mail_is_answered_in_its_thread_once_and_machines_are_not_answered(
    sink: SmtpSink, tmp_path: Path, sqlite_desks: DeskFactory
) -> None:
    services = build(settings(sqlite_desks.copy_to(tmp_path), smtp_port=sink.port))
    door = intake(services, receive_and_answer)

    def answers(raw: bytes) -> list[Caught]:
        before = len(sink.caught)
        assert door.take(raw, services.clock()) is Outcome.ACCEPTED
        while deliver_due(services, ChannelName.EMAIL, "test"):
            continue
        return sink.caught[before:]

    try:
        question = (MAIL / "question_en.eml").read_bytes()
        first = answers(question)
        assert first
        assert {answer.recipients for answer in first} == {("mayor@riverton.test",)}
        assert {answer.mail["In-Reply-To"] for answer in first} == {"<q1@riverton.test>"}
        assert answers(question) == []
        for name in (
            "auto_submitted_param",
            "bounce_dsn",
            "list_mail",
            "calendar_reply",
            "dmarc_report",
            "bare",
        ):
            assert answers((MAIL / f"{name}.eml").read_bytes()) == [], name
        danger = answers(
            mail(
                "Subject: Re: Home address posted online",
                "Message-ID: <q2@riverton.test>",
                f"In-Reply-To: {first[-1].mail['Message-ID']}",
                body="There is a man with a gun in our lobby right now.",
                sender="mayor@riverton.test",
            )
        )
        assert "911" in danger[0].body()[:200]
        assert danger[0].mail["References"] == "<q1@riverton.test> <q2@riverton.test>"
        for caught in list(sink.caught):
            assert door.take(caught.raw, services.clock()) is Outcome.OWN
    finally:
        services.pool.shutdown()
        services.engine.dispose()


# --- the real servers


class Memory:
    """A cursor kept in memory."""

    def __init__(self) -> None:
        self.cursor = Cursor()

    def load(self) -> Cursor:
        return self.cursor

    def save(self, cursor: Cursor) -> None:
        self.cursor = cursor


@pytest.fixture(scope="module")
def running_servers() -> Iterator[MailServers]:
    if missing := missing_programs():
        pytest.skip(f"no real mail servers here: {', '.join(missing)} missing")
    with mail_servers() as running:
        yield running


@pytest.fixture
def servers(running_servers: MailServers) -> Iterator[MailServers]:
    yield running_servers
    with Mailbox(real(running_servers), clock=clock, tls=running_servers.tls) as box:
        for fetched in box.fetch_new(Cursor(box.uid_validity(), 0)):
            box._box.delete(str(fetched.uid))


def clock() -> datetime:
    return datetime.now(UTC)


def real(servers: MailServers, **changes: object) -> Settings:
    return settings(
        servers.directory,
        **{
            "imap_host": "localhost",
            "imap_port": servers.imap_port,
            "imap_security": "starttls",
            "imap_user": DESK,
            "imap_password": "secret",
            "smtp_host": "localhost",
            "smtp_port": servers.smtp_port,
            "smtp_security": "starttls",
            "smtp_user": "helpdesk",
            "smtp_password": "secret",
        }
        | changes,
    )


def until(condition: Callable[[], object]) -> None:
    """Wait for something that another process does."""
    ticks = threading.Event()
    for _ in range(200):
        if condition():
            return
        ticks.wait(0.03)
    raise AssertionError("it did not happen in six seconds")


def poll(servers: MailServers, cursors: Memory, desk: Desk) -> int:
    with Mailbox(real(servers), clock=clock, tls=servers.tls) as box:
        return poll_once(box, cursors, intake_of(desk))


@pytest.mark.mail_servers
def test_a_mail_is_read_once_in_order_and_flagged_after_it_is_on_record(servers: MailServers) -> None:
    cursors, desk = Memory(), Desk()
    for number in range(3):
        servers.deliver(
            "claire@ville.test", DESK, mail(f"Subject: {number}", f"Message-ID: <{number}@v.test>")
        )
    until(lambda: poll(servers, cursors, desk) >= 0 and len(desk.received) == 3)
    assert sorted(found.subject or "" for found in desk.received) == ["0", "1", "2"]
    assert abs(desk.received[0].occurred_at - clock()) < timedelta(minutes=1)
    assert poll(servers, cursors, desk) == 0
    with Mailbox(real(servers), clock=clock, tls=servers.tls) as box:
        assert list(box.fetch_new(Cursor())) == []


@pytest.mark.mail_servers
def test_a_mail_that_was_not_accepted_comes_again_and_holds_up_no_other(servers: MailServers) -> None:
    cursors, desk = Memory(), Desk()
    stuck = NotAccepted(safety_text=None, language="en", safety_only=False)

    def receive(message: Inbound) -> None:
        if message.subject == "stuck" and desk.refusal is not None:
            raise desk.refusal
        if message.subject == "fault" and desk.refusal is not None:
            raise KeyError("a fault of ours")
        desk.received.append(message)

    entry = Intake(receive, mailbox=DESK, authserv_id=HOST, signed=VAULT.signed, sender=None)
    desk.refusal = stuck
    for subject in ("stuck", "fault", "next"):
        servers.deliver(
            "claire@ville.test", DESK, mail(f"Subject: {subject}", f"Message-ID: <{subject}@v.test>")
        )
    with Mailbox(real(servers), clock=clock, tls=servers.tls) as box:
        until(lambda: poll_once(box, cursors, entry) >= 0 and len(desk.received) == 1)
        desk.refusal = None
        until(lambda: poll_once(box, cursors, entry) >= 0 and len(desk.received) == 3)
        assert poll_once(box, cursors, entry) == 0
    assert {found.subject for found in desk.received} == {"stuck", "fault", "next"}


@pytest.mark.mail_servers
def test_renumbering_loses_nothing_and_keys_tell_what_was_read(servers: MailServers) -> None:
    cursors, desk = Memory(), Desk()
    servers.deliver("claire@ville.test", DESK, mail("Subject: old", "Message-ID: <old@v.test>"))
    until(lambda: poll(servers, cursors, desk) >= 0 and desk.received)
    before = cursors.cursor
    servers.renumber()
    servers.deliver("claire@ville.test", DESK, mail("Subject: new", "Message-ID: <new@v.test>"))
    until(lambda: poll(servers, cursors, desk) >= 0 and "new" in {found.subject for found in desk.received})
    assert cursors.cursor.uid_validity != before.uid_validity
    assert len({found.key for found in desk.received}) == 2


@pytest.mark.mail_servers
def test_the_loop_wakes_for_mail_and_survives_a_cut_connection(servers: MailServers) -> None:
    cursors, desk, stop = Memory(), Desk(), threading.Event()

    def connect() -> Mailbox:
        return Mailbox(real(servers), clock=clock, tls=servers.tls)

    loop = threading.Thread(target=run, args=(connect, cursors, intake_of(desk), stop))
    loop.start()
    try:
        servers.deliver("claire@ville.test", DESK, mail("Subject: 1", "Message-ID: <w1@v.test>"))
        until(lambda: len(desk.received) == 1)
        servers.cut_connections()
        servers.deliver("claire@ville.test", DESK, mail("Subject: 2", "Message-ID: <w2@v.test>"))
        until(lambda: len(desk.received) == 2)
    finally:
        stop.set()
        loop.join(10)
    assert not loop.is_alive()
    assert [found.subject for found in desk.received] == ["1", "2"]


@pytest.mark.mail_servers
def test_bounces_and_absence_notices_from_real_servers_are_known(servers: MailServers) -> None:
    cursors, desk = Memory(), Desk()
    sender = SmtpSender(real(servers), VAULT.sign, clock=clock, tls=servers.tls)
    sender.check()
    lost = sender.send(outbound(row_id="lost", address="nobody@ministry.test"))
    sender.send(outbound(row_id="absent", address="away@ministry.test"))
    until(lambda: poll(servers, cursors, desk) >= 0 and len(desk.received) == 2)
    kinds = {found.kind: found for found in desk.received}
    assert set(kinds) == {MessageKind.BOUNCE, MessageKind.AUTO_REPLY}
    assert lost.external_id in kinds[MessageKind.BOUNCE].thread.aliases


@pytest.mark.mail_servers
def test_an_expert_answers_at_the_tickets_address_through_real_servers(servers: MailServers) -> None:
    cursors, desk = Memory(), Desk()
    sender = SmtpSender(real(servers), VAULT.sign, clock=clock, tls=servers.tls)
    sender.send(outbound(kind="ticket_card", ticket_id=42, address="expert@helpdesk.test"))
    expert = real(servers, imap_user="expert@helpdesk.test")
    card: list[bytes] = []

    def arrived() -> bool:
        with Mailbox(expert, clock=clock, tls=servers.tls) as box:
            card.extend(fetched.raw for fetched in box.fetch_new(Cursor()))
        return bool(card)

    until(arrived)
    address = parse(card[0]).reply_to[0]
    vouched = f"Authentication-Results: {HOST}; dmarc=pass header.from=helpdesk.test"
    answer = mail(
        vouched,
        f"To: {address}",
        "Subject: Re: HD-1042",
        body="Please call me.",
        sender="expert@helpdesk.test",
    )
    servers.deliver("expert@helpdesk.test", address, answer)
    until(lambda: poll(servers, cursors, desk) >= 0 and desk.received)
    assert desk.received[0].case == Case(42, public=True)
    assert desk.received[0].sender.verified


@pytest.mark.mail_servers
def test_a_question_by_mail_is_answered_into_its_writers_mailbox(
    servers: MailServers, tmp_path: Path, sqlite_desks: DeskFactory
) -> None:
    chosen = real(servers, data_dir=sqlite_desks.copy_to(tmp_path))
    keyless = SmtpSender(chosen, None, clock=clock, tls=servers.tls)
    services = build(chosen, senders={ChannelName.EMAIL: keyless})
    assert services.vault is not None
    signed = SmtpSender(chosen, services.vault.sign, clock=clock, tls=servers.tls)
    services = replace(services, senders={ChannelName.EMAIL: signed})
    cursor = DatabaseCursor(services.engine, DESK, "INBOX")
    headers = (f"To: {DESK}", "Subject: =?utf-8?Q?Adresse_publi=C3=A9e?=", "Message-ID: <rt@ministry.test>")
    question = mail(
        *headers, body="On a publie mon adresse en ligne, que faire?", sender="jeanne@ministry.test"
    )
    servers.deliver("jeanne@ministry.test", DESK, question)
    try:
        with Mailbox(chosen, clock=clock, tls=servers.tls) as box:
            until(lambda: poll_once(box, cursor, intake(services, receive_and_answer)) == 1)
        assert cursor.load().last_uid > 0
        deliver_due(services, ChannelName.EMAIL, "test")
        found: list[bytes] = []

        def answered() -> bool:
            with Mailbox(
                real(servers, imap_user="jeanne@ministry.test"), clock=clock, tls=servers.tls
            ) as box:
                found.extend(fetched.raw for fetched in box.fetch_new(Cursor()))
            return bool(found)

        until(answered)
    finally:
        services.pool.shutdown()
        services.engine.dispose()
    answer = parse(found[0])
    assert answer.in_reply_to == "<rt@ministry.test>"
    assert answer.kind is MessageKind.AUTO_REPLY
    assert answer.text


@pytest.mark.mail_servers
def test_a_wrong_password_is_a_fault_of_the_connection(running_servers: MailServers) -> None:
    servers = running_servers
    with pytest.raises(CONNECTION_FAULTS):
        Mailbox(real(servers, imap_password="wrong"), clock=clock, tls=servers.tls)
    sender = SmtpSender(real(servers, smtp_password="wrong"), VAULT.sign, clock=clock, tls=servers.tls)
    with pytest.raises(DeliveryError, match="sign-in") as failure:
        sender.check()
    assert not failure.value.permanent


@pytest.mark.mail_servers
def test_an_untrusted_certificate_is_refused(running_servers: MailServers) -> None:
    servers = running_servers
    with pytest.raises(CONNECTION_FAULTS):
        Mailbox(real(servers), clock=clock)
    with pytest.raises(DeliveryError):
        SmtpSender(real(servers), VAULT.sign, clock=clock).check()
