"""Draw pages: the Jinja environment of the browser side, and the cookies a page is sent with."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.browser import session as sessions
from bot.browser.language import Language, other
from bot.browser.static import address_of
from bot.browser.visitor import LANGUAGE_COOKIE, Visitor, asked_language
from bot.settings import Settings

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
_YEAR = 31_536_000


def _digest(body: str) -> str:
    """Return what tells a live page whether a part of it has changed."""
    return hashlib.sha256(body.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Shell:
    """What every page needs around its content. `path` is where a reload or the language switch leads."""

    hub: str
    language: Language
    path: str
    switch: str
    visitor: Visitor | None


class Paper:
    """Pages on paper: templates in, responses out. Everything is escaped."""

    def __init__(self, settings: Settings, area: str) -> None:
        self._settings = settings
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["static"] = address_of
        self._environment.globals["keep_days"] = settings.keep_originals_days
        self._environment.filters["digest"] = _digest
        self._area = area

    def draw(
        self,
        request: Request,
        template: str,
        visitor: Visitor | None,
        language: Language,
        texts: object,
        *,
        page: object = None,
        status: int = 200,
        path: str | None = None,
    ) -> Response:
        """Return the page. `path` is the address to come back to when the request was a POST."""
        here = path or request.url.path
        kept = {name: value for name, value in request.query_params.items() if name != "lang"}
        query = {} if path else kept
        shell = Shell(
            hub=self._settings.hub_name,
            language=language,
            path=f"{here}?{urlencode(query)}" if query else here,
            switch=f"{here}?{urlencode({**query, 'lang': other(language).value})}",
            visitor=visitor,
        )
        values: Mapping[str, Any] = {"shell": shell, "t": texts, "page": page}
        body = self._environment.get_template(f"{self._area}/{template}").render(values)
        response = HTMLResponse(body, status_code=status, headers={"Content-Language": language.value})
        return self.with_cookies(request, response, visitor)

    def go(self, request: Request, address: str, visitor: Visitor | None) -> Response:
        """Return a redirect after a POST: a reload does not send the form again."""
        return self.with_cookies(request, RedirectResponse(address, status_code=303), visitor)

    def with_cookies(self, request: Request, response: Response, visitor: Visitor | None) -> Response:
        """Send a new session's cookie, and remember a language that was asked for."""
        secure = sessions.secure(self._settings)
        if visitor is not None and visitor.fresh:
            self.set_session(response, visitor.cookie)
        if asked := asked_language(request):
            response.set_cookie(
                LANGUAGE_COOKIE, asked.value, max_age=_YEAR, httponly=True, samesite="lax", secure=secure
            )
        return response

    def set_session(self, response: Response, cookie: sessions.Cookie) -> None:
        """Send a session's cookie."""
        response.set_cookie(
            sessions.cookie_name(self._settings),
            cookie.value,
            max_age=int(sessions.LIFETIME.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=sessions.secure(self._settings),
        )

    def drop_session(self, response: Response) -> None:
        """Take the session's cookie back."""
        response.delete_cookie(
            sessions.cookie_name(self._settings),
            httponly=True,
            samesite="lax",
            secure=sessions.secure(self._settings),
        )
