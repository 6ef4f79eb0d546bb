"""A ticket's page, and its first four acts: claim, reply, note, resolve."""

import secrets
from collections.abc import Callable
from typing import Final

from fastapi import Request, Response

from bot import casework
from bot.browser import session as sessions
from bot.browser.live import Subject, Topic
from bot.browser.route import Form, Posted, Refusal
from bot.browser.visitor import Visitor, check_form, language_of, vault_of
from bot.console.frame import Console, TicketPage
from bot.console.texts import TEXTS
from bot.database import reading
from bot.rendering import refusals
from escalation.errors import AlreadyClaimed, IllegalMove

CHANNEL: Final = "console"
LONGEST_REMARK: Final = 400
_DONE = frozenset({"claim", "reply", "note", "resolve"})


class TicketRoutes:
    """The handlers. They hold no state but the console they draw with."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._services = console.services

    def ticket(self, request: Request, number: str) -> Response:
        """Show a ticket, masked."""
        visitor = self._console.staff(request)
        done = request.query_params.get("done", "")
        flash = getattr(TEXTS[visitor.language], f"done_{done}") if done in _DONE else None
        return self._console.draw_ticket(request, visitor, number, flash=flash, good=True)

    async def live_ticket(self, request: Request, number: str) -> Response:
        """Tell the page when the ticket changes."""
        return await self._console.live(request, lambda: self._topic(request, number))

    def claim(self, request: Request, number: str, form: Posted) -> Response:
        """Become the owner of a ticket."""
        return self._act(
            request,
            number,
            form,
            "claim",
            lambda visitor, source: casework.claim(
                self._services, number, visitor.actor, channel=CHANNEL, source_id=source
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
                self._services,
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
                self._services, number, visitor.actor, form["note"], channel=CHANNEL, source_id=source
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
                self._services,
                number,
                visitor.actor,
                outcome=outcome,
                sources=form["sources"].splitlines(),
                channel=CHANNEL,
                source_id=source,
            ),
            needs="outcome",
        )

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
        visitor = self._console.staff(request)
        texts = TEXTS[visitor.language]
        try:
            check_form(self._services, visitor, request, form)
        except Refusal:
            return self._again(request, visitor, number, form, texts.stale_form, 403)
        # Claiming twice changes nothing, so its button needs no token of its own.
        nonce = secrets.token_hex(8)
        if once:
            nonce = sessions.read_once(vault_of(self._services), visitor.cookie, form["once"]) or ""
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
        return self._console.go(request, f"/console/tickets/{number}?done={name}", visitor)

    def _said(self, error: IllegalMove, visitor: Visitor, number: str) -> str:
        texts = TEXTS[visitor.language]
        if isinstance(error, AlreadyClaimed):
            when = self._console.reader(visitor).when(error.at)
            return texts.already_claimed.format(number=number, name=error.by, when=when)
        return refusals.said(error, visitor.language.value, texts.illegal_move)

    def _again(
        self, request: Request, visitor: Visitor, number: str, form: Form, flash: str, status: int
    ) -> Response:
        page = TicketPage(
            self._console.case(visitor, number, None),
            flash,
            reply=form["reply"],
            note=form["note"],
            remark=form["remark"],
            outcome=form["outcome"],
        )
        path = f"/console/tickets/{number}"
        return self._console.draw(request, visitor, "ticket.html", page, status=status, path=path)

    def _topic(self, request: Request, number: str) -> Topic | None:
        visitor = self._console.staff(request)
        with reading(self._services.engine) as session:
            return Topic(Subject.TICKET, self._console.readable(session, visitor, number).id or 0)
