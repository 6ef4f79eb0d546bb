"""How satisfied an official was, asked by a link: in mail and in Slack there is no page to ask on.

The link is the key: its signature fits one request. Looking at it changes nothing, as mail scanners look too.
"""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from bot import casework, conversation, safety
from bot.browser import session as sessions
from bot.browser.language import Language
from bot.browser.paper import Paper
from bot.browser.route import Posted, Refusal
from bot.browser.transcript import paragraphs_of
from bot.browser.visitor import vault_of
from bot.channels.web.asking import clean
from bot.channels.web.notice import NoticePage
from bot.channels.web.texts import TEXTS
from bot.database import reading
from bot.delivery.announce import SATISFACTION
from bot.messages import Inbound, SenderIdentity, ThreadKey
from bot.services import Services
from escalation import directory, request_log, tickets
from escalation.access import Actor
from escalation.kinds import IdentityKind
from escalation.tables import ChannelName, MessageKind, Thread, Ticket

SCORES = frozenset("12345")


@dataclass(frozen=True, slots=True)
class SatisfactionPage:
    """The question about one request."""

    number: str
    action: str


@dataclass(frozen=True, slots=True)
class _Asked:
    ticket: Ticket
    thread: Thread
    actor: Actor
    sender: SenderIdentity
    language: Language
    open: bool


class Satisfaction:
    """The page behind the link, and what is done with its form."""

    def __init__(self, services: Services, paper: Paper) -> None:
        self._services = services
        self._paper = paper

    def ask(self, request: Request, request_id: int, mac: str) -> Response:
        """Show the question, or say that it was answered or is not asked."""
        asked = self._asked(request_id, mac)
        if not asked.open:
            return self._notice(request, asked, 410, "rate_over")
        number = tickets.number_of(asked.ticket.id or 0)
        page = SatisfactionPage(number, f"/satisfaction/{request_id}/{mac}")
        texts = TEXTS[asked.language]
        return self._paper.draw(request, "satisfaction.html", None, asked.language, texts, page=page)

    def keep(self, request: Request, request_id: int, mac: str, form: Posted) -> Response:
        """Keep the answer. A comment that tells of danger is a message, and answered as one."""
        asked = self._asked(request_id, mac)
        if form["score"] not in SCORES:
            raise Refusal(400)
        if not asked.open:
            return self._notice(request, asked, 410, "rate_over")
        comment = clean(form["comment"])
        if comment and (urgent := self._urgent(request, asked, comment)):
            return urgent
        casework.rate(
            self._services,
            request_id,
            asked.actor,
            int(form["score"]),
            comment,
            channel=ChannelName.WEB.value,
            source_id=f"link:rate:{request_id}",
        )
        return self._notice(request, asked, 200, "rate_thanks")

    def _urgent(self, request: Request, asked: _Asked, comment: str) -> Response | None:
        now = self._services.clock()
        found, broken = conversation.assess(comment, language=None, history=(), sent_at=now)
        if not (broken or found.situation is not None or found.wants_human):
            return None
        thread = asked.thread
        inbound = Inbound(
            key=f"satisfaction:{thread.id}:{sessions.fingerprint(comment)}",
            kind=MessageKind.MESSAGE,
            thread=ThreadKey(thread.channel, thread.key, thread.address),
            sender=asked.sender,
            text=comment,
            occurred_at=now,
        )
        words = safety.reply(found.situation, asked.language.value, stored=True) if found.situation else ""
        try:
            conversation.receive(self._services, inbound)
        except conversation.NotAccepted as error:
            return self._notice(request, asked, 503, "rate_failed", error.safety_text or words)
        return self._notice(request, asked, 200, "rate_as_message", words)

    def _asked(self, request_id: int, mac: str) -> _Asked:
        vault = vault_of(self._services)
        if not vault.signed(SATISFACTION, str(request_id), mac):
            raise Refusal(404)
        with reading(self._services.engine) as session:
            ticket = tickets.latest(session, request_id)
            thread = request_log.requester_thread(session, request_id)
            if ticket is None or thread is None:
                raise Refusal(404)
            request = request_log.get_request(session, request_id)
            actor = directory.actor_of(session, request.person_id)
            sender = _identity(session, thread)
            session.expunge(ticket)
            session.expunge(thread)
            return _Asked(
                ticket,
                thread,
                actor,
                sender,
                Language.FR if request.language == "fr" else Language.EN,
                tickets.may_be_rated(session, ticket),
            )

    def _notice(
        self, request: Request, asked: _Asked, status: int, words: str, safety_words: str = ""
    ) -> Response:
        texts = TEXTS[asked.language]
        page = NoticePage(
            texts.rate_title, getattr(texts, words), safety=paragraphs_of(safety_words, lifelines=True)
        )
        return self._paper.draw(
            request, "notice.html", None, asked.language, texts, page=page, status=status, path="/"
        )


def _identity(session: Session, thread: Thread) -> SenderIdentity:
    if thread.channel is ChannelName.SLACK and (known := directory.slack_of(session, thread.person_id)):
        return SenderIdentity(IdentityKind.SLACK, *known)
    if thread.channel is ChannelName.EMAIL and (address := directory.email_of(session, thread.person_id)):
        return SenderIdentity(IdentityKind.EMAIL, "", address)
    return SenderIdentity(IdentityKind.WEB, "satisfaction", str(thread.person_id))


def add_routes(routes: APIRouter, services: Services, paper: Paper) -> None:
    """Add the link's address to the chat's."""
    pages = Satisfaction(services, paper)
    path = "/satisfaction/{request_id}/{mac}"
    routes.add_api_route(path, pages.ask, methods=["GET", "HEAD"], response_model=None)
    routes.add_api_route(path, pages.keep, methods=["POST"], response_model=None)
