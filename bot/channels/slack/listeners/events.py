"""Posts, the Home tab and the command: what people say, and what Slack says of the app."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt import Ack, BoltRequest

from bot.channels.slack.desk import Refusal, Who
from bot.channels.slack.listeners.reception import Reception
from bot.channels.slack.markup import linked, plain
from bot.channels.slack.payloads import Member, Post, address, own_user_id, read, to_inbound
from bot.channels.slack.wording import wording
from bot.channels.slack.workspace import FAILURES, failure_code
from bot.messages import Case, Inbound, SenderIdentity, ThreadKey
from escalation.tables import ChannelName, IdentityKind, MessageKind

log = structlog.get_logger()

_LAST_RETRY = 3


class NotStoredError(Exception):
    """A message could not be stored: Slack must deliver it again."""


@dataclass(frozen=True, slots=True)
class Events:
    """The listeners to events and the command. `experts_channel` is where tickets' cards hang."""

    reception: Reception
    experts_channel: str | None

    def on_post(self, body: dict[str, Any], request: BoltRequest) -> None:
        """Store a person's post; raise when it could not be, so that Slack delivers it again."""
        own = own_user_id(body)
        if own:
            self.reception.workspace.learn(own)
        post = read(body, own or self.reception.workspace.ourselves().bot_user_id)
        if post is None:
            return
        case, ours = self._surroundings(post)
        if not (post.direct or post.mentioned or ours or case):
            return
        inbound = to_inbound(
            post, self.reception.workspace.member(post.home, post.user), ours=ours, case=case
        )
        if inbound is None:
            return
        refusal = self.reception.desk.receive(inbound)
        if refusal is None:
            return
        retries = int((request.headers.get("x-slack-retry-num") or ["0"])[0] or 0)
        # A lasting fault is told once; a passing one only when Slack will not come again.
        told = retries == 0 if refusal.lasting else retries >= _LAST_RETRY
        self._say_directly(post.channel, post.root, refusal, with_notice=told)
        raise NotStoredError

    def on_home_opened(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        """Publish the Home tab, or suggest first questions in the Messages tab."""
        who = Who(_team_of(body, event), str(event.get("user") or ""))
        if event.get("tab") == "messages":
            channel = str(event.get("channel") or "")
            words = wording(self.reception.language(who))
            prompts = [{"title": title, "message": message} for title, message in words.prompts]
            # A thread_ts here would make Slack ignore the call without saying so.
            self.reception.later(
                lambda: self.reception.patient.assistant_threads_setSuggestedPrompts(
                    channel_id=channel, title=words.prompts_title, prompts=prompts
                )
            )
            return
        self.reception.publish_home(who)

    def on_removed(self, body: dict[str, Any]) -> None:
        """Tell the operator that Slack will not take or bring anything any more."""
        event = body.get("event") or {}
        log.error("slack app removed or token revoked", action="slack.removed", kind=str(event.get("type")))

    def on_other_event(self, body: dict[str, Any]) -> None:
        """Acknowledge what we are not interested in: unanswered, Slack would send it again."""
        event = body.get("event") or {}
        log.debug("slack event ignored", action="slack.ignored", kind=str(event.get("type")))

    def on_command(self, ack: Ack, body: dict[str, Any]) -> None:
        """Take a question typed after the command; the answer goes to direct messages."""
        who = Who(str(body.get("team_id") or ""), str(body.get("user_id") or ""))
        member = self.reception.workspace.member(who.team, who.user)
        words = wording(self.reception.desk.language_of(who) or member.language)
        text = plain(str(body.get("text") or ""))
        if not text or text.lower() in {"help", "aide"}:
            ack(text=words.command_help, response_type="ephemeral")
            return
        refusal = self.reception.desk.receive(self._command_inbound(body, who, member, text))
        told = words.answering_privately
        if refusal:
            told = "\n\n".join(filter(None, (refusal.safety_text, refusal.notice or words.went_wrong)))
        ack(text=linked(told), response_type="ephemeral")

    def _surroundings(self, post: Post) -> tuple[Case | None, bool]:
        if post.direct:
            # a card of a sealed request hangs in its expert's own messages, addressed to their user id
            case = self.reception.desk.case_of(post.user, post.root) if post.in_thread else None
            return case, case is None
        if post.in_thread and post.channel == self.experts_channel:
            case = self.reception.desk.case_of(post.channel, post.root)
            if case is not None:
                return case, False
        return None, not post.mentioned and self.reception.desk.answers_in(post.thread.key)

    def _say_directly(self, channel: str, thread_ts: str, refusal: Refusal, *, with_notice: bool) -> None:
        text = refusal.safety_text
        if with_notice:
            text = "\n\n".join(filter(None, (text, refusal.notice)))
        if not text:
            return
        try:
            self.reception.brisk.chat_postMessage(channel=channel, thread_ts=thread_ts, text=linked(text))
        except FAILURES as error:
            log.warning(
                "slack safety reply not sent", action="slack.safety_failed", reason=failure_code(error)
            )

    def _command_inbound(self, body: Mapping[str, Any], who: Who, member: Member, text: str) -> Inbound:
        # A command has no ts; its trigger is its only name. An answer addressed to the user id
        # arrives in their direct messages with the desk.
        trigger = str(body.get("trigger_id") or "")
        return Inbound(
            key=f"slack:{who.team}:command:{trigger}",
            kind=MessageKind.MESSAGE,
            thread=ThreadKey(
                channel=ChannelName.SLACK,
                key=f"{who.team}:{who.user}:{trigger}",
                address=address(who.user, None, who.team),
                threaded=False,
            ),
            sender=SenderIdentity(
                IdentityKind.SLACK, who.team, who.user, name=member.name, verified=member.full
            ),
            text=text,
            occurred_at=self.reception.workspace.now(),
        )


def _team_of(body: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    return str(event.get("user_team") or body.get("team_id") or body.get("context_team_id") or "")
