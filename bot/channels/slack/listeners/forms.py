"""Forms: the buttons that open them, and what comes back. What is wrong is said in the form, and the text stays."""

from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.channels.slack.desk import Deed
from bot.channels.slack.listeners.presses import action_of, chosen, entered, ticket_of, value_of, who_of
from bot.channels.slack.listeners.reception import Reception
from bot.channels.slack.views import forms
from bot.channels.slack.wording import wording
from escalation.errors import EscalationError


@dataclass(frozen=True, slots=True)
class Forms:
    """The listeners to buttons that open a form, and to the forms."""

    reception: Reception

    def on_reply_button(self, ack: Ack, body: dict[str, Any]) -> None:
        """Open the form for a reply: a trigger is good for three seconds from the click."""
        number = ticket_of(body)
        if number and self.reception.act(body, lambda who: self.reception.desk.check_reply(who, number)):
            language = self.reception.language(who_of(body))
            self.reception.open_form(body, forms.reply_modal(number, language))
        ack()

    def on_reply_form(self, ack: Ack, body: dict[str, Any]) -> None:
        """Send the expert's words; what is wrong is said in the form, and the text stays in it."""
        view = body.get("view") or {}
        who = who_of(body)
        number = str(view.get("private_metadata") or "")
        text = entered(view, "reply")
        words = wording(self.reception.language(who))
        if not text:
            ack(response_action="errors", errors={"reply": words.reply_empty})
            return
        try:
            self.reception.desk.reply(who, number, text, f"slack:{who.team}:view:{view.get('id')}")
        except EscalationError as refusal:
            ack(response_action="errors", errors={"reply": self.reception.refused(refusal, who)[:150]})
            return
        ack()

    def on_work_button(self, ack: Ack, body: dict[str, Any]) -> None:
        """Open the form of an act on the ticket: note, hand over, wait, resolve."""
        number, act = ticket_of(body), str(action_of(body).get("action_id") or "")
        if number and self.reception.act(body, lambda who: self.reception.desk.check_reply(who, number)):
            language = self.reception.language(who_of(body))
            colleagues = self.reception.desk.colleagues(who_of(body)) if act == "hand_over" else ()
            self.reception.open_form(body, forms.work_modal(act, number, colleagues, language))
        ack()

    def on_work_form(self, ack: Ack, body: dict[str, Any]) -> None:
        """Do what the form says; what is wrong is said in it, and the text stays."""
        view = body.get("view") or {}
        who = who_of(body)
        act, _, number = str(view.get("private_metadata") or "").partition(":")
        deed = Deed(act, entered(view, "words"), chosen(view))
        try:
            self.reception.desk.work(who, number, deed, f"slack:{who.team}:view:{view.get('id')}")
        except EscalationError as refusal:
            ack(response_action="errors", errors={"words": self.reception.refused(refusal, who)[:150]})
            return
        ack()

    def on_contact_button(self, ack: Ack, body: dict[str, Any]) -> None:
        """Open the form that asks how the person can be reached safely."""
        value = value_of(body)
        if value.isdecimal():
            language = self.reception.language(who_of(body))
            self.reception.open_form(body, forms.contact_modal(value, language))
        ack()

    def on_contact_form(self, ack: Ack, body: dict[str, Any]) -> None:
        """Keep what the person says, sealed."""
        view = body.get("view") or {}
        request_id = str(view.get("private_metadata") or "")
        text = entered(view, "contact")
        who = who_of(body)
        words = wording(self.reception.language(who))
        if not text or not request_id.isdecimal():
            ack(response_action="errors", errors={"contact": words.reply_empty})
            return
        try:
            self.reception.desk.safe_contact(who, int(request_id), text)
        except EscalationError as refusal:
            ack(response_action="errors", errors={"contact": self.reception.refused(refusal, who)[:150]})
            return
        ack()
