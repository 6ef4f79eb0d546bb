"""The way into the console and out of it: one-time links, demonstration links, signing out."""

from dataclasses import dataclass

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from bot.browser import session as sessions
from bot.browser.paper import Paper
from bot.browser.route import Posted, Refusal
from bot.browser.visitor import Visitor, check_form, from_here, vault_of, visit
from bot.console import sign_in
from bot.console.texts import TEXTS
from bot.database import reading, transaction
from bot.services import Services
from escalation.kinds import ChannelName


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The sign-in page; `token` is set when a link was followed."""

    token: str | None = None
    fault: bool = False
    by_mail: bool = False
    sent: bool = False


class Door:
    """The handlers of signing in and out."""

    def __init__(self, services: Services, paper: Paper) -> None:
        self._services = services
        self._paper = paper

    def sign_in_page(self, request: Request) -> Response:
        """Say how to sign in."""
        return self._draw(request, self.visitor(request), SignInPage(by_mail=self._by_mail))

    def request_link(self, request: Request, form: Posted) -> Response:
        """Mail a one-time link. The page says the same whoever asked: nobody learns who is staff."""
        if not self._by_mail:
            raise Refusal(404)
        visitor, services = self.visitor(request), self._services
        check_form(services, visitor, request, form)
        with transaction(services.engine) as session:
            sign_in.mail_link(session, services, form["email"], services.clock())
        services.outbox_ready.set()
        return self._draw(request, visitor, SignInPage(by_mail=True, sent=True))

    def link_page(self, request: Request, token: str) -> Response:
        """Show the button of a one-time link: a look at the address alone does not use it up."""
        return self._draw(request, self.visitor(request), SignInPage(token))

    def follow_link(self, request: Request, token: str, form: Posted) -> Response:
        """Sign in with a one-time link."""
        vault, now = vault_of(self._services), self._services.clock()
        visitor = self.visitor(request)
        check_form(self._services, visitor, request, form)
        with transaction(self._services.engine) as session:
            person_id = sign_in.redeem(session, token, now)
            cookie = sign_in.start_session(session, vault, person_id, now) if person_id else None
        if person_id is None or cookie is None:
            return self._draw(request, visitor, SignInPage(fault=True), status=403)
        return self._signed_in(person_id, cookie)

    def demonstration(self, request: Request, token: str) -> Response:
        """Sign in as a demonstration person, from this machine only."""
        vault, now = vault_of(self._services), self._services.clock()
        if not from_here(self._services, request):
            raise Refusal(404)
        with transaction(self._services.engine) as session:
            person_id = sign_in.demonstration_person(session, vault, token)
            cookie = sign_in.start_session(session, vault, person_id, now) if person_id else None
        if person_id is None or cookie is None:
            raise Refusal(404)
        return self._signed_in(person_id, cookie)

    def sign_out(self, request: Request, form: Posted) -> Response:
        """End this browser's session."""
        visitor = self.visitor(request)
        check_form(self._services, visitor, request, form)
        with transaction(self._services.engine) as session:
            sessions.end_session(session, visitor.cookie, self._services.clock())
        response = RedirectResponse("/console/sign-in", status_code=303)
        self._paper.drop_session(response)
        return response

    def visitor(self, request: Request) -> Visitor:
        """Return who is looking; refuse without the vault."""
        vault_of(self._services)
        with reading(self._services.engine) as session:
            return visit(self._services, session, request)

    @property
    def _by_mail(self) -> bool:
        return ChannelName.EMAIL in self._services.senders

    def _signed_in(self, person_id: int, cookie: sessions.Cookie) -> Response:
        with reading(self._services.engine) as session:
            staff = sign_in.is_staff(session, person_id)
        response = RedirectResponse("/console" if staff else "/", status_code=303)
        self._paper.set_session(response, cookie)
        return response

    def _draw(self, request: Request, visitor: Visitor, page: SignInPage, status: int = 200) -> Response:
        texts = TEXTS[visitor.language]
        path = None if request.method == "GET" else "/console/sign-in"
        return self._paper.draw(
            request, "sign_in.html", visitor, visitor.language, texts, page=page, status=status, path=path
        )
