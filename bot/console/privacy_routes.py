"""The console's acts about who may know: open original words, seal, name, keep away; and the access log."""

from collections.abc import Callable

from fastapi import Request, Response

from bot.browser.route import Form, Posted, Refusal
from bot.browser.visitor import Visitor, check_form
from bot.console.frame import Console
from bot.console.private import read_log
from bot.console.texts.privacy import PRIVACY
from bot.database import reading
from bot.privacy import need_to_know, opening
from bot.privacy.opening import Grant
from escalation.access import Verb, may
from escalation.access_log import Opened
from escalation.errors import EscalationError, Forbidden, IllegalMove

CHANNEL = "console"
_OPENINGS = frozenset({Opened.ORIGINALS, Opened.SAFE_CONTACT})


class PrivacyRoutes:
    """The handlers. They hold no state but the console they draw with."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def access_log(self, request: Request) -> Response:
        """Show who opened what, to auditors."""
        visitor = self._console.staff(request)
        if not may(visitor.actor, Verb.READ_ACCESS_LOG):
            raise Refusal(404)
        with reading(self._console.services.engine) as session:
            page = read_log(session, self._console.reader(visitor))
        return self._console.draw(request, visitor, "access_log.html", page)

    def open_private(self, request: Request, number: str, form: Posted) -> Response:
        """Put the reason on record, then show what was asked for, on this one page."""
        visitor = self._checked(request, form)
        t = PRIVACY[visitor.language]
        if form["what"] not in _OPENINGS:
            raise Refusal(400)
        try:
            granted = opening.grant(
                self._console.services,
                number,
                visitor.actor,
                form["reason"],
                what=Opened(form["what"]),
                channel=CHANNEL,
            )
        except IllegalMove:
            return self._again(request, visitor, number, t.no_reason, 422)
        except Forbidden:
            return self._again(request, visitor, number, t.refused, 403)
        return self._console.draw_ticket(request, visitor, number, granted=granted)

    def decide(self, request: Request, number: str, form: Posted) -> Response:
        """Seal, unseal, name somebody or keep somebody away."""
        visitor = self._checked(request, form)
        t = PRIVACY[visitor.language]
        acts: dict[str, tuple[Callable[[], None], str]] = {
            "seal": (lambda: self._seal(visitor, number, form, need_to_know.seal), t.done_seal),
            "unseal": (lambda: self._seal(visitor, number, form, need_to_know.unseal), t.done_unseal),
            "name": (lambda: self._person(visitor, number, form, need_to_know.name), t.done_name),
            "keep_away": (
                lambda: self._person(visitor, number, form, need_to_know.keep_away),
                t.done_keep_away,
            ),
        }
        if form["act"] not in acts:
            raise Refusal(400)
        act, done = acts[form["act"]]
        try:
            act()
        except Forbidden:
            return self._again(request, visitor, number, t.refused, 403)
        except IllegalMove as error:
            empty = not form["reason"].strip()
            english = visitor.language.value == "en"
            said = t.no_reason if empty else str(error) if english else t.refused
            return self._again(request, visitor, number, said, 422 if empty else 409)
        try:
            return self._console.draw_ticket(request, visitor, number, flash=done, good=True)
        except (EscalationError, Refusal):
            return self._console.to_queue(request, visitor)  # they have put it out of their own sight

    def _seal(self, visitor: Visitor, number: str, form: Form, act: Callable[..., None]) -> None:
        act(self._console.services, number, visitor.actor, form["reason"], channel=CHANNEL)

    def _person(self, visitor: Visitor, number: str, form: Form, act: Callable[..., None]) -> None:
        if not (form["person"].isascii() and form["person"].isdecimal() and len(form["person"]) <= 9):
            raise Refusal(400)
        act(
            self._console.services,
            number,
            visitor.actor,
            int(form["person"]),
            form["reason"],
            channel=CHANNEL,
        )

    def _checked(self, request: Request, form: Form) -> Visitor:
        visitor = self._console.staff(request)
        check_form(self._console.services, visitor, request, form)
        return visitor

    def _again(self, request: Request, visitor: Visitor, number: str, flash: str, status: int) -> Response:
        return self._console.draw_ticket(request, visitor, number, flash=flash, status=status)


__all__ = ["Grant", "PrivacyRoutes"]
