"""Buttons under answers and on cards that act at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.channels.slack.desk import Who, Worked
from bot.channels.slack.listeners.presses import (
    action_of,
    at_home,
    channel_of,
    source_of,
    talk_value,
    ticket_of,
    value_of,
    who_of,
)
from bot.channels.slack.listeners.reception import Reception
from bot.channels.slack.markup import plain
from bot.channels.slack.payloads import address
from bot.channels.slack.views import cards
from bot.channels.slack.wording import wording
from bot.messages import Inbound, SenderIdentity, ThreadKey
from bot.wishes import SHOW_STEPS
from escalation.tables import ChannelName, IdentityKind, MessageKind

_LONGEST_SAID = 200


@dataclass(frozen=True, slots=True)
class Clicks:
    """The listeners to buttons that act at once."""

    reception: Reception

    def on_talk_to_person(self, ack: Ack, body: dict[str, Any]) -> None:
        """Hand the request to people."""
        value = value_of(body)
        if value.isdecimal() and self.reception.act(
            body, lambda who: self.reception.desk.escalate(who, int(value), source_of(body))
        ):
            self.reception.later(lambda: self.reception.publish_home(who_of(body)), only=at_home(body))
        ack()

    def on_show_steps(self, ack: Ack, body: dict[str, Any]) -> None:
        """Ask for the steps in the presser's name, as if they had written it in that conversation."""
        inbound = self._said_inbound(body, SHOW_STEPS["fr" if value_of(body) == "fr" else "en"], "steps")
        refusal = self.reception.desk.receive(inbound) if inbound else None
        if refusal:
            told = refusal.notice
            self.reception.later(lambda: self.reception.tell(body, told))
        ack()

    def on_say(self, ack: Ack, body: dict[str, Any]) -> None:
        """Say what the button says in the presser's name: more, or one of the offered subjects."""
        said = plain(value_of(body))[:_LONGEST_SAID]
        inbound = self._said_inbound(body, said, f"say:{said}") if said else None
        refusal = self.reception.desk.receive(inbound) if inbound else None
        if refusal:
            told = refusal.notice
            self.reception.later(lambda: self.reception.tell(body, told))
        ack()

    def on_feedback(self, ack: Ack, body: dict[str, Any]) -> None:
        """Record whether an answer helped, and say thanks."""
        action = action_of(body)
        verdict, _, message_id = value_of(body).partition(":")
        if action.get("action_id") in {"helpful", "not_helpful"}:
            verdict, message_id = str(action["action_id"]), value_of(body)
        helpful = verdict == "helpful"
        if message_id and self.reception.act(
            body, lambda who: self.reception.desk.feedback(who, message_id, helpful=helpful)
        ):
            words = wording(self.reception.language(who_of(body)))
            told = words.thanks if helpful else words.sorry
            offered = [] if helpful else cards.after_thumbs_down(message_id, talk_value(body), words)
            self.reception.later(lambda: self.reception.tell(body, told, offered))
        ack()

    def on_reason(self, ack: Ack, body: dict[str, Any]) -> None:
        """Keep why an answer did not help."""
        reason, _, message_id = value_of(body).partition(":")
        if reason in cards.REASONS and message_id:
            kept = self.reception.act(
                body, lambda who: self.reception.desk.feedback(who, message_id, helpful=False, reason=reason)
            )
            words = wording(self.reception.language(who_of(body)))
            self.reception.later(lambda: self.reception.tell(body, words.noted), only=kept)
        ack()

    def on_claim(self, ack: Ack, body: dict[str, Any]) -> None:
        """Give the ticket to this expert and show so on the card."""
        self._work(body, lambda who, number: self.reception.desk.claim(who, number, source_of(body)))
        ack()

    def on_language(self, ack: Ack, body: dict[str, Any]) -> None:
        """Keep the language an official wants to be answered in."""
        value, act = value_of(body), str(action_of(body).get("action_id") or "")
        if value.isdecimal() and self.reception.act(
            body,
            lambda who: self.reception.desk.choose_language(
                who, int(value), act.removeprefix("answer_in_"), source_of(body)
            ),
        ):
            words = wording(self.reception.language(who_of(body)))
            self.reception.later(lambda: self.reception.tell(body, words.noted))
        ack()

    def on_unsafe(self, ack: Ack, body: dict[str, Any]) -> None:
        """Stop everything of somebody whose phone or mailbox isn't safe."""
        if self.reception.act(body, lambda who: self.reception.desk.unsafe(who, source_of(body))):
            words = wording(self.reception.language(who_of(body)))
            self.reception.later(lambda: self.reception.tell(body, words.noted))
            self.reception.later(lambda: self.reception.publish_home(who_of(body)), only=at_home(body))
        ack()

    def on_other_action(self, ack: Ack) -> None:
        """Acknowledge buttons that only open an address."""
        ack()

    def _said_inbound(self, body: Mapping[str, Any], said: str, name: str) -> Inbound | None:
        who, channel, message = who_of(body), channel_of(body), body.get("message") or {}
        ts = str(message.get("ts") or "")
        team = str((body.get("team") or {}).get("id") or who.team)
        if not (channel and ts):
            return None
        root = str(message.get("thread_ts") or ts)
        member = self.reception.workspace.member(who.team, who.user)
        return Inbound(
            key=f"slack:{team}:{channel}:{ts}:{name}"[:400],  # pressed twice, asked once
            kind=MessageKind.MESSAGE,
            thread=ThreadKey(
                channel=ChannelName.SLACK,
                key=f"{team}:{channel}:{root}",
                address=address(channel, root, team),
                aliases=(ts,),
            ),
            sender=SenderIdentity(
                IdentityKind.SLACK,
                who.team,
                who.user,
                name=member.name,
                verified=member.full and who.team == team,
            ),
            text=said,
            occurred_at=self.reception.workspace.now(),
        )

    def _work(self, body: dict[str, Any], act: Callable[[Who, str], Worked]) -> None:
        number = ticket_of(body)
        done: list[Worked] = []
        if number and self.reception.act(body, lambda who: done.append(act(who, number))):
            if at_home(body):
                self.reception.later(lambda: self.reception.publish_home(who_of(body)))
            else:
                self.reception.later(lambda: self._rework_card(body, done[0]))

    def _rework_card(self, body: dict[str, Any], worked: Worked) -> None:
        message = body.get("message") or {}
        words = wording(self.reception.language(who_of(body)))
        blocks = cards.reworked_card(
            message.get("blocks") or (), words, worked.number, worked.state, worked.assignee
        )
        self.reception.patient.chat_update(
            channel=channel_of(body),
            ts=str(message.get("ts")),
            text=str(message.get("text") or ""),
            blocks=blocks,
        )
