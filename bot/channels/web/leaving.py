"""Ways out: be forgotten by a shared browser, or stop everything because somebody else reads along."""

from fastapi import Request, Response

from bot.browser import session as sessions
from bot.browser.route import Posted
from bot.browser.visitor import check_form, visit
from bot.channels.web.desk import Desk
from bot.channels.web.notice import NoticePage
from bot.channels.web.texts import TEXTS
from bot.database import reading, transaction
from bot.privacy import unsafe
from escalation.tables import ChannelName


class Leaving:
    """The handlers of both ways out."""

    def __init__(self, desk: Desk) -> None:
        self._services = desk.services
        self._desk = desk

    def forget(self, request: Request, form: Posted) -> Response:
        """End this browser's session for good."""
        with reading(self._services.engine) as session:
            visitor = visit(self._services, session, request)
        check_form(self._services, visitor, request, form)
        with transaction(self._services.engine) as session:
            sessions.end_session(session, visitor.cookie, self._services.clock())
        texts = TEXTS[visitor.language]
        page = NoticePage(texts.forgotten_title, texts.forgotten)
        response = self._desk.paper.draw(
            request, "notice.html", None, visitor.language, texts, page=page, path="/"
        )
        self._desk.paper.drop_session(response)
        return response

    def unsafe(self, request: Request, form: Posted) -> Response:
        """Stop everything of somebody whose phone or mailbox isn't safe, this browser first."""
        with reading(self._services.engine) as session:
            visitor = visit(self._services, session, request)
        check_form(self._services, visitor, request, form)
        with transaction(self._services.engine) as session:
            sessions.end_session(session, visitor.cookie, self._services.clock())
        person_id = visitor.actor.person_id
        if person_id is not None:
            report = unsafe.Report(
                person_id, ChannelName.WEB.value, visitor.cookie.id, "reported by the person"
            )
            unsafe.suspend(self._services, person_id, report)
        texts = TEXTS[visitor.language]
        page = NoticePage(texts.unsafe_done_title, texts.unsafe_done)
        response = self._desk.paper.draw(
            request, "notice.html", None, visitor.language, texts, page=page, path="/"
        )
        self._desk.paper.drop_session(response)
        return response
