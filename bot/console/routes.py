"""The addresses of the console: sign in, queue, ticket, library, outbox. `router` is what the server mounts."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse, RedirectResponse, StreamingResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from bot import casework
from bot.browser import session as sessions
from bot.browser.live import Subject, Topic, queue_of, watcher_of
from bot.browser.moments import zone_from
from bot.browser.paper import Paper
from bot.browser.route import Form, Posted, Refusal, page_route
from bot.browser.transcript import Reader
from bot.browser.visitor import Visitor, check_form, language_of, vault_of
from bot.console import sign_in
from bot.console.case import CasePage, read_case
from bot.console.door import Door
from bot.console.library_routes import LibraryRoutes
from bot.console.privacy_routes import PrivacyRoutes
from bot.console.queue import Show, read_queue
from bot.console.records import read_outbox
from bot.console.texts import TEXTS, ConsoleTexts
from bot.console.work_routes import WorkRoutes
from bot.database import reading
from bot.privacy.opening import Grant
from bot.rendering import refusals
from bot.services import Services
from bot.vault import VaultError
from escalation import tickets
from escalation.access import Verb, may
from escalation.errors import AlreadyClaimed, EscalationError, Forbidden, IllegalMove
from escalation.tables import Ticket

CHANNEL: Final = "console"
LONGEST_REMARK: Final = 400
_UNAVAILABLE = (DBAPIError, PoolTimeout)
_DONE = frozenset({"claim", "reply", "note", "resolve"})


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A page that says one thing."""

    title: str
    words: str


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket with its forms. `flash` says what came of the last act; `texts_kept` what was typed."""

    case: CasePage
    flash: str | None = None
    good: bool = False
    reply: str = ""
    note: str = ""
    remark: str = ""
    outcome: str = ""


class _SignedOut(Exception):
    """Nobody is signed in: the sign-in page comes first."""


class _NotStaff(Exception):
    """Somebody is signed in who has nothing to do here."""


class Console:
    """The console's handlers. They hold no state."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._paper = Paper(services.settings, "console")
        self.door = Door(services, self._paper)

    # pages

    def queue(self, request: Request) -> Response:
        """Show the queue; somebody who may not read it is led to what they may."""
        visitor = self.staff(request)
        if not may(visitor.actor, Verb.READ_QUEUE):
            return RedirectResponse("/console/library", status_code=303)
        wanted = request.query_params.get("show", "")
        show = Show(wanted) if wanted in set(Show) else Show.ALL
        with reading(self.services.engine) as session:
            page = read_queue(session, visitor.actor, show, self.reader(visitor))
        return self.draw(request, visitor, "queue.html", page)

    def ticket(self, request: Request, number: str) -> Response:
        """Show a ticket, masked."""
        visitor = self.staff(request)
        done = request.query_params.get("done", "")
        flash = getattr(TEXTS[visitor.language], f"done_{done}") if done in _DONE else None
        return self.draw_ticket(request, visitor, number, flash=flash, good=True)

    async def live_queue(self, request: Request) -> Response:
        """Tell the page when the queue changes."""
        return await self._live(request, lambda: self._queue_topic(request))

    async def live_ticket(self, request: Request, number: str) -> Response:
        """Tell the page when the ticket changes."""
        return await self._live(request, lambda: self._topic(request, number))

    def outbox(self, request: Request) -> Response:
        """Show reminders and deliveries."""
        visitor = self.staff(request)
        with reading(self.services.engine) as session:
            page = read_outbox(session, visitor.actor, self.reader(visitor))
        return self.draw(request, visitor, "outbox.html", page)

    # acts

    def claim(self, request: Request, number: str, form: Posted) -> Response:
        """Become the owner of a ticket."""
        return self._act(
            request,
            number,
            form,
            "claim",
            lambda visitor, source: casework.claim(
                self.services, number, visitor.actor, channel=CHANNEL, source_id=source
            ),
            once=False,
        )

    def reply(self, request: Request, number: str, form: Posted) -> Response:
        """Send words to the official."""
        return self._act(
            request,
            number,
            form,
            "reply",
            lambda visitor, source: casework.reply(
                self.services,
                number,
                visitor.actor,
                form["reply"],
                to=form["to"] or None,
                channel=CHANNEL,
                source_id=source,
            ),
            needs="reply",
        )

    def note(self, request: Request, number: str, form: Posted) -> Response:
        """Keep an internal note."""
        return self._act(
            request,
            number,
            form,
            "note",
            lambda visitor, source: casework.note(
                self.services, number, visitor.actor, form["note"], channel=CHANNEL, source_id=source
            ),
            needs="note",
        )

    def resolve(self, request: Request, number: str, form: Posted) -> Response:
        """Mark a ticket as done, with how it ended."""
        texts = TEXTS[language_of(request)]
        remark = " ".join(form["remark"].split())[:LONGEST_REMARK]
        words = texts.outcomes.get(form["outcome"], "")
        outcome = ". ".join(part for part in (words, remark) if part) if words else ""
        return self._act(
            request,
            number,
            form,
            "resolve",
            lambda visitor, source: casework.resolve(
                self.services,
                number,
                visitor.actor,
                outcome=outcome,
                sources=form["sources"].splitlines(),
                channel=CHANNEL,
                source_id=source,
            ),
            needs="outcome",
        )

    def refuse(self, request: Request, error: Exception) -> Response | None:
        """Return the page for what can't be done, or None for a fault that the server must log."""
        language = language_of(request)
        texts = TEXTS[language]
        if isinstance(error, _SignedOut) and request.method != "POST":
            return RedirectResponse("/console/sign-in", status_code=303)
        for kind, status, title, words in (
            (_NotStaff, 403, texts.not_staff_title, texts.not_staff),
            (Forbidden, 403, texts.forbidden_title, texts.conflict),
            (IllegalMove, 409, texts.refused_title, texts.illegal_move),
            (EscalationError, 404, texts.not_found_title, texts.not_found),
            (VaultError, 503, texts.closed_title, texts.closed),
            (_UNAVAILABLE, 503, texts.busy_title, texts.busy),
            (_SignedOut, 403, texts.refused_title, texts.refused),
        ):
            if isinstance(error, kind):
                return self._notice(request, status, title, words)
        if not isinstance(error, Refusal):
            return None
        title, words = {
            404: (texts.not_found_title, texts.not_found),
            413: (texts.refused_title, texts.too_large),
            503: (texts.closed_title, texts.closed),
        }.get(error.status, (texts.refused_title, texts.refused))
        return self._notice(request, error.status, title, words)

    # helpers

    def _act(
        self,
        request: Request,
        number: str,
        form: Form,
        name: str,
        act: Callable[[Visitor, str], object],
        *,
        needs: str | None = None,
        once: bool = True,
    ) -> Response:
        """Do one thing to a ticket and show it again; what was typed is never lost."""
        visitor = self.staff(request)
        texts = TEXTS[visitor.language]
        try:
            check_form(self.services, visitor, request, form)
        except Refusal:
            return self._again(request, visitor, number, form, texts.stale_form, 403)
        # Claiming twice changes nothing, so its button needs no token of its own.
        nonce = secrets.token_hex(8)
        if once:
            nonce = sessions.read_once(vault_of(self.services), visitor.cookie, form["once"]) or ""
        if not nonce:
            return self._again(request, visitor, number, form, texts.stale_form, 403)
        if needs and not form[needs].strip():
            return self._again(request, visitor, number, form, texts.empty_text, 422)
        try:
            # the same form with other words is another act
            words = sessions.fingerprint("\x00".join((form["reply"], form["note"], form["remark"])))
            act(visitor, f"{visitor.cookie.id}:{nonce}:{words}")
        except IllegalMove as error:
            return self._again(request, visitor, number, form, self._said(error, visitor, number), 409)
        return self._paper.go(request, f"/console/tickets/{number}?done={name}", visitor)

    def _said(self, error: IllegalMove, visitor: Visitor, number: str) -> str:
        texts = TEXTS[visitor.language]
        if isinstance(error, AlreadyClaimed):
            when = self.reader(visitor).when(error.at)
            return texts.already_claimed.format(number=number, name=error.by, when=when)
        return refusals.said(error, visitor.language.value, texts.illegal_move)

    def _again(
        self, request: Request, visitor: Visitor, number: str, form: Form, flash: str, status: int
    ) -> Response:
        page = TicketPage(
            self._case(visitor, number, None),
            flash,
            reply=form["reply"],
            note=form["note"],
            remark=form["remark"],
            outcome=form["outcome"],
        )
        path = f"/console/tickets/{number}"
        return self.draw(request, visitor, "ticket.html", page, status=status, path=path)

    def draw_ticket(
        self,
        request: Request,
        visitor: Visitor,
        number: str,
        *,
        flash: str | None = None,
        good: bool = False,
        granted: Grant | None = None,
        status: int = 200,
    ) -> Response:
        """Return a ticket's page; `granted` opens what its line of the access log names."""
        page = TicketPage(self._case(visitor, number, granted), flash, good)
        path = None if request.method == "GET" else f"/console/tickets/{page.case.number}"
        return self.draw(request, visitor, "ticket.html", page, status=status, path=path)

    def to_queue(self, request: Request, visitor: Visitor) -> Response:
        """Lead back to the queue."""
        return self._paper.go(request, "/console", visitor)

    def go(self, request: Request, address: str, visitor: Visitor) -> Response:
        """Lead on after a form."""
        return self._paper.go(request, address, visitor)

    def _case(self, visitor: Visitor, number: str, granted: Grant | None) -> CasePage:
        with reading(self.services.engine) as session:
            ticket = self._readable(session, visitor, number)
            return read_case(session, self.services, visitor.actor, ticket, self.reader(visitor), granted)

    def _readable(self, session: Session, visitor: Visitor, number: str) -> Ticket:
        ticket = tickets.by_number(session, number)
        if may(visitor.actor, Verb.READ_TICKET, tickets.thing(session, ticket)):
            return ticket
        raise Refusal(404)  # a ticket that one may not see looks like one that is not there

    def _queue_topic(self, request: Request) -> Topic | None:
        actor = self.staff(request).actor
        return queue_of(actor.person_id) if may(actor, Verb.READ_QUEUE) else None

    def _topic(self, request: Request, number: str) -> Topic | None:
        visitor = self.staff(request)
        with reading(self.services.engine) as session:
            return Topic(Subject.TICKET, self._readable(session, visitor, number).id or 0)

    async def _live(self, request: Request, allowed: Callable[[], Topic | None]) -> Response:
        topic = await run_in_threadpool(allowed)
        if topic is None:
            return PlainTextResponse("", status_code=404)
        watcher = watcher_of(request.app, self.services.engine)
        if watcher.full:
            return PlainTextResponse("", status_code=503, headers={"Retry-After": "5"})
        headers = {"X-Accel-Buffering": "no"}
        return StreamingResponse(watcher.events(topic), media_type="text/event-stream", headers=headers)

    def staff(self, request: Request) -> Visitor:
        """Return who is looking; raise for anybody who has no business in the console."""
        visitor = self.door.visitor(request)
        if not visitor.signed_in:
            raise _SignedOut
        if not visitor.actor.roles & sign_in.STAFF:
            raise _NotStaff
        return visitor

    def reader(self, visitor: Visitor) -> Reader:
        """Return for whom a page is read."""
        zone = zone_from((visitor.zone,), self.services.policy.hub_calendar.zone)
        return Reader(visitor.language, zone, self.services.clock())

    def _notice(self, request: Request, status: int, title: str, words: str) -> Response:
        language = language_of(request)
        path = None if request.method == "GET" else "/console"
        return self._paper.draw(
            request,
            "notice.html",
            None,
            language,
            TEXTS[language],
            page=NoticePage(title, words),
            status=status,
            path=path,
        )

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
        """Return a page of the console."""
        texts: ConsoleTexts = TEXTS[visitor.language]
        return self._paper.draw(
            request, template, visitor, visitor.language, texts, page=page, status=status, path=path
        )


def router(services: Services) -> APIRouter:
    """Return the console's routes: sign-in, queue, tickets, lists, live events."""
    console = Console(services)
    door, private, shelves = console.door, PrivacyRoutes(console), LibraryRoutes(console)
    work = WorkRoutes(console)
    routes = APIRouter(route_class=page_route(console.refuse), include_in_schema=False)
    gets: tuple[tuple[str, Callable[..., object]], ...] = (
        ("/demo/sign-in/{token}", door.demonstration),
        ("/console/sign-in", door.sign_in_page),
        ("/console/sign-in/{token}", door.link_page),
        ("/console", console.queue),
        ("/console/live", console.live_queue),
        ("/console/library", shelves.shelf),
        ("/console/library/new", shelves.new),
        ("/console/library/{document_id}", shelves.document),
        ("/console/library/{document_id}/edit", shelves.edit),
        ("/console/gaps", shelves.gaps),
        ("/console/words", shelves.words),
        ("/console/changes", shelves.changes),
        ("/console/outbox", console.outbox),
        ("/console/access-log", private.access_log),
        ("/console/tickets/{number}", console.ticket),
        ("/console/tickets/{number}/live", console.live_ticket),
    )
    posts: tuple[tuple[str, Callable[..., object]], ...] = (
        ("/console/sign-in", door.request_link),
        ("/console/sign-in/{token}", door.follow_link),
        ("/console/sign-out", door.sign_out),
        ("/console/tickets/{number}/claim", console.claim),
        ("/console/tickets/{number}/reply", console.reply),
        ("/console/tickets/{number}/note", console.note),
        ("/console/tickets/{number}/resolve", console.resolve),
        ("/console/tickets/{number}/open", private.open_private),
        ("/console/tickets/{number}/who", private.decide),
        ("/console/tickets/{number}/article", shelves.propose),
        ("/console/library/new", shelves.save_new),
        ("/console/library/{document_id}", shelves.act),
        ("/console/library/{document_id}/edit", shelves.save),
        ("/console/gaps", shelves.begin),
        ("/console/words", shelves.change_words),
        ("/console/tickets/{number}/act", work.work),
    )
    for path, handler in gets:
        routes.add_api_route(path, handler, methods=["GET", "HEAD"], response_model=None)
    for path, handler in posts:
        routes.add_api_route(path, handler, methods=["POST"], response_model=None)
    return routes
