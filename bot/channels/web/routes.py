"""The addresses of the chat: read a form, call the desk, show a page. `router` is what the server mounts."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse, StreamingResponse
from starlette.exceptions import HTTPException

from bot import casework
from bot.browser import session as sessions
from bot.browser.live import Subject, Topic, watcher_of
from bot.browser.moments import zone_from
from bot.browser.paper import Paper
from bot.browser.route import HEADERS, Form, Posted, Refusal, page_route
from bot.browser.transcript import Paragraph, Reader, paragraphs_of
from bot.browser.visitor import (
    Visitor,
    check_form,
    language_of,
    nobody,
    vault_of,
    visit,
)
from bot.channels.web.asking import UNAVAILABLE, Asking, Trouble, clean
from bot.channels.web.library_page import read_document
from bot.channels.web.notice import NoticePage
from bot.channels.web.pages import (
    Conversation,
    EarlierView,
    answer_in_thread,
    earlier_conversations,
    own_thread,
    read_conversation,
)
from bot.channels.web.satisfaction import add_routes
from bot.channels.web.texts import TEXTS, ChatTexts
from bot.conversation import NotAccepted, assess
from bot.database import reading, transaction
from bot.privacy import safe_contact, unsafe
from bot.services import Services
from bot.vault import VaultError
from escalation import directory, tickets
from escalation.errors import EscalationError, IllegalMove
from escalation.tables import ChannelName, Person, Thread


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


class Chat:
    """The chat's handlers. They hold no state."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._paper = Paper(services.settings, "chat")
        self._asking = Asking(services)

    # pages

    def home(self, request: Request) -> Response:
        """Show the form for a first question."""
        if self._services.vault is None:
            return self._ask_page(request, nobody(request), AskPage(closed=True), 503)
        with reading(self._services.engine) as session:
            visitor = visit(self._services, session, request)
            earlier = earlier_conversations(session, visitor.actor, self._reader(visitor))
        return self._ask_page(request, visitor, AskPage(earlier=earlier))

    def thread(self, request: Request, thread_id: str) -> Response:
        """Show a conversation."""
        visitor, talk = self._read(request, thread_id)
        return self._draw(request, visitor, "thread.html", ThreadPage(talk))

    def turns(self, request: Request, thread_id: str) -> Response:
        """Show the part of a conversation that changes."""
        visitor, talk = self._read(request, thread_id)
        return self._draw(request, visitor, "_turns.html", ThreadPage(talk))

    async def live(self, request: Request, thread_id: str) -> Response:
        """Tell the page when its conversation changes."""
        if not await run_in_threadpool(self._owns, request, thread_id):
            return PlainTextResponse("", status_code=404)
        watcher = watcher_of(request.app, self._services.engine)
        if watcher.full:
            return PlainTextResponse("", status_code=503, headers={"Retry-After": "5"})
        stream = watcher.events(Topic(Subject.THREAD, thread_id))
        return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    def document(self, request: Request, document_id: str) -> Response:
        """Show a document of the library."""
        with reading(self._services.engine) as session:
            visitor = visit(self._services, session, request)
            person = session.get(Person, visitor.actor.person_id) if visitor.actor.person_id else None
            audience = directory.audience_of(session, person) if person else frozenset({"public"})
            page = read_document(
                session,
                visitor.actor,
                audience,
                document_id,
                request.query_params.get("v"),
                self._reader(visitor),
            )
        if page is None:
            raise Refusal(404)
        return self._draw(request, visitor, "library.html", page, status=410 if page.withdrawn else 200)

    # acts

    def ask(self, request: Request, form: Posted) -> Response:
        """Take a first question and lead to its conversation."""
        visitor = self._asking.whoever(request)
        try:
            accepted = self._asking.take(request, visitor, form)
        except Trouble as trouble:
            page = AskPage(
                text=_kept(form, trouble),
                error=trouble.error,
                once=form["once"] if trouble.same_once else None,
                safety=paragraphs_of(trouble.safety, lifelines=True),
                closed=self._services.vault is None,
            )
            return self._ask_page(request, visitor, page, trouble.status)
        return self._paper.go(request, f"/chat/{accepted.thread_id}", visitor)

    def follow_up(self, request: Request, thread_id: str, form: Posted) -> Response:
        """Take another message of a conversation."""
        if self._services.vault is None:
            return self.ask(request, form)
        try:
            visitor, talk = self._read(request, thread_id)
        except UNAVAILABLE:
            return self.ask(request, form)  # where words of danger still get their reply
        try:
            accepted = self._asking.take(request, visitor, form, key=talk.key)
        except Trouble as trouble:
            page = ThreadPage(
                talk,
                text=_kept(form, trouble),
                error=trouble.error,
                once=form["once"] if trouble.same_once else None,
                safety=paragraphs_of(trouble.safety, lifelines=True),
            )
            path = f"/chat/{thread_id}"
            return self._draw(request, visitor, "thread.html", page, status=trouble.status, path=path)
        return self._paper.go(request, f"/chat/{thread_id}#t-{accepted.message_id}", visitor)

    def person(self, request: Request, thread_id: str, form: Posted) -> Response:
        """Hand the conversation to people. A second press shows the same request."""
        visitor, thread = self._own(request, thread_id, form)
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
        return self._paper.go(request, f"/chat/{thread_id}#person", visitor)

    def steps(self, request: Request, thread_id: str, form: Posted) -> Response:
        """Ask for the library's steps after a danger reply. A second press changes nothing."""
        visitor, thread = self._own(request, thread_id, form)
        try:
            self._asking.steps(visitor, thread, form["after"])
        except NotAccepted:
            raise Refusal(503) from None
        return self._paper.go(request, f"/chat/{thread_id}", visitor)

    def rate(self, request: Request, thread_id: str, form: Posted) -> Response:
        """Keep how satisfied the official is; a comment that tells of danger is a message, and answered as one."""
        visitor, thread = self._own(request, thread_id, form)
        if form["score"] not in {"1", "2", "3", "4", "5"}:
            raise Refusal(400)
        comment = clean(form["comment"])
        if comment:
            found, broken = assess(comment, language=None, history=(), sent_at=self._services.clock())
            if broken or found.situation is not None or found.wants_human:
                return self.follow_up(request, thread_id, Form({**form.fields, "text": comment}))
        casework.rate(
            self._services,
            thread.request_id or 0,
            visitor.actor,
            int(form["score"]),
            comment,
            channel=ChannelName.WEB.value,
            source_id=f"web:rate:{thread.request_id}",
        )
        return self._paper.go(request, f"/chat/{thread_id}#person", visitor)

    def feedback(self, request: Request, thread_id: str, form: Posted) -> Response:
        """Note whether an answer helped."""
        visitor, _thread = self._own(request, thread_id, form)
        with reading(self._services.engine) as session:
            known = answer_in_thread(session, thread_id, form["answer"])
        if not known or form["helpful"] not in {"yes", "no"}:
            raise Refusal(404 if not known else 400)
        casework.feedback(self._services, form["answer"], visitor.actor, form["helpful"] == "yes")
        return self._paper.go(request, f"/chat/{thread_id}#t-{form['answer']}", visitor)

    def forget(self, request: Request, form: Posted) -> Response:
        """End this browser's session for good."""
        with reading(self._services.engine) as session:
            visitor = visit(self._services, session, request)
        check_form(self._services, visitor, request, form)
        with transaction(self._services.engine) as session:
            sessions.end_session(session, visitor.cookie, self._services.clock())
        texts = TEXTS[visitor.language]
        page = NoticePage(texts.forgotten_title, texts.forgotten)
        response = self._paper.draw(
            request, "notice.html", None, visitor.language, texts, page=page, path="/"
        )
        self._paper.drop_session(response)
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
        response = self._paper.draw(
            request, "notice.html", None, visitor.language, texts, page=page, path="/"
        )
        self._paper.drop_session(response)
        return response

    def refuse(self, request: Request, error: Exception) -> Response | None:
        """Return the page for what can't be done, or None for a fault that the server must log."""
        texts = TEXTS[language_of(request)]
        if isinstance(error, Refusal):
            return self._refusal(request, error.status, texts)
        if isinstance(error, IllegalMove):
            return self._notice(request, 409, texts.refused_title, str(error))
        if isinstance(error, EscalationError):
            return self._refusal(request, 404, texts)
        if isinstance(error, NotAccepted):
            return self._notice(request, 503, texts.busy_title, error.notice, error.safety_text)
        if isinstance(error, (*UNAVAILABLE, VaultError)):
            return self._notice(request, 503, texts.busy_title, texts.busy)
        return None

    # helpers

    def _refusal(self, request: Request, status: int, texts: ChatTexts) -> Response:
        title, words = {
            403: (texts.refused_title, texts.refused),
            404: (texts.not_found_title, texts.not_found),
            413: (texts.too_large_title, texts.too_long),
            503: (texts.closed_title, texts.closed),
        }.get(status, (texts.broken_title, texts.broken))
        return self._notice(request, status, title, words)

    def _notice(
        self, request: Request, status: int, title: str, words: str, safety: str | None = None
    ) -> Response:
        language = language_of(request)
        page = NoticePage(title, words, paragraphs_of(safety or "", lifelines=True))
        path = None if request.method == "GET" else "/"
        return self._paper.draw(
            request, "notice.html", None, language, TEXTS[language], page=page, status=status, path=path
        )

    def _ask_page(self, request: Request, visitor: Visitor, page: AskPage, status: int = 200) -> Response:
        path = None if request.method == "GET" else "/"
        return self._draw(request, visitor, "ask.html", page, status=status, path=path)

    def _draw(
        self,
        request: Request,
        visitor: Visitor,
        template: str,
        page: object,
        *,
        status: int = 200,
        path: str | None = None,
    ) -> Response:
        return self._paper.draw(
            request,
            template,
            visitor,
            visitor.language,
            TEXTS[visitor.language],
            page=page,
            status=status,
            path=path,
        )

    def _reader(self, visitor: Visitor) -> Reader:
        zone = zone_from((visitor.zone,), self._services.policy.hub_calendar.zone)
        return Reader(visitor.language, zone, self._services.clock())

    def _read(self, request: Request, thread_id: str) -> tuple[Visitor, Conversation]:
        vault_of(self._services)
        with reading(self._services.engine) as session:
            visitor = visit(self._services, session, request)
            talk = read_conversation(session, self._services, visitor.actor, thread_id, self._reader(visitor))
        if talk is None:
            raise Refusal(404)
        return visitor, talk

    def _own(self, request: Request, thread_id: str, form: Form) -> tuple[Visitor, Thread]:
        vault_of(self._services)
        with reading(self._services.engine) as session:
            visitor = visit(self._services, session, request)
            thread = own_thread(session, visitor.actor, thread_id)
            if thread is None:
                raise Refusal(404)
            session.expunge(thread)
        check_form(self._services, visitor, request, form)
        return visitor, thread

    def _owns(self, request: Request, thread_id: str) -> bool:
        with reading(self._services.engine) as session:
            visitor = visit(self._services, session, request)
            return own_thread(session, visitor.actor, thread_id) is not None


def _kept(form: Form, trouble: Trouble) -> str:
    return "" if trouble.status == 413 else clean(form["text"])


def router(services: Services) -> APIRouter:
    """Return the chat's routes: pages, forms, fragments, live events, the library's documents."""
    chat = Chat(services)
    routes = APIRouter(route_class=page_route(chat.refuse), include_in_schema=False)
    gets: tuple[tuple[str, Callable[..., object]], ...] = (
        ("/", chat.home),
        ("/chat", chat.home),
        ("/chat/{thread_id}", chat.thread),
        ("/chat/{thread_id}/turns", chat.turns),
        ("/chat/{thread_id}/live", chat.live),
        ("/library/{document_id}", chat.document),
    )
    posts: tuple[tuple[str, Callable[..., object]], ...] = (
        ("/chat", chat.ask),
        ("/chat/forget", chat.forget),
        ("/chat/unsafe", chat.unsafe),
        ("/chat/{thread_id}", chat.follow_up),
        ("/chat/{thread_id}/person", chat.person),
        ("/chat/{thread_id}/steps", chat.steps),
        ("/chat/{thread_id}/feedback", chat.feedback),
        ("/chat/{thread_id}/rate", chat.rate),
    )
    for path, handler in gets:
        routes.add_api_route(path, handler, methods=["GET", "HEAD"], response_model=None)
    for path, handler in posts:
        routes.add_api_route(path, handler, methods=["POST"], response_model=None)
    add_routes(routes, services, Paper(services.settings, "chat"))
    return routes


def install_error_pages(app: FastAPI, services: Services) -> None:
    """Draw the pages for addresses that don't exist and for faults, outside every router."""
    chat = Chat(services)

    async def missing(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if "text/html" not in request.headers.get("accept", ""):
            response: Response = PlainTextResponse(f"{status}\n", status_code=status)
        else:
            response = chat.refuse(request, Refusal(404 if status == 405 else status)) or Response(
                status_code=status
            )
            response.status_code = status
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    app.add_exception_handler(HTTPException, missing)
