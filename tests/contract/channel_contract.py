"""Three ways in and out of one desk, driven by their native payloads, for the contract suite.

Each driver speaks its channel's own language: posted forms, signed Slack requests, raw mail and SMTP.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from bot.channels.email.intake import Intake, Outcome
from bot.channels.email.sender import SmtpSender
from bot.channels.slack.app import build_app, handle_http
from bot.channels.slack.sender import SlackSender
from bot.channels.slack.workspace import brisk_client
from bot.channels.web.sender import WebSender
from bot.conversation import receive
from bot.delivery.loop import deliver_due
from bot.messages import Sender
from bot.redaction import mask
from bot.services import Masker, Services
from escalation.kinds import ChannelName
from tests.contract import slack_payloads as slack
from tests.support.desk import Desk, DeskFactory
from tests.support.pages import AtOnce, Tab
from tests.support.slack_api import SlackAPI
from tests.support.smtp_sink import SmtpSink, smtp_sink

MAILBOX = "helpdesk@helpdesk.test"
OFFICIAL_MAIL = "avery@riverbend.test"


class Driver(Protocol):
    """One channel, as the official uses it."""

    channel: ChannelName

    def ask(self, text: str, *, number: int) -> bool:
        """Deliver the official's message of that number; return whether the channel acknowledged it."""
        ...

    def own_or_bots_post(self) -> None:
        """Deliver a post of the desk itself, or of another bot, where the channel has such a thing."""
        ...

    def press_person(self, request_id: int) -> None:
        """Press "Talk to a person"; a mail says it in words."""
        ...

    def heard(self) -> list[str]:
        """Return the words that reached the official, oldest first."""
        ...


@dataclass
class WebDriver:
    """A browser."""

    services: Services
    tab: Tab
    channel: ChannelName = ChannelName.WEB
    _forms: dict[int, dict[str, str]] | None = None

    def ask(self, text: str, *, number: int) -> bool:
        self._forms = self._forms or {}
        if number in self._forms:  # the same form, sent again
            self.tab.response = self.tab.client.post(self._forms[number]["action"], self._forms[number])
            return self.tab.status == 200
        if number == 1:
            self.tab.open("/")
            action = "/chat"
        else:
            action = self.tab.path
        form = next(form for form in self.tab.page.iter("form") if form.get("action") == action)
        fields = {key: value for key, value in form.form_values() if key not in {"text"}}
        self._forms[number] = {**fields, "text": text, "action": action}
        self.tab.response = self.tab.client.post(action, self._forms[number])
        return self.tab.status == 200

    def own_or_bots_post(self) -> None:
        """There is none on the web."""

    def press_person(self, request_id: int) -> None:
        self.tab.open(self.tab.path)
        self.tab.send(f"{self.tab.path}/person")

    def heard(self) -> list[str]:
        self.tab.open(self.tab.path)
        return [self.tab.text]


@dataclass
class SlackDriver:
    """A direct message with the app."""

    services: Services
    app: object
    api: SlackAPI
    channel: ChannelName = ChannelName.SLACK

    def _send(self, body: dict[str, object]) -> int:
        raw = slack.as_form(body) if body["type"] != "event_callback" else slack.as_json(body)
        status, _, _ = handle_http(self.app, slack.signed(raw), raw)  # type: ignore[arg-type]
        return status

    def ask(self, text: str, *, number: int) -> bool:
        ts = f"179000{number:04}.000100"
        first = "1790000001.000100"
        more = {} if number == 1 else {"thread_ts": first}
        return self._send(slack.direct(text, ts=ts, **more)) == 200

    def own_or_bots_post(self) -> None:
        self._send(slack.by_desk("an answer of ours"))
        self._send(slack.direct("beep", ts="1790009999.000100", bot_id="B0OTHER", subtype="bot_message"))

    def press_person(self, request_id: int) -> None:
        self._send(slack.click("talk_to_person", str(request_id)))

    def heard(self) -> list[str]:
        deliver_due(self.services, ChannelName.SLACK, "contract")
        return [post.words for post in self.api.posts if post["channel"] == slack.DM]


@dataclass
class EmailDriver:
    """A mail client: what the desk sent is answered with its Message-ID in References."""

    services: Services
    intake: Intake
    sink: SmtpSink
    channel: ChannelName = ChannelName.EMAIL

    def _mail(self, text: str, number: int, *extra: str) -> bytes:
        refs = [f"References: <q1@{OFFICIAL_MAIL.partition('@')[2]}>"] if number > 1 else []
        headers = [
            f"From: Avery Demo <{OFFICIAL_MAIL}>",
            f"To: {MAILBOX}",
            "Subject: A question",
            f"Message-ID: <q{number}@riverbend.test>",
            "Date: Mon, 23 Nov 2026 12:00:00 -0500",
            *refs,
            *extra,
        ]
        return "\r\n".join([*headers, "", text, ""]).encode()

    def ask(self, text: str, *, number: int) -> bool:
        return self.intake.take(self._mail(text, number), self.services.clock()) is Outcome.ACCEPTED

    def own_or_bots_post(self) -> None:
        for caught in list(self.sink.caught):
            outcome = self.intake.take(caught.raw, self.services.clock())
            assert outcome is Outcome.OWN

    def press_person(self, request_id: int) -> None:
        self.ask("Please, can I talk to a person about this?", number=90)

    def heard(self) -> list[str]:
        deliver_due(self.services, ChannelName.EMAIL, "contract")
        return [caught.body() for caught in self.sink.caught if OFFICIAL_MAIL in caught.recipients]


@contextmanager
def driver(channel: ChannelName, desks: DeskFactory, masker: Masker = mask) -> Iterator[tuple[Desk, Driver]]:
    """Yield a desk with one channel on, and its driver."""
    with ExitStack() as stack:
        desk = stack.enter_context(desks.desk(masker=masker))
        senders: dict[ChannelName, Sender] = {ChannelName.WEB: WebSender()}
        services = replace(desk.services, pool=AtOnce(), senders=senders)
        desk.services.pool.shutdown()
        desk.services = services
        assert services.vault is not None
        if channel is ChannelName.WEB:
            yield desk, WebDriver(services, Tab(services))
        elif channel is ChannelName.SLACK:
            api = stack.enter_context(SlackAPI())
            senders[ChannelName.SLACK] = SlackSender(brisk_client(slack.TOKEN, api.url, timeout=10))
            app = build_app(services, token=slack.TOKEN, signing_secret=slack.SECRET, base_url=api.url)
            stack.callback(app.close)
            yield desk, SlackDriver(services, app, api)
        else:
            sink = stack.enter_context(smtp_sink())
            changed = {
                "email_address": MAILBOX,
                "smtp_host": "127.0.0.1",
                "smtp_port": sink.port,
                "smtp_security": "none",
            }
            settings = services.settings.model_copy(update=changed)
            desk.services = services = replace(services, settings=settings)
            sender = SmtpSender(settings, services.vault.sign, clock=services.clock)
            senders[ChannelName.EMAIL] = sender

            def door(inbound: object) -> object:
                return receive(desk.services, inbound)  # type: ignore[arg-type]

            intake = Intake(
                door, mailbox=MAILBOX, authserv_id=None, signed=services.vault.signed, sender=sender
            )
            yield desk, EmailDriver(services, intake, sink)
