"""Where a page is acknowledged: the link in it, and the gateway's report of a reply."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot import casework, selftest
from bot.browser.language import Language, choose
from bot.browser.paper import Paper
from bot.browser.route import page_route
from bot.channels.pager.signing import HEADER, signed
from bot.channels.pager.texts import TEXTS, PagerTexts
from bot.channels.pager.tokens import row_of
from bot.database import reading
from bot.services import Services
from escalation import directory
from escalation.access import Actor
from escalation.errors import EscalationError, NotOpenYet
from escalation.kinds import ChannelName
from escalation.tables import OutboxDestination, OutboxMessage

CHANNEL = ChannelName.PAGER.value
GOOD_FOR = timedelta(hours=24)
_LARGEST_REPLY = 10_000
_YES = frozenset({"1", "ok", "ack", "yes", "y", "oui", "o", "got it", "i have it", "je m'en occupe"})
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Page:
    """One page that went to one person."""

    row_id: str
    request_id: int | None  # None for the page of a self-test
    person_id: int
    language: Language


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What came of it: the ticket and who has it; no number while the ticket is still being opened."""

    number: str | None = None
    owner: str | None = None
    mine: bool = False
    refused: bool = False
    tested: bool = False


@dataclass(frozen=True, slots=True)
class PagerPage:
    """What the page behind the link shows."""

    token: str | None = None
    words: str = ""
    number: str | None = None
    test: bool = False


class Pager:
    """The handlers. They hold no state."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._paper = Paper(services.settings, "pager")

    def show(self, request: Request, token: str) -> Response:
        """Show the button: a phone that looks at the link in advance must not acknowledge."""
        page = self._page(token)
        if page is None:
            return self._draw(request, self._language(request), PagerPage(words="unknown"), status=404)
        return self._draw(request, page.language, PagerPage(token=token, test=page.request_id is None))

    def press(self, request: Request, token: str) -> Response:
        """Acknowledge the page. Pressing again changes nothing and says who has the request."""
        page = self._page(token)
        if page is None:
            return self._draw(request, self._language(request), PagerPage(words="unknown"), status=404)
        done = self._acknowledge(page)
        texts = TEXTS[page.language]
        if done.tested:
            return self._draw(request, page.language, PagerPage(None, texts.tested))
        if done.number is None:
            words = texts.refused if done.refused else texts.not_yet
            again = None if done.refused else token
            status = 403 if done.refused else 503
            return self._draw(request, page.language, PagerPage(again, words), status=status)
        words = texts.yours if done.mine else texts.theirs
        said = words.format(number=done.number, owner=done.owner or "-")
        return self._draw(request, page.language, PagerPage(None, said, done.number))

    async def reply(self, request: Request) -> Response:
        """Take the gateway's report that somebody answered a page, by text or by key."""
        body = await request.body()
        return await run_in_threadpool(self._reply, body, request.headers.get(HEADER, ""))

    def refuse(self, request: Request, error: Exception) -> Response | None:
        """Say that it did not work, where the database can't be asked."""
        if isinstance(error, DBAPIError | PoolTimeout):
            language = self._language(request)
            return self._draw(request, language, PagerPage(words=TEXTS[language].not_yet), status=503)
        return None

    def _reply(self, body: bytes, header: str) -> Response:
        secret = self._services.settings.pager_secret
        if secret is None or not signed(secret.get_secret_value(), body, header, self._services.clock()):
            return JSONResponse({"error": "signature"}, status_code=401)
        report = _report(body)
        page = self._find(report["id"]) if report else None
        if report is None or page is None:
            return JSONResponse({"error": "unknown page"}, status_code=404)
        if " ".join(report["reply"].casefold().split()).strip(" .!") not in _YES:
            return JSONResponse({"acknowledged": False})
        done = self._acknowledge(page)
        if done.tested:
            return JSONResponse({"acknowledged": True})
        if done.refused:
            return JSONResponse({"error": "refused"}, status_code=403)
        if done.number is None:
            return JSONResponse({"error": "not yet"}, status_code=503, headers={"Retry-After": "5"})
        return JSONResponse({"acknowledged": True})

    def _page(self, token: str) -> Page | None:
        vault = self._services.vault
        row_id = row_of(token, vault.signed) if vault else None
        return self._find(row_id) if row_id else None

    def _find(self, row_id: str) -> Page | None:
        with reading(self._services.engine) as session:
            row = session.get(OutboxMessage, row_id)
            if (
                row is None
                or row.channel != CHANNEL
                or (row.request_id is None and row.kind != selftest.KIND)
            ):
                return None
            if self._services.clock() - row.created_at > GOOD_FOR:
                return None
            destination = session.get(OutboxDestination, row.destination_id)
            person_id = json.loads(destination.address)["person"] if destination else None
            if not isinstance(person_id, int):
                return None
            language = directory.get_person(session, person_id).language
            return Page(row.id, row.request_id, person_id, Language.FR if language == "fr" else Language.EN)

    def _acknowledge(self, page: Page) -> Acknowledged:
        if page.request_id is None:
            return Acknowledged(tested=selftest.acknowledge(self._services, page.row_id, "the pager"))
        with reading(self._services.engine) as session:
            actor: Actor = directory.actor_of(session, page.person_id)
        try:
            card = casework.acknowledge(
                self._services, page.request_id, actor, channel=CHANNEL, source_id=f"pager:{page.row_id}"
            )
        except EscalationError as error:
            log.warning("page not acknowledged", action="pager.refused", outbox_id=page.row_id)
            return Acknowledged(refused=not isinstance(error, NotOpenYet))
        log.info("page acknowledged", action="pager.acknowledged", outbox_id=page.row_id)
        return Acknowledged(card.number, card.assignee_name, mine=card.assignee_id == page.person_id)

    def _language(self, request: Request) -> Language:
        return choose(request.query_params.get("lang"), None, request.headers.get("accept-language"))

    def _draw(self, request: Request, language: Language, page: PagerPage, *, status: int = 200) -> Response:
        texts: PagerTexts = TEXTS[language]
        if page.words == "unknown":
            page = PagerPage(words=texts.unknown)
        return self._paper.draw(
            request, "acknowledge.html", None, language, texts, page=page, status=status, path="/console"
        )


def _report(body: bytes) -> dict[str, str] | None:
    """Return a gateway's report, `{"id": ..., "reply": ...}`, or None when it is something else."""
    if len(body) > _LARGEST_REPLY:
        return None
    try:
        found: Any = json.loads(body)
    except ValueError:
        return None
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in ("id", "reply")):
        return None
    return {"id": found["id"], "reply": found["reply"]}


def router(services: Services) -> APIRouter:
    """Return the pager's routes."""
    pager = Pager(services)
    routes = APIRouter(route_class=page_route(pager.refuse), include_in_schema=False)
    routes.add_api_route("/pager/reply", pager.reply, methods=["POST"], response_model=None)
    routes.add_api_route("/pager/{token}", pager.show, methods=["GET", "HEAD"], response_model=None)
    routes.add_api_route("/pager/{token}", pager.press, methods=["POST"], response_model=None)
    return routes
