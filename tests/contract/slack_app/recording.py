"""A desk that remembers what Slack's side asked of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.channels.slack.app import SlackApp, handle_http
from bot.channels.slack.desk import Deed, HomePage, Refusal, Who, Worked
from bot.messages import Case, Inbound
from tests.contract import slack_payloads as given
from tests.support.slack_api import TEAM

NOW = datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
OFFICIAL = Who(TEAM, given.OFFICIAL)
EXPERT = Who(TEAM, given.EXPERT)


@dataclass
class RecordingDesk:
    """A desk that remembers what it was asked, and refuses when told to."""

    received: list[Inbound] = field(default_factory=list)
    acts: list[tuple[Any, ...]] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    cases: dict[str, Case] = field(default_factory=dict)
    refusal: Refusal | None = None
    error: Exception | None = None
    language: str | None = None

    def receive(self, inbound: Inbound) -> Refusal | None:
        if self.error:
            raise self.error
        if self.refusal is None and inbound.key not in {known.key for known in self.received}:
            self.received.append(inbound)
        return self.refusal

    def answers_in(self, thread_key: str) -> bool:
        return thread_key in self.threads

    def case_of(self, channel: str, thread_ts: str) -> Case | None:
        return self.cases.get(thread_ts) if channel in {given.EXPERTS, given.EXPERT} else None

    def language_of(self, who: Who) -> str | None:
        return self.language

    def _act(self, *what: Any) -> None:
        self.acts.append(what)
        if self.error:
            raise self.error

    def escalate(self, who: Who, request_id: int, source_id: str) -> None:
        self._act("escalate", who, request_id, source_id)

    def claim(self, who: Who, number: str, source_id: str) -> Worked:
        self._act("claim", who, number, source_id)
        return Worked(number, "open", "Dana Expert")

    def check_reply(self, who: Who, number: str) -> None:
        self._act("check_reply", who, number)

    def reply(self, who: Who, number: str, text: str, source_id: str) -> Worked:
        self._act("reply", who, number, text, source_id)
        return Worked(number, "open", "Dana Expert")

    def colleagues(self, who: Who) -> tuple[tuple[str, str], ...]:
        self._act("colleagues", who)
        return (("4", "Noor"),)

    def work(self, who: Who, number: str, deed: Deed, source_id: str) -> Worked:
        self._act("work", who, number, deed, source_id)
        return Worked(number, "solved", "Dana Expert")

    def choose_language(self, who: Who, request_id: int, language: str, source_id: str) -> None:
        self._act("choose_language", who, request_id, language, source_id)

    def feedback(self, who: Who, message_id: str, *, helpful: bool, reason: str | None = None) -> None:
        self._act("feedback", who, message_id, helpful)

    def unsafe(self, who: Who, source_id: str) -> None:
        self._act("unsafe", who, source_id)

    def safe_contact(self, who: Who, request_id: int, text: str) -> None:
        self._act("safe_contact", who, request_id, text)

    def home(self, who: Who, language: str | None) -> HomePage:
        self._act("home", who, language)
        return HomePage(language or "en", NOW)


def send(app: SlackApp, body: dict[str, Any], *, retry: int | None = None) -> tuple[int, str]:
    raw = given.as_form(body) if body["type"] != "event_callback" else given.as_json(body)
    headers = given.signed(raw)
    if retry is not None:
        headers["X-Slack-Retry-Num"] = str(retry)
    status, _, answer = handle_http(app, headers, raw)
    return status, answer.decode()
