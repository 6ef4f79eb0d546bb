"""The pages for what can't be done."""

from fastapi import Request, Response

from bot.browser.route import Refusal
from bot.browser.transcript import paragraphs_of
from bot.browser.visitor import language_of
from bot.channels.web.asking import UNAVAILABLE
from bot.channels.web.desk import Desk
from bot.channels.web.notice import NoticePage
from bot.channels.web.texts import TEXTS, ChatTexts
from bot.conversation import NotAccepted
from bot.rendering.refusals import said
from bot.vault import VaultError
from escalation.errors import EscalationError, IllegalMove


class Refusals:
    """Say what went wrong, in the reader's language."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def refuse(self, request: Request, error: Exception) -> Response | None:
        """Return the page for what can't be done, or None for a fault that the server must log."""
        texts = TEXTS[language_of(request)]
        if isinstance(error, Refusal):
            return self._refusal(request, error.status, texts)
        if isinstance(error, IllegalMove):
            return self._notice(request, 409, texts.refused_title, said(error, language_of(request).value))
        if isinstance(error, EscalationError):
            return self._refusal(request, 404, texts)
        if isinstance(error, NotAccepted):
            return self._notice(request, 503, texts.busy_title, error.notice, error.safety_text)
        if isinstance(error, (*UNAVAILABLE, VaultError)):
            return self._notice(request, 503, texts.busy_title, texts.busy)
        return None

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
        return self._desk.paper.draw(
            request, "notice.html", None, language, TEXTS[language], page=page, status=status, path=path
        )
