"""Who is looking at a page, in which language and zone."""

from dataclasses import dataclass

from fastapi import Request
from sqlmodel import Session

from bot.browser.language import Language, choose, named
from bot.browser.route import Form, Refusal
from bot.browser.session import (
    Cookie,
    cookie_name,
    csrf_token,
    demonstration_request_allowed,
    find_session,
    is_live,
    is_own_form,
    issue_cookie,
    issue_once,
    own_origin,
    read_cookie,
)
from bot.messages import SenderIdentity
from bot.services import Services
from bot.vault import Vault
from escalation import directory
from escalation.access import Actor
from escalation.tables import IdentityKind, Person

LANGUAGE_COOKIE = "language"
ZONE_COOKIE = "zone"
BROWSER = "browser"
SIGNED_IN = "person"
GUEST = Actor(None)


@dataclass(frozen=True, slots=True)
class Visitor:
    """One request's visitor.

    `fresh`: the cookie is new and must be sent. `csrf` and `once` are this page's form tokens. `name`
    is set for somebody who signed in. `kept`: the session is stored already. `zone` is what the browser or the directory says, if anything.
    """

    cookie: Cookie
    fresh: bool
    actor: Actor
    language: Language
    csrf: str
    once: str
    name: str | None = None
    zone: str | None = None
    demonstration: bool = False
    kept: bool = False

    @property
    def signed_in(self) -> bool:
        """Tell whether this is a person of the directory who signed in."""
        return self.name is not None

    @property
    def sender(self) -> SenderIdentity:
        """Return who writes: the person who signed in, or this browser."""
        if self.name is not None and self.actor.person_id is not None:
            return SenderIdentity(
                IdentityKind.WEB, SIGNED_IN, str(self.actor.person_id), name=self.name, verified=True
            )
        return SenderIdentity(IdentityKind.WEB, BROWSER, self.cookie.id)


def vault_of(services: Services) -> Vault:
    """Return the vault, or refuse with 503: without it nothing can be kept, and nothing is."""
    if services.vault is None:
        raise Refusal(503)
    return services.vault


def language_of(request: Request) -> Language:
    """Return the language to answer this request in."""
    return choose(
        request.query_params.get("lang"),
        request.cookies.get(LANGUAGE_COOKIE),
        request.headers.get("accept-language"),
    )


def asked_language(request: Request) -> Language | None:
    """Return the language that the address asks for, to be remembered."""
    return named(request.query_params.get("lang"))


def visit(services: Services, session: Session, request: Request) -> Visitor:
    """Return who is looking. Reads only; a browser without a good cookie is a new guest.

    Without the vault everybody is `nobody`: no form can be made, and nothing is kept.
    """
    if services.vault is None:
        return nobody(request)
    vault = services.vault
    language = language_of(request)
    zone = request.cookies.get(ZONE_COOKIE)
    cookie = read_cookie(vault, request.cookies.get(cookie_name(services.settings)))
    row = find_session(session, cookie) if cookie else None
    if cookie is None or not is_live(row, services.clock()):
        return _guest(vault, language, zone)
    if row is None or row.person_id is None:
        actor = directory.actor_for(session, IdentityKind.WEB, BROWSER, cookie.id) or GUEST
        return _known(vault, cookie, actor, language, zone, kept=row is not None)
    person = session.get(Person, row.person_id)
    if person is None or person.suspended_at is not None:
        return _guest(vault, language, zone)
    if (row.demonstration or person.demonstration) and not from_here(services, request):
        return _guest(vault, language, zone)
    actor = directory.actor_of(session, row.person_id)
    zone = zone or directory.zone_of(session, person)
    return _known(
        vault,
        cookie,
        actor,
        language,
        zone,
        name=person.name or "-",
        demonstration=person.demonstration,
        kept=True,
    )


def nobody(request: Request) -> Visitor:
    """Return the visitor of a desk that can keep nothing: no session, no form tokens."""
    zone = request.cookies.get(ZONE_COOKIE)
    return Visitor(Cookie(""), False, GUEST, language_of(request), csrf="", once="", zone=zone)


def visit_without_database(services: Services, request: Request) -> Visitor:
    """Return who is looking when the database can't be asked: a guest, known by cookie alone."""
    vault = vault_of(services)
    cookie = read_cookie(vault, request.cookies.get(cookie_name(services.settings)))
    language, zone = language_of(request), request.cookies.get(ZONE_COOKIE)
    return _known(vault, cookie, GUEST, language, zone) if cookie else _guest(vault, language, zone)


def check_form(services: Services, visitor: Visitor, request: Request, form: Form) -> None:
    """Refuse with 403 a form that was not made for this browser, or that another site sent."""
    vault = vault_of(services)
    if visitor.fresh or not own_origin(services.settings, request.url.scheme, request.headers):
        raise Refusal(403)
    if not is_own_form(vault, visitor.cookie, form["csrf"]):
        raise Refusal(403)


def from_here(services: Services, request: Request) -> bool:
    """Tell whether a request may act as a demonstration person."""
    peer = request.client.host if request.client else None
    return demonstration_request_allowed(
        services.settings, peer, request.headers.get("host"), request.headers
    )


def _guest(vault: Vault, language: Language, zone: str | None) -> Visitor:
    return _known(vault, issue_cookie(vault), GUEST, language, zone, fresh=True)


def _known(
    vault: Vault,
    cookie: Cookie,
    actor: Actor,
    language: Language,
    zone: str | None,
    *,
    name: str | None = None,
    demonstration: bool = False,
    fresh: bool = False,
    kept: bool = False,
) -> Visitor:
    return Visitor(
        cookie=cookie,
        fresh=fresh,
        actor=actor,
        language=language,
        csrf=csrf_token(vault, cookie),
        once=issue_once(vault, cookie),
        name=name,
        zone=zone,
        demonstration=demonstration,
        kept=kept,
    )
