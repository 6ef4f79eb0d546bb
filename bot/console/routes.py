"""The addresses of the console: sign in, queue, ticket, library, outbox. `router` is what the server mounts."""

from collections.abc import Callable

from fastapi import APIRouter

from bot.browser.route import page_route
from bot.console.frame import Console
from bot.console.library_routes import LibraryRoutes
from bot.console.privacy_routes import PrivacyRoutes
from bot.console.queue_routes import QueueRoutes
from bot.console.ticket_routes import TicketRoutes
from bot.console.work_routes import WorkRoutes
from bot.services import Services


def router(services: Services) -> APIRouter:
    """Return the console's routes: sign-in, queue, tickets, lists, live events."""
    console = Console(services)
    door, private, shelves = console.door, PrivacyRoutes(console), LibraryRoutes(console)
    queue, ticket, work = QueueRoutes(console), TicketRoutes(console), WorkRoutes(console)
    routes = APIRouter(route_class=page_route(console.refuse), include_in_schema=False)
    gets: tuple[tuple[str, Callable[..., object]], ...] = (
        ("/demo/sign-in/{token}", door.demonstration),
        ("/console/sign-in", door.sign_in_page),
        ("/console/sign-in/{token}", door.link_page),
        ("/console", queue.queue),
        ("/console/live", queue.live_queue),
        ("/console/library", shelves.shelf),
        ("/console/library/new", shelves.new),
        ("/console/library/{document_id}", shelves.document),
        ("/console/library/{document_id}/edit", shelves.edit),
        ("/console/gaps", shelves.gaps),
        ("/console/words", shelves.words),
        ("/console/changes", shelves.changes),
        ("/console/outbox", queue.outbox),
        ("/console/access-log", private.access_log),
        ("/console/tickets/{number}", ticket.ticket),
        ("/console/tickets/{number}/live", ticket.live_ticket),
    )
    posts: tuple[tuple[str, Callable[..., object]], ...] = (
        ("/console/sign-in", door.request_link),
        ("/console/sign-in/{token}", door.follow_link),
        ("/console/sign-out", door.sign_out),
        ("/console/tickets/{number}/claim", ticket.claim),
        ("/console/tickets/{number}/reply", ticket.reply),
        ("/console/tickets/{number}/note", ticket.note),
        ("/console/tickets/{number}/resolve", ticket.resolve),
        ("/console/tickets/{number}/open", private.open_private),
        ("/console/tickets/{number}/who", private.decide),
        ("/console/tickets/{number}/article", shelves.propose),
        ("/console/library/new", shelves.save_new),
        ("/console/library/{document_id}", shelves.act),
        ("/console/library/{document_id}/edit", shelves.save),
        ("/console/gaps", shelves.begin),
        ("/console/words", shelves.change_words),
        ("/console/tickets/{number}/act", work.work),
    )
    for path, handler in gets:
        routes.add_api_route(path, handler, methods=["GET", "HEAD"], response_model=None)
    for path, handler in posts:
        routes.add_api_route(path, handler, methods=["POST"], response_model=None)
    return routes
