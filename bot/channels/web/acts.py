"""What is pressed in a conversation: a person, the steps, whether it helped, how it went."""

from fastapi import Request, Response

from bot import casework
from bot.browser.route import Form, Posted, Refusal
from bot.channels.web.asking import Asking, clean
from bot.channels.web.conversations import Conversations
from bot.channels.web.desk import Desk
from bot.channels.web.pages import answer_in_thread
from bot.conversation import NotAccepted, assess
from bot.database import reading
from bot.privacy import safe_contact
from escalation import tickets
from escalation.tables import ChannelName


class Acts:
    """The handlers of the buttons. A second press changes nothing."""

    def __init__(self, desk: Desk, conversations: Conversations) -> None:
        self._services = desk.services
        self._desk = desk
        self._asking = Asking(desk.services)
        self._conversations = conversations

    def person(self, request: Request, thread_id: str, form: Posted) -> Response:
        """Hand the conversation to people. A second press shows the same request."""
        visitor, thread = self._desk.own(request, thread_id, form)
        with reading(self._services.engine) as session:
            latest = tickets.latest(session, thread.request_id or 0)
        source = f"web:{thread_id}:{latest.id if latest else 0}"
        card = casework.escalate(
            self._services,
            thread.request_id or 0,
            visitor.actor,
            channel=ChannelName.WEB.value,
            source_id=source,
        )
        # kept sealed and apart: it is for the people of the ticket, who say why they open it
        reach = clean(form["reach"])
        if reach and card.request_id == thread.request_id:
            safe_contact.keep(self._services, card.request_id, visitor.actor, reach)
        return self._desk.paper.go(request, f"/chat/{thread_id}#person", visitor)

    def steps(self, request: Request, thread_id: str, form: Posted) -> Response:
        """Ask for the library's steps after a danger reply. A second press changes nothing."""
        visitor, thread = self._desk.own(request, thread_id, form)
        try:
            self._asking.steps(visitor, thread, form["after"])
        except NotAccepted:
            raise Refusal(503) from None
        return self._desk.paper.go(request, f"/chat/{thread_id}", visitor)

    def say(self, request: Request, thread_id: str, form: Posted) -> Response:
        """Say what a button under the latest answer says. A second press changes nothing."""
        visitor, thread = self._desk.own(request, thread_id, form)
        try:
            self._asking.say(visitor, thread, form["after"], form["say"])
        except NotAccepted:
            raise Refusal(503) from None
        return self._desk.paper.go(request, f"/chat/{thread_id}", visitor)

    def rate(self, request: Request, thread_id: str, form: Posted) -> Response:
        """Keep how satisfied the official is; a comment that tells of danger is a message, and answered as one."""
        visitor, thread = self._desk.own(request, thread_id, form)
        if form["score"] not in {"1", "2", "3", "4", "5"}:
            raise Refusal(400)
        comment = clean(form["comment"])
        if comment:
            found, broken = assess(comment, language=None, history=(), sent_at=self._services.clock())
            if broken or found.situation is not None or found.wants_human:
                return self._conversations.follow_up(
                    request, thread_id, Form({**form.fields, "text": comment})
                )
        casework.rate(
            self._services,
            thread.request_id or 0,
            visitor.actor,
            int(form["score"]),
            comment,
            channel=ChannelName.WEB.value,
            source_id=f"web:rate:{thread.request_id}",
        )
        return self._desk.paper.go(request, f"/chat/{thread_id}#person", visitor)

    def feedback(self, request: Request, thread_id: str, form: Posted) -> Response:
        """Note whether an answer helped."""
        visitor, _thread = self._desk.own(request, thread_id, form)
        with reading(self._services.engine) as session:
            known = answer_in_thread(session, thread_id, form["answer"])
        if not known or form["helpful"] not in {"yes", "no"}:
            raise Refusal(404 if not known else 400)
        casework.feedback(self._services, form["answer"], visitor.actor, form["helpful"] == "yes")
        return self._desk.paper.go(request, f"/chat/{thread_id}#t-{form['answer']}", visitor)
