"""What every page of the chat needs: its visitor, their conversation, and the paper it is drawn on."""

from dataclasses import dataclass

from fastapi import Request, Response

from bot.browser.moments import zone_from
from bot.browser.paper import Paper
from bot.browser.route import Form, Refusal
from bot.browser.transcript import Paragraph, Reader
from bot.browser.visitor import Visitor, check_form, vault_of, visit
from bot.channels.web.pages import Conversation, EarlierView, own_thread, read_conversation
from bot.channels.web.texts import TEXTS
from bot.database import reading
from bot.services import Services
from escalation.tables import Thread


@dataclass(frozen=True, slots=True)
class AskPage:
    """The first page. `error` belongs to the text field, `safety` stands above everything."""

    text: str = ""
    error: str | None = None
    once: str | None = None
    safety: tuple[Paragraph, ...] = ()
    closed: bool = False
    earlier: tuple[EarlierView, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """A conversation with its form."""

    talk: Conversation
    text: str = ""
    error: str | None = None
    once: str | None = None
    safety: tuple[Paragraph, ...] = ()


class Desk:
    """Read for a visitor, and draw for them. Somebody else's conversation is as good as none."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.paper = Paper(services.settings, "chat")

    def ask_page(self, request: Request, visitor: Visitor, page: AskPage, status: int = 200) -> Response:
        path = None if request.method == "GET" else "/"
        return self.draw(request, visitor, "ask.html", page, status=status, path=path)

    def draw(
        self,
        request: Request,
        visitor: Visitor,
        template: str,
        page: object,
        *,
        status: int = 200,
        path: str | None = None,
    ) -> Response:
        return self.paper.draw(
            request,
            template,
            visitor,
            visitor.language,
            TEXTS[visitor.language],
            page=page,
            status=status,
            path=path,
        )

    def reader(self, visitor: Visitor) -> Reader:
        zone = zone_from((visitor.zone,), self.services.policy.hub_calendar.zone)
        return Reader(visitor.language, zone, self.services.clock())

    def read(self, request: Request, thread_id: str) -> tuple[Visitor, Conversation]:
        vault_of(self.services)
        with reading(self.services.engine) as session:
            visitor = visit(self.services, session, request)
            talk = read_conversation(session, self.services, visitor.actor, thread_id, self.reader(visitor))
        if talk is None:
            raise Refusal(404)
        return visitor, talk

    def own(self, request: Request, thread_id: str, form: Form) -> tuple[Visitor, Thread]:
        vault_of(self.services)
        with reading(self.services.engine) as session:
            visitor = visit(self.services, session, request)
            thread = own_thread(session, visitor.actor, thread_id)
            if thread is None:
                raise Refusal(404)
            session.expunge(thread)
        check_form(self.services, visitor, request, form)
        return visitor, thread

    def owns(self, request: Request, thread_id: str) -> bool:
        with reading(self.services.engine) as session:
            visitor = visit(self.services, session, request)
            return own_thread(session, visitor.actor, thread_id) is not None
