"""What happens on each event, click and form. Translates and calls the desk, nothing more.

An event is acknowledged when its listener returns, so a listener raises for whatever must come
again. Clicks and forms never come again by themselves: their source id makes a second press harmless.
"""

import re

from slack_bolt import App

from bot.channels.slack.listeners.clicks import Clicks
from bot.channels.slack.listeners.events import Events, NotStoredError
from bot.channels.slack.listeners.forms import Forms
from bot.channels.slack.listeners.reception import Reception
from bot.channels.slack.views.cards import REASONS

__all__ = ["COMMAND", "NotStoredError", "Reception", "register"]

COMMAND = "/helpdesk"
_ANYTHING = re.compile(r".*", re.DOTALL)


def register(app: App, reception: Reception, experts_channel: str | None) -> None:
    """Tell Bolt which listener serves what. `experts_channel` is where tickets' cards hang."""
    events, clicks, forms = Events(reception, experts_channel), Clicks(reception), Forms(reception)
    app.event("message")(events.on_post)
    app.event("app_mention")(events.on_post)
    app.event("app_home_opened")(events.on_home_opened)
    app.event("app_uninstalled")(events.on_removed)
    app.event("tokens_revoked")(events.on_removed)
    app.event(_ANYTHING)(events.on_other_event)
    app.command(COMMAND)(events.on_command)
    app.action("talk_to_person")(clicks.on_talk_to_person)
    app.action("show_steps")(clicks.on_show_steps)
    app.action("say")(clicks.on_say)
    app.action("feedback")(clicks.on_feedback)
    app.action("helpful")(clicks.on_feedback)
    app.action("not_helpful")(clicks.on_feedback)
    for reason in REASONS:
        app.action(f"reason_{reason}")(clicks.on_reason)
    app.action("claim")(clicks.on_claim)
    app.action("reply")(forms.on_reply_button)
    for act in ("note", "hand_over", "wait", "resolve"):
        app.action(act)(forms.on_work_button)
    app.action("answer_in_en")(clicks.on_language)
    app.action("answer_in_fr")(clicks.on_language)
    app.action("unsafe")(clicks.on_unsafe)
    app.action("safe_contact")(forms.on_contact_button)
    app.action(_ANYTHING)(clicks.on_other_action)
    app.view("reply")(forms.on_reply_form)
    app.view("work")(forms.on_work_form)
    app.view("safe_contact")(forms.on_contact_form)
