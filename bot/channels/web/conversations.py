"""Asking, going on, and reading: the pages of a conversation and the forms that add to it."""

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse, StreamingResponse

from bot.browser.live import Subject, Topic, watcher_of
from bot.browser.route import Form, Posted, Refusal
from bot.browser.transcript import paragraphs_of
from bot.browser.visitor import nobody, visit
from bot.channels.web.asking import UNAVAILABLE, Asking, Trouble, clean
from bot.channels.web.desk import AskPage, Desk, ThreadPage
from bot.channels.web.library_page import read_document
from bot.channels.web.pages import earlier_conversations
from bot.database import reading
from escalation import directory
from escalation.tables import Person


class Conversations:
    """The handlers of the chat's pages and of what is written there. They hold no state."""

    def __init__(self, desk: Desk) -> None:
        self._services = desk.services
        self._desk = desk
        self._asking = Asking(desk.services)

    def home(self, request: Request) -> Response:
        """Show the form for a first question."""
        if self._services.vault is None:
            return self._desk.ask_page(request, nobody(request), AskPage(closed=True), 503)
        with reading(self._services.engine) as session:
            visitor = visit(self._services, session, request)
            earlier = earlier_conversations(session, visitor.actor, self._desk.reader(visitor))
        return self._desk.ask_page(request, visitor, AskPage(earlier=earlier))

    def thread(self, request: Request, thread_id: str) -> Response:
        """Show a conversation."""
        visitor, talk = self._desk.read(request, thread_id)
        return self._desk.draw(request, visitor, "thread.html", ThreadPage(talk))

    def turns(self, request: Request, thread_id: str) -> Response:
        """Show the part of a conversation that changes."""
        visitor, talk = self._desk.read(request, thread_id)
        return self._desk.draw(request, visitor, "_turns.html", ThreadPage(talk))

    async def live(self, request: Request, thread_id: str) -> Response:
        """Tell the page when its conversation changes."""
        if not await run_in_threadpool(self._desk.owns, request, thread_id):
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
                self._desk.reader(visitor),
            )
        if page is None:
            raise Refusal(404)
        return self._desk.draw(request, visitor, "library.html", page, status=410 if page.withdrawn else 200)

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
            return self._desk.ask_page(request, visitor, page, trouble.status)
        return self._desk.paper.go(request, f"/chat/{accepted.thread_id}", visitor)

    def follow_up(self, request: Request, thread_id: str, form: Posted) -> Response:
        """Take another message of a conversation."""
        if self._services.vault is None:
            return self.ask(request, form)
        try:
            visitor, talk = self._desk.read(request, thread_id)
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
            return self._desk.draw(request, visitor, "thread.html", page, status=trouble.status, path=path)
        return self._desk.paper.go(request, f"/chat/{thread_id}#t-{accepted.message_id}", visitor)


def _kept(form: Form, trouble: Trouble) -> str:
    return "" if trouble.status == 413 else clean(form["text"])
