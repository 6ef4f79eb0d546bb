"""From a posted form to a message on record: who writes, is the form ours, is it accepted."""

import re
from dataclasses import replace
from typing import Final

from fastapi import Request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import col, select

from bot import conversation, safety
from bot.browser import session as sessions
from bot.browser.moments import zone_from
from bot.browser.route import Form, Refusal
from bot.browser.visitor import Visitor, check_form, nobody, visit, visit_without_database
from bot.channels.web.offers import offers_of
from bot.channels.web.texts import TEXTS
from bot.conversation import NotAccepted
from bot.database import reading, transaction
from bot.messages import LONGEST_TEXT, Inbound, ThreadKey
from bot.services import Services
from bot.wishes import SHOW_STEPS
from escalation import directory
from escalation.tables import Author, ChannelName, Message, MessageKind, Thread

MOST_CHARACTERS: Final = LONGEST_TEXT
UNAVAILABLE: Final = (DBAPIError, PoolTimeout)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Trouble(Exception):
    """A form that can't be taken as it is: it is shown again, with the writer's text unless it is too long.

    `safety` is the safety reply for words that could not be stored. `same_once`: the sending may be
    tried again under its own token, so that nothing is stored twice.
    """

    def __init__(self, status: int, error: str, *, safety: str = "", same_once: bool = False) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.safety = safety
        self.same_once = same_once


class Asking:
    """Take what officials write."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def whoever(self, request: Request) -> Visitor:
        """Return who writes, whatever is broken: words of danger must reach the safety check."""
        if self._services.vault is None:
            return nobody(request)
        try:
            with reading(self._services.engine) as session:
                return visit(self._services, session, request)
        except UNAVAILABLE:
            return visit_without_database(self._services, request)

    def take(
        self, request: Request, visitor: Visitor, form: Form, *, key: str | None = None
    ) -> conversation.Accepted:
        """Put the text of a form on record in the conversation of `key`, or in one of its own.

        Raise Trouble, with words for the writer, for a form that can't be taken.
        """
        text = clean(form["text"])
        try:
            nonce = self._checked(request, visitor, form, text)
        except Trouble as trouble:
            raise self._with_safety(trouble, text) from None
        own = f"web:{visitor.cookie.id}:{nonce}"
        inbound = Inbound(
            # the same form with other words is another message: nothing that was written is dropped
            key=f"{own}:{sessions.fingerprint(text)}",
            kind=MessageKind.MESSAGE,
            thread=ThreadKey(ChannelName.WEB, key or own, key or own),
            sender=visitor.sender,
            text=text,
            occurred_at=self._services.clock(),
        )
        services = self._services
        try:
            self._know(visitor)
        except UNAVAILABLE:
            # Nothing can be stored just now. Waiting for the database once more would only hold up
            # the safety reply: a desk without its key gives that alone.
            services = replace(services, vault=None)
        try:
            return conversation.receive(services, inbound)
        except NotAccepted as error:
            raise Trouble(503, error.notice, safety=error.safety_text or "", same_once=True) from None

    def steps(self, visitor: Visitor, thread: Thread, after: str) -> None:
        """Ask for the steps in the visitor's name, as if they had written it. `after` is the safety reply's id."""
        with reading(self._services.engine) as session:
            safety_reply = session.get(Message, after)
            if safety_reply is None or safety_reply.thread_id != thread.id:
                raise Refusal(404)
            if safety_reply.kind is not MessageKind.SAFETY:
                raise Refusal(404)
        words = SHOW_STEPS["fr" if safety_reply.language == "fr" else "en"]
        self._say(visitor, thread, f"web:{after}:steps", words)

    def say(self, visitor: Visitor, thread: Thread, after: str, value: str) -> None:
        """Say in the visitor's name what a button under the latest answer says; an older one says nothing more.

        A second press is the same message. `after` is the answer's id, `value` the button's.
        """
        with reading(self._services.engine) as session:
            answer = session.get(Message, after)
            if answer is None or answer.thread_id != thread.id:
                raise Refusal(404)
            offer = next(
                (
                    one
                    for one in offers_of(session, self._services, visitor.actor, after)
                    if one.value == value
                ),
                None,
            )
            latest = session.exec(
                select(Message.id)
                .where(
                    Message.thread_id == thread.id,
                    Message.author == Author.REQUESTER,
                    col(Message.recorded_at) > answer.recorded_at,
                )
                .limit(1)
            ).first()
        if offer is None:
            raise Refusal(404)
        if latest is None:
            self._say(visitor, thread, f"web:{after}:say", offer.words)

    def _say(self, visitor: Visitor, thread: Thread, key: str, words: str) -> None:
        inbound = Inbound(
            key=key,
            kind=MessageKind.MESSAGE,
            thread=ThreadKey(ChannelName.WEB, thread.key, thread.address),
            sender=visitor.sender,
            text=words,
            occurred_at=self._services.clock(),
        )
        conversation.receive(self._services, inbound)

    def _with_safety(self, trouble: Trouble, text: str) -> Trouble:
        """Return the trouble with the safety reply: danger in a form that can't be taken is danger still."""
        now = self._services.clock()
        found, _ = conversation.assess(text, language=None, history=(), sent_at=now)
        if found.situation is None:
            return trouble
        words = safety.reply(found.situation, found.language, stored=False)
        return Trouble(trouble.status, trouble.error, safety=words, same_once=trouble.same_once)

    def _checked(self, request: Request, visitor: Visitor, form: Form, text: str) -> str:
        """Return the nonce of a form that may be taken."""
        texts = TEXTS[visitor.language]
        if not text:
            raise Trouble(422, texts.empty)
        if len(text) > MOST_CHARACTERS:
            raise Trouble(413, texts.too_long)
        if self._services.vault is None:
            return "closed"  # nothing is kept, so nothing can be forged; the safety check still runs
        try:
            check_form(self._services, visitor, request, form)
        except Refusal:
            raise Trouble(403, texts.stale_form) from None
        nonce = sessions.read_once(self._services.vault, visitor.cookie, form["once"])
        if nonce is None:
            raise Trouble(403, texts.stale_form)
        return nonce

    def _know(self, visitor: Visitor) -> None:
        """Store a new session, and what the browser says of its reader's language and zone."""
        if visitor.kept or self._services.vault is None:
            return
        now, sender = self._services.clock(), visitor.sender
        with transaction(self._services.engine) as session:
            sessions.keep_session(session, visitor.cookie, now)
            person = directory.ensure_person(session, sender, now, language=visitor.language.value)
            zone = zone_from((visitor.zone,), "")
            if zone and person.zone is None:
                person.zone = zone
                session.add(person)


def clean(text: str) -> str:
    """Return a posted text with plain line ends and without control characters."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
