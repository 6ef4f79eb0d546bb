"""What the console's handlers share: who is looking, a page drawn for them, and what to say when it can't be."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse, RedirectResponse, StreamingResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from bot.browser.live import Topic, watcher_of
from bot.browser.moments import zone_from
from bot.browser.paper import Paper
from bot.browser.route import Refusal
from bot.browser.transcript import Reader
from bot.browser.visitor import Visitor, language_of
from bot.console import sign_in
from bot.console.case import CasePage, read_case
from bot.console.door import Door
from bot.console.texts import TEXTS, ConsoleTexts
from bot.database import reading
from bot.privacy.opening import Grant
from bot.services import Services
from bot.vault import VaultError
from escalation import tickets
from escalation.access import Verb, may
from escalation.errors import EscalationError, Forbidden, IllegalMove
from escalation.tables import Ticket

_UNAVAILABLE = (DBAPIError, PoolTimeout)


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A page that says one thing."""

    title: str
    words: str


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket with its forms. `flash` says what came of the last act; the others what was typed."""

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
    """What the handlers draw with. It holds no state."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._paper = Paper(services.settings, "console")
        self.door = Door(services, self._paper)

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
        page = TicketPage(self.case(visitor, number, granted), flash, good)
        path = None if request.method == "GET" else f"/console/tickets/{page.case.number}"
        return self.draw(request, visitor, "ticket.html", page, status=status, path=path)

    def to_queue(self, request: Request, visitor: Visitor) -> Response:
        """Lead back to the queue."""
        return self._paper.go(request, "/console", visitor)

    def go(self, request: Request, address: str, visitor: Visitor) -> Response:
        """Lead on after a form."""
        return self._paper.go(request, address, visitor)

    def case(self, visitor: Visitor, number: str, granted: Grant | None) -> CasePage:
        """Return a ticket as this visitor may see it; `granted` opens what its line of the access log names."""
        with reading(self.services.engine) as session:
            ticket = self.readable(session, visitor, number)
            return read_case(session, self.services, visitor.actor, ticket, self.reader(visitor), granted)

    def readable(self, session: Session, visitor: Visitor, number: str) -> Ticket:
        """Return the ticket; raise for one that this visitor may not see, as for one that is not there."""
        ticket = tickets.by_number(session, number)
        if may(visitor.actor, Verb.READ_TICKET, tickets.thing(session, ticket)):
            return ticket
        raise Refusal(404)  # a ticket that one may not see looks like one that is not there

    async def live(self, request: Request, allowed: Callable[[], Topic | None]) -> Response:
        """Tell the page when what it shows changes."""
        topic = await run_in_threadpool(allowed)
        if topic is None:
            return PlainTextResponse("", status_code=404)
        watcher = watcher_of(request.app, self.services.engine)
        if watcher.full:
            return PlainTextResponse("", status_code=503, headers={"Retry-After": "5"})
        headers = {"X-Accel-Buffering": "no"}
        return StreamingResponse(watcher.events(topic), media_type="text/event-stream", headers=headers)

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
