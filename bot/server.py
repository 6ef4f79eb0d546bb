"""The web process: chat page, console, Slack endpoint, health and metrics under one FastAPI app."""

import asyncio
import hmac
import ipaddress
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import health
from bot.browser.static import mount_static
from bot.channels.pager import routes as pager
from bot.channels.slack.app import SlackApp, handle_http
from bot.channels.web import routes as chat
from bot.console import routes as console
from bot.metrics import Metrics, Observed
from bot.services import Services

# 200,000 characters of any script, percent-encoded, and their form. A question over that is told so.
LARGEST_BODY = 3_600_000
SLACK_THREADS = 24


class _TooLargeError(Exception):
    """A body sent in pieces has grown beyond what we read."""


class BodyLimit:
    """Refuse a request whose body is larger than any form of ours, before it is read whole."""

    def __init__(self, app: ASGIApp, largest: int = LARGEST_BODY) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if not length.isdigit() or int(length) > self._largest:
            await PlainTextResponse("The request is too large.\n", status_code=413)(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._largest:
                raise _TooLargeError
            return message

        try:
            await self._app(scope, counted, send)
        except _TooLargeError:
            await PlainTextResponse("The request is too large.\n", status_code=413)(scope, receive, send)


def create(services: Services, slack: SlackApp | None = None, *, sweeping: bool = True) -> FastAPI:
    """Return the web app of a desk. `sweeping`: a worker runs somewhere, so a late sweep is a fault."""
    slack_threads = ThreadPoolExecutor(SLACK_THREADS, thread_name_prefix="slack-http")

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # One thread per browser that asks at this moment, and some for the pages being read.
        anyio.to_thread.current_default_thread_limiter().total_tokens = 40
        yield
        slack_threads.shutdown(wait=True)

    app = FastAPI(
        title="Hub help desk",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    metrics = Metrics()

    app.add_middleware(BodyLimit)
    app.add_middleware(Observed, metrics=metrics)
    mount_static(app)
    app.include_router(chat.router(services))
    app.include_router(console.router(services))
    app.include_router(pager.router(services))
    chat.install_error_pages(app, services)

    @app.get("/healthz", include_in_schema=False)
    def healthz() -> JSONResponse:
        found = health.check(services, sweeping=sweeping)
        return JSONResponse(
            {
                "status": "ok" if not found.faults else "fault",
                "faults": list(found.faults),
                "schema": found.schema,
                "index_generation": found.generation,
                "passages": found.passages,
                "oldest_due_delivery": found.oldest_delivery.isoformat() if found.oldest_delivery else None,
                "last_sweep": found.last_sweep.isoformat() if found.last_sweep else None,
            },
            status_code=200 if not found.faults else 503,
        )

    @app.get("/metrics", include_in_schema=False)
    def show_metrics(request: Request) -> Response:
        if not _may_read_metrics(services, request):
            return PlainTextResponse("Not found\n", status_code=404)
        found = health.check(services, sweeping=sweeping)
        now = services.clock()
        metrics.unchecked.set(found.unchecked)
        metrics.passages.set(found.passages)
        metrics.generation.set(found.generation)
        if found.last_sweep:
            metrics.sweep_age.set((now - found.last_sweep).total_seconds())
        metrics.delivery_age.set(
            (now - found.oldest_delivery).total_seconds() if found.oldest_delivery else 0
        )
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    # Without a signing secret (Socket Mode only) nothing that comes over HTTP can be Slack's.
    if slack is not None and services.settings.slack_signing_secret is not None:

        @app.post("/slack/events", include_in_schema=False)
        async def slack_events(request: Request) -> Response:
            body = await request.body()
            # Bolt is synchronous: on the event loop, one late listener would hold up everybody.
            status, headers, content = await asyncio.get_running_loop().run_in_executor(
                slack_threads, handle_http, slack, dict(request.headers), body
            )
            return Response(content, status_code=status, headers=headers)

    return app


def _may_read_metrics(services: Services, request: Request) -> bool:
    """Tell whether the caller may read the figures: this machine itself, or whoever has the token."""
    token = services.settings.metrics_token
    given = request.headers.get("authorization", "")
    if token is not None:
        return hmac.compare_digest(given.encode(), f"Bearer {token.get_secret_value()}".encode())
    forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via"))
    peer = request.client.host if request.client else ""
    try:
        return ipaddress.ip_address(peer).is_loopback and not forwarded
    except ValueError:
        return False
