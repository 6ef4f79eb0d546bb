"""What every page route does around its handler: size limit, security headers, refusals as pages."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import parse_qs

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute

MOST_BYTES: Final = 3_500_000  # one million bytes of text, percent-encoded at worst
MOST_FIELDS: Final = 50
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


class Refusal(Exception):
    """A page can't be given. `status` says why; the words are chosen where the page is drawn."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with {status}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a posted form; a field that was not sent is empty."""

    fields: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")


async def read_form(request: Request) -> Form:
    """Return the posted fields. Raise Refusal 413 beyond the limit and 400 for what is no form."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MOST_BYTES:
        raise Refusal(413 if length.isdecimal() else 400)
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MOST_BYTES:
            raise Refusal(413)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if raw and kind != "application/x-www-form-urlencoded":
        raise Refusal(415)
    try:
        fields = parse_qs(raw.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Refusal(400) from None
    return Form({name: values[0] for name, values in fields.items()})


Posted = Annotated[Form, Depends(read_form)]
Refuse = Callable[[Request, Exception], Response | None]


def page_route(refuse: Refuse) -> type[APIRoute]:
    """Return the route class of one area. `refuse` draws the page for an exception, or returns None.

    An exception that `refuse` does not know goes on to the server, which logs it.
    """

    class PageRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handler = super().get_route_handler()

            async def guarded(request: Request) -> Response:
                try:
                    response = await handler(request)
                except Exception as error:
                    answer = refuse(request, error)
                    if answer is None:
                        raise
                    response = answer
                for name, value in HEADERS.items():
                    response.headers.setdefault(name, value)
                return response

            return guarded

    return PageRoute
