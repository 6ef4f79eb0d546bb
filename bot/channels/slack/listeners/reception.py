"""What every listener shares: the desk, Slack's clients, and how somebody who pressed is told."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk import WebClient

from bot.channels.slack.desk import Desk, Who
from bot.channels.slack.home import home_view
from bot.channels.slack.listeners.presses import channel_of, who_of
from bot.channels.slack.markup import linked
from bot.channels.slack.views import forms
from bot.channels.slack.views.blocks import Block, section
from bot.channels.slack.wording import wording
from bot.channels.slack.workspace import FAILURES, Workspace, failure_code
from bot.rendering import refusals
from escalation.errors import EscalationError, IllegalMove, NotFound

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reception:
    """Where people and desk meet.

    `brisk` is for calls that must end inside Slack's three seconds, `patient` for what follows on
    `afterwards`, when nobody waits any more.
    """

    desk: Desk
    workspace: Workspace
    brisk: WebClient
    patient: WebClient
    afterwards: Executor

    def act(self, body: dict[str, Any], act: Callable[[Who], object]) -> bool:
        """Do what the click asks; a refusal is one sentence that only the presser sees."""
        try:
            act(who_of(body))
        except EscalationError as refusal:
            text = self.refused(refusal, who_of(body))
            self.later(lambda: self.tell(body, text))
            return False
        return True

    def refused(self, refusal: EscalationError, who: Who) -> str:
        """Return why something was refused, in the presser's language."""
        if isinstance(refusal, IllegalMove | NotFound):
            return refusals.said(refusal, "fr" if self.language(who) == "fr" else "en")
        return str(refusal)  # said in their language by whoever refused

    def publish_home(self, who: Who) -> None:
        """Show somebody their Home tab as it stands now."""
        page = self.desk.home(who, self.slack_language(who))
        view = home_view(page)
        self.later(lambda: self.patient.views_publish(user_id=who.user, view=view))

    def tell(self, body: dict[str, Any], text: str, offered: Sequence[dict[str, Any]] = ()) -> None:
        """Say something that only the presser sees."""
        who, message = who_of(body), body.get("message") or {}
        if channel_of(body):
            thread = {"thread_ts": message["thread_ts"]} if message.get("thread_ts") else {}
            blocks = [section(linked(text)), *offered] if offered else None
            self.patient.chat_postEphemeral(
                channel=channel_of(body), user=who.user, text=linked(text), blocks=blocks, **thread
            )
        else:
            self.patient.views_open(
                trigger_id=str(body.get("trigger_id") or ""),
                view=forms.notice_modal(text, self.language(who)),
            )

    def open_form(self, body: dict[str, Any], form: Block) -> None:
        """Open a form at once: a trigger is good for three seconds from the click."""
        try:
            self.brisk.views_open(trigger_id=str(body.get("trigger_id") or ""), view=form)
        except FAILURES as error:
            log.warning("slack form did not open", action="slack.form_failed", reason=failure_code(error))
            told = wording(self.language(who_of(body))).press_again
            self.later(lambda: self.tell(body, told))

    def later(self, call: Callable[[], object], *, only: bool = True) -> None:
        """Do something once nobody waits; what fails there is logged, and changes no record."""
        if only:
            self.afterwards.submit(_quietly, call)

    def language(self, who: Who) -> str | None:
        """Return the language somebody chose at the desk, or else in Slack; None when neither is known."""
        return self.desk.language_of(who) or self.slack_language(who)

    def slack_language(self, who: Who) -> str | None:
        """Return the language of somebody's Slack."""
        return self.workspace.member(who.team, who.user).language


def _quietly(call: Callable[[], object]) -> None:
    # Nothing done here changes a record: the act is committed, this only shows it.
    try:
        call()
    except FAILURES as error:
        log.warning("slack call failed afterwards", action="slack.call_failed", reason=failure_code(error))
