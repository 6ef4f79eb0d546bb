"""The addresses of the chat. `router` is what the server mounts."""

from collections.abc import Callable

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException

from bot.browser.route import HEADERS, Refusal, page_route
from bot.channels.web.acts import Acts
from bot.channels.web.conversations import Conversations
from bot.channels.web.desk import Desk
from bot.channels.web.leaving import Leaving
from bot.channels.web.refusals import Refusals
from bot.channels.web.satisfaction import add_routes
from bot.services import Services


def router(services: Services) -> APIRouter:
    """Return the chat's routes: pages, forms, fragments, live events, the library's documents."""
    desk = Desk(services)
    talk, leaving = Conversations(desk), Leaving(desk)
    acts = Acts(desk, talk)
    routes = APIRouter(route_class=page_route(Refusals(desk).refuse), include_in_schema=False)
    gets: tuple[tuple[str, Callable[..., object]], ...] = (
        ("/", talk.home),
        ("/chat", talk.home),
        ("/chat/{thread_id}", talk.thread),
        ("/chat/{thread_id}/turns", talk.turns),
        ("/chat/{thread_id}/live", talk.live),
        ("/library/{document_id}", talk.document),
    )
    posts: tuple[tuple[str, Callable[..., object]], ...] = (
        ("/chat", talk.ask),
        ("/chat/forget", leaving.forget),
        ("/chat/unsafe", leaving.unsafe),
        ("/chat/{thread_id}", talk.follow_up),
        ("/chat/{thread_id}/person", acts.person),
        ("/chat/{thread_id}/steps", acts.steps),
        ("/chat/{thread_id}/say", acts.say),
        ("/chat/{thread_id}/feedback", acts.feedback),
        ("/chat/{thread_id}/rate", acts.rate),
    )
    for path, handler in gets:
        routes.add_api_route(path, handler, methods=["GET", "HEAD"], response_model=None)
    for path, handler in posts:
        routes.add_api_route(path, handler, methods=["POST"], response_model=None)
    add_routes(routes, services, desk.paper)
    return routes


def install_error_pages(app: FastAPI, services: Services) -> None:
    """Draw the pages for addresses that don't exist and for faults, outside every router."""
    refusals = Refusals(Desk(services))

    async def missing(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if "text/html" not in request.headers.get("accept", ""):
            response: Response = PlainTextResponse(f"{status}\n", status_code=status)
        else:
            response = refusals.refuse(request, Refusal(404 if status == 405 else status)) or Response(
                status_code=status
            )
            response.status_code = status
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    app.add_exception_handler(HTTPException, missing)
