"""The queue, and what is on its way out."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from bot.browser.live import Topic, queue_of
from bot.console.frame import Console
from bot.console.queue import Show, read_queue
from bot.console.records import read_outbox
from bot.database import reading
from escalation.access import Verb, may


class QueueRoutes:
    """The handlers. They hold no state but the console they draw with."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._services = console.services

    def queue(self, request: Request) -> Response:
        """Show the queue; somebody who may not read it is led to what they may."""
        visitor = self._console.staff(request)
        if not may(visitor.actor, Verb.READ_QUEUE):
            return RedirectResponse("/console/library", status_code=303)
        wanted = request.query_params.get("show", "")
        show = Show(wanted) if wanted in set(Show) else Show.ALL
        with reading(self._services.engine) as session:
            page = read_queue(session, visitor.actor, show, self._console.reader(visitor))
        return self._console.draw(request, visitor, "queue.html", page)

    async def live_queue(self, request: Request) -> Response:
        """Tell the page when the queue changes."""
        return await self._console.live(request, lambda: self._queue_topic(request))

    def outbox(self, request: Request) -> Response:
        """Show reminders and deliveries."""
        visitor = self._console.staff(request)
        with reading(self._services.engine) as session:
            page = read_outbox(session, visitor.actor, self._console.reader(visitor))
        return self._console.draw(request, visitor, "outbox.html", page)

    def _queue_topic(self, request: Request) -> Topic | None:
        actor = self._console.staff(request).actor
        return queue_of(actor.person_id) if may(actor, Verb.READ_QUEUE) else None
