"""What happens on each event, click and form. Translates and calls the desk, nothing more.

An event is acknowledged when its listener returns, so a listener raises for whatever must come
again. Clicks and forms never come again by themselves: their source id makes a second press harmless.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt import Ack, App, BoltRequest
from slack_sdk import WebClient

from bot.channels.slack.desk import Deed, Desk, Refusal, Who, Worked
from bot.channels.slack.home import home_view
from bot.channels.slack.markup import linked, plain
from bot.channels.slack.payloads import Member, Post, address, own_user_id, read, to_inbound
from bot.channels.slack.views import cards, forms
from bot.channels.slack.views.blocks import section
from bot.channels.slack.wording import wording
from bot.channels.slack.workspace import FAILURES, Workspace, failure_code
from bot.messages import Case, Inbound, SenderIdentity, ThreadKey
from bot.rendering import refusals
from bot.wishes import SHOW_STEPS
from escalation.errors import EscalationError, IllegalMove, NotFound
from escalation.tables import ChannelName, IdentityKind, MessageKind

log = structlog.get_logger()

COMMAND = "/helpdesk"
_LAST_RETRY = 3
_LONGEST_SAID = 200
_ANYTHING = re.compile(r".*", re.DOTALL)
_NUMBER = re.compile(r"HD-\d{1,18}")


class NotStoredError(Exception):
    """A message could not be stored: Slack must deliver it again."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """The listeners and what they work with.

    `brisk` is for calls that must end inside Slack's three seconds, `patient` for what follows on
    `afterwards`, when nobody waits any more.
    """

    desk: Desk
    workspace: Workspace
    experts_channel: str | None
    brisk: WebClient
    patient: WebClient
    afterwards: Executor

    def register(self, app: App) -> None:
        """Tell Bolt which listener serves what."""
        app.event("message")(self.on_post)
        app.event("app_mention")(self.on_post)
        app.event("app_home_opened")(self.on_home_opened)
        app.event("app_uninstalled")(self.on_removed)
        app.event("tokens_revoked")(self.on_removed)
        app.event(_ANYTHING)(self.on_other_event)
        app.command(COMMAND)(self.on_command)
        app.action("talk_to_person")(self.on_talk_to_person)
        app.action("show_steps")(self.on_show_steps)
        app.action("say")(self.on_say)
        app.action("feedback")(self.on_feedback)
        app.action("helpful")(self.on_feedback)
        app.action("not_helpful")(self.on_feedback)
        for reason in cards.REASONS:
            app.action(f"reason_{reason}")(self.on_reason)
        app.action("claim")(self.on_claim)
        app.action("reply")(self.on_reply_button)
        for act in ("note", "hand_over", "wait", "resolve"):
            app.action(act)(self.on_work_button)
        app.action("answer_in_en")(self.on_language)
        app.action("answer_in_fr")(self.on_language)
        app.action("unsafe")(self.on_unsafe)
        app.action("safe_contact")(self.on_contact_button)
        app.action(_ANYTHING)(self.on_other_action)
        app.view("reply")(self.on_reply_form)
        app.view("work")(self.on_work_form)
        app.view("safe_contact")(self.on_contact_form)

    # Events

    def on_post(self, body: dict[str, Any], request: BoltRequest) -> None:
        """Store a person's post; raise when it could not be, so that Slack delivers it again."""
        own = own_user_id(body)
        if own:
            self.workspace.learn(own)
        post = read(body, own or self.workspace.ourselves().bot_user_id)
        if post is None:
            return
        case, ours = self._surroundings(post)
        if not (post.direct or post.mentioned or ours or case):
            return
        inbound = to_inbound(post, self.workspace.member(post.home, post.user), ours=ours, case=case)
        if inbound is None:
            return
        refusal = self.desk.receive(inbound)
        if refusal is None:
            return
        retries = int((request.headers.get("x-slack-retry-num") or ["0"])[0] or 0)
        # A lasting fault is told once; a passing one only when Slack will not come again.
        told = retries == 0 if refusal.lasting else retries >= _LAST_RETRY
        self._say_directly(post.channel, post.root, refusal, with_notice=told)
        raise NotStoredError

    def on_home_opened(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        """Publish the Home tab, or suggest first questions in the Messages tab."""
        who = Who(_team(body, event), str(event.get("user") or ""))
        if event.get("tab") == "messages":
            channel = str(event.get("channel") or "")
            words = wording(self._language(who))
            prompts = [{"title": title, "message": message} for title, message in words.prompts]
            # A thread_ts here would make Slack ignore the call without saying so.
            self._later(
                lambda: self.patient.assistant_threads_setSuggestedPrompts(
                    channel_id=channel, title=words.prompts_title, prompts=prompts
                )
            )
            return
        self._publish_home(who)

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
        member = self.workspace.member(who.team, who.user)
        words = wording(self.desk.language_of(who) or member.language)
        text = plain(str(body.get("text") or ""))
        if not text or text.lower() in {"help", "aide"}:
            ack(text=words.command_help, response_type="ephemeral")
            return
        refusal = self.desk.receive(self._command_inbound(body, who, member, text))
        told = words.answering_privately
        if refusal:
            told = "\n\n".join(filter(None, (refusal.safety_text, refusal.notice or words.went_wrong)))
        ack(text=linked(told), response_type="ephemeral")

    # Clicks

    def on_talk_to_person(self, ack: Ack, body: dict[str, Any]) -> None:
        """Hand the request to people."""
        value = _value(body)
        if value.isdecimal() and self._act(
            body, lambda who: self.desk.escalate(who, int(value), _source(body))
        ):
            self._later(lambda: self._publish_home(_who(body)), only=_at_home(body))
        ack()

    def on_show_steps(self, ack: Ack, body: dict[str, Any]) -> None:
        """Ask for the steps in the presser's name, as if they had written it in that conversation."""
        inbound = self._said_inbound(body, SHOW_STEPS["fr" if _value(body) == "fr" else "en"], "steps")
        refusal = self.desk.receive(inbound) if inbound else None
        if refusal:
            told = refusal.notice
            self._later(lambda: self._tell(body, told))
        ack()

    def on_say(self, ack: Ack, body: dict[str, Any]) -> None:
        """Say what the button says in the presser's name: more, or one of the offered subjects."""
        said = plain(_value(body))[:_LONGEST_SAID]
        inbound = self._said_inbound(body, said, f"say:{said}") if said else None
        refusal = self.desk.receive(inbound) if inbound else None
        if refusal:
            told = refusal.notice
            self._later(lambda: self._tell(body, told))
        ack()

    def on_feedback(self, ack: Ack, body: dict[str, Any]) -> None:
        """Record whether an answer helped, and say thanks."""
        action = _action(body)
        verdict, _, message_id = _value(body).partition(":")
        if action.get("action_id") in {"helpful", "not_helpful"}:
            verdict, message_id = str(action["action_id"]), _value(body)
        helpful = verdict == "helpful"
        if message_id and self._act(body, lambda who: self.desk.feedback(who, message_id, helpful=helpful)):
            words = wording(self._language(_who(body)))
            told = words.thanks if helpful else words.sorry
            offered = [] if helpful else cards.after_thumbs_down(message_id, _talk_value(body), words)
            self._later(lambda: self._tell(body, told, offered))
        ack()

    def on_reason(self, ack: Ack, body: dict[str, Any]) -> None:
        """Keep why an answer did not help."""
        reason, _, message_id = _value(body).partition(":")
        if reason in cards.REASONS and message_id:
            kept = self._act(
                body, lambda who: self.desk.feedback(who, message_id, helpful=False, reason=reason)
            )
            words = wording(self._language(_who(body)))
            self._later(lambda: self._tell(body, words.noted), only=kept)
        ack()

    def on_claim(self, ack: Ack, body: dict[str, Any]) -> None:
        """Give the ticket to this expert and show so on the card."""
        self._work(body, lambda who, number: self.desk.claim(who, number, _source(body)))
        ack()

    def on_work_button(self, ack: Ack, body: dict[str, Any]) -> None:
        """Open the form of an act on the ticket: note, hand over, wait, resolve."""
        number, act = _value(body), str(_action(body).get("action_id") or "")
        if _NUMBER.fullmatch(number) and self._act(body, lambda who: self.desk.check_reply(who, number)):
            language = self._language(_who(body))
            colleagues = self.desk.colleagues(_who(body)) if act == "hand_over" else ()
            try:
                self.brisk.views_open(
                    trigger_id=str(body.get("trigger_id") or ""),
                    view=forms.work_modal(act, number, colleagues, language),
                )
            except FAILURES as error:
                log.warning("slack form did not open", action="slack.form_failed", reason=failure_code(error))
                self._later(lambda: self._tell(body, wording(language).press_again))
        ack()

    def on_work_form(self, ack: Ack, body: dict[str, Any]) -> None:
        """Do what the form says; what is wrong is said in it, and the text stays."""
        view = body.get("view") or {}
        who = _who(body)
        act, _, number = str(view.get("private_metadata") or "").partition(":")
        deed = Deed(act, _entered(view, "words"), _chosen(view))
        try:
            self.desk.work(who, number, deed, f"slack:{who.team}:view:{view.get('id')}")
        except EscalationError as refusal:
            ack(response_action="errors", errors={"words": self._refused(refusal, who)[:150]})
            return
        ack()

    def on_language(self, ack: Ack, body: dict[str, Any]) -> None:
        """Keep the language an official wants to be answered in."""
        value, act = _value(body), str(_action(body).get("action_id") or "")
        if value.isdecimal() and self._act(
            body,
            lambda who: self.desk.choose_language(
                who, int(value), act.removeprefix("answer_in_"), _source(body)
            ),
        ):
            words = wording(self._language(_who(body)))
            self._later(lambda: self._tell(body, words.noted))
        ack()

    def on_reply_button(self, ack: Ack, body: dict[str, Any]) -> None:
        """Open the form for a reply: a trigger is good for three seconds from the click."""
        number = _value(body)
        if _NUMBER.fullmatch(number) and self._act(body, lambda who: self.desk.check_reply(who, number)):
            language = self._language(_who(body))
            try:
                self.brisk.views_open(
                    trigger_id=str(body.get("trigger_id") or ""), view=forms.reply_modal(number, language)
                )
            except FAILURES as error:
                log.warning("slack form did not open", action="slack.form_failed", reason=failure_code(error))
                self._later(lambda: self._tell(body, wording(language).press_again))
        ack()

    def on_unsafe(self, ack: Ack, body: dict[str, Any]) -> None:
        """Stop everything of somebody whose phone or mailbox isn't safe."""
        if self._act(body, lambda who: self.desk.unsafe(who, _source(body))):
            words = wording(self._language(_who(body)))
            self._later(lambda: self._tell(body, words.noted))
            self._later(lambda: self._publish_home(_who(body)), only=_at_home(body))
        ack()

    def on_contact_button(self, ack: Ack, body: dict[str, Any]) -> None:
        """Open the form that asks how the person can be reached safely."""
        value = _value(body)
        if value.isdecimal():
            language = self._language(_who(body))
            try:
                self.brisk.views_open(
                    trigger_id=str(body.get("trigger_id") or ""), view=forms.contact_modal(value, language)
                )
            except FAILURES as error:
                log.warning("slack form did not open", action="slack.form_failed", reason=failure_code(error))
                self._later(lambda: self._tell(body, wording(language).press_again))
        ack()

    def on_contact_form(self, ack: Ack, body: dict[str, Any]) -> None:
        """Keep what the person says, sealed."""
        view = body.get("view") or {}
        request_id = str(view.get("private_metadata") or "")
        text = _entered(view, "contact")
        words = wording(self._language(_who(body)))
        if not text or not request_id.isdecimal():
            ack(response_action="errors", errors={"contact": words.reply_empty})
            return
        try:
            self.desk.safe_contact(_who(body), int(request_id), text)
        except EscalationError as refusal:
            ack(response_action="errors", errors={"contact": str(refusal)[:150]})
            return
        ack()

    def on_other_action(self, ack: Ack) -> None:
        """Acknowledge buttons that only open an address."""
        ack()

    def on_reply_form(self, ack: Ack, body: dict[str, Any]) -> None:
        """Send the expert's words; what is wrong is said in the form, and the text stays in it."""
        view = body.get("view") or {}
        who = _who(body)
        number = str(view.get("private_metadata") or "")
        text = _entered(view, "reply")
        words = wording(self._language(who))
        if not text:
            ack(response_action="errors", errors={"reply": words.reply_empty})
            return
        try:
            self.desk.reply(who, number, text, f"slack:{who.team}:view:{view.get('id')}")
        except EscalationError as refusal:
            ack(response_action="errors", errors={"reply": str(refusal)[:150]})
            return
        ack()

    # What they share

    def _surroundings(self, post: Post) -> tuple[Case | None, bool]:
        if post.direct:
            # a card of a sealed request hangs in its expert's own messages, addressed to their user id
            case = self.desk.case_of(post.user, post.root) if post.in_thread else None
            return case, case is None
        if post.in_thread and post.channel == self.experts_channel:
            case = self.desk.case_of(post.channel, post.root)
            if case is not None:
                return case, False
        return None, not post.mentioned and self.desk.answers_in(post.thread.key)

    def _say_directly(self, channel: str, thread_ts: str, refusal: Refusal, *, with_notice: bool) -> None:
        text = refusal.safety_text
        if with_notice:
            text = "\n\n".join(filter(None, (text, refusal.notice)))
        if not text:
            return
        try:
            self.brisk.chat_postMessage(channel=channel, thread_ts=thread_ts, text=linked(text))
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
            occurred_at=self.workspace.now(),
        )

    def _said_inbound(self, body: Mapping[str, Any], said: str, name: str) -> Inbound | None:
        who, channel, message = _who(body), _channel(body), body.get("message") or {}
        ts = str(message.get("ts") or "")
        team = str((body.get("team") or {}).get("id") or who.team)
        if not (channel and ts):
            return None
        root = str(message.get("thread_ts") or ts)
        member = self.workspace.member(who.team, who.user)
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
            occurred_at=self.workspace.now(),
        )

    def _act(self, body: dict[str, Any], act: Callable[[Who], object]) -> bool:
        """Do what the click asks; a refusal is one sentence that only the presser sees."""
        try:
            act(_who(body))
        except EscalationError as refusal:
            text = self._refused(refusal, _who(body))
            self._later(lambda: self._tell(body, text))
            return False
        return True

    def _refused(self, refusal: EscalationError, who: Who) -> str:
        """Return why something was refused, in the presser's language."""
        if isinstance(refusal, IllegalMove | NotFound):
            language = "fr" if self._language(who) == "fr" else "en"
            return refusals.said(refusal, language, str(refusal))
        return str(refusal)

    def _work(self, body: dict[str, Any], act: Callable[[Who, str], Worked]) -> None:
        number = _value(body)
        done: list[Worked] = []
        if _NUMBER.fullmatch(number) and self._act(body, lambda who: done.append(act(who, number))):
            if _at_home(body):
                self._later(lambda: self._publish_home(_who(body)))
            else:
                self._later(lambda: self._rework_card(body, done[0]))

    def _rework_card(self, body: dict[str, Any], worked: Worked) -> None:
        message = body.get("message") or {}
        words = wording(self._language(_who(body)))
        blocks = cards.reworked_card(
            message.get("blocks") or (), words, worked.number, worked.state, worked.assignee
        )
        self.patient.chat_update(
            channel=_channel(body),
            ts=str(message.get("ts")),
            text=str(message.get("text") or ""),
            blocks=blocks,
        )

    def _publish_home(self, who: Who) -> None:
        page = self.desk.home(who, self._slack_language(who))
        view = home_view(page)
        self._later(lambda: self.patient.views_publish(user_id=who.user, view=view))

    def _tell(self, body: dict[str, Any], text: str, offered: Sequence[dict[str, Any]] = ()) -> None:
        who, message = _who(body), body.get("message") or {}
        if _channel(body):
            thread = {"thread_ts": message["thread_ts"]} if message.get("thread_ts") else {}
            blocks = [section(linked(text)), *offered] if offered else None
            self.patient.chat_postEphemeral(
                channel=_channel(body), user=who.user, text=linked(text), blocks=blocks, **thread
            )
        else:
            self.patient.views_open(
                trigger_id=str(body.get("trigger_id") or ""),
                view=forms.notice_modal(text, self._language(who)),
            )

    def _later(self, call: Callable[[], object], *, only: bool = True) -> None:
        if only:
            self.afterwards.submit(_quietly, call)

    def _language(self, who: Who) -> str | None:
        return self.desk.language_of(who) or self._slack_language(who)

    def _slack_language(self, who: Who) -> str | None:
        return self.workspace.member(who.team, who.user).language


def _quietly(call: Callable[[], object]) -> None:
    # Nothing done here changes a record: the act is committed, this only shows it.
    try:
        call()
    except FAILURES as error:
        log.warning("slack call failed afterwards", action="slack.call_failed", reason=failure_code(error))


def _team(body: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    return str(event.get("user_team") or body.get("team_id") or body.get("context_team_id") or "")


def _who(body: Mapping[str, Any]) -> Who:
    user, team = body.get("user") or {}, body.get("team") or {}
    return Who(str(user.get("team_id") or team.get("id") or ""), str(user.get("id") or ""))


def _action(body: Mapping[str, Any]) -> Mapping[str, Any]:
    actions = body.get("actions") or [{}]
    return actions[0] if isinstance(actions[0], dict) else {}


def _value(body: Mapping[str, Any]) -> str:
    return str(_action(body).get("value") or "")


def _talk_value(body: Mapping[str, Any]) -> str:
    """Return the request that the message's button for a person names; "" without one."""
    for block in (body.get("message") or {}).get("blocks") or ():
        for element in block.get("elements") or ():
            if element.get("action_id") == "talk_to_person":
                return str(element.get("value") or "")
    return ""


def _entered(view: Mapping[str, Any], block: str) -> str:
    entered = ((view.get("state") or {}).get("values") or {}).get(block) or {}
    return str((entered.get("text") or {}).get("value") or "").strip()


def _chosen(view: Mapping[str, Any]) -> str:
    entered = ((view.get("state") or {}).get("values") or {}).get("choice") or {}
    option = (entered.get("choice") or {}).get("selected_option") or {}
    return str(option.get("value") or "")


def _channel(body: Mapping[str, Any]) -> str:
    return str((body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id") or "")


def _at_home(body: Mapping[str, Any]) -> bool:
    return (body.get("view") or {}).get("type") == "home"


def _source(body: Mapping[str, Any]) -> str:
    """Return the same id for the same press, another for another one."""
    action, who = _action(body), _who(body)
    container = body.get("container") or {}
    place = str(
        (body.get("message") or {}).get("ts") or container.get("message_ts") or container.get("view_id")
    )
    parts = (
        "slack",
        who.team,
        _channel(body),
        place,
        who.user,
        action.get("action_id"),
        action.get("action_ts"),
    )
    return ":".join(str(part) for part in parts)[:200]
