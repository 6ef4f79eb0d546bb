"""The figures of this process, and the layer that counts every request under its route's template."""

import time

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
log = structlog.get_logger()


class Metrics:
    """The figures of this process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "helpdesk_http_requests_total",
            "Requests by route template and status.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "helpdesk_http_request_seconds",
            "Time to answer by route template.",
            ["route"],
            registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
        )
        self.sweep_age = Gauge(
            "helpdesk_sweep_age_seconds", "Seconds since the last reminder sweep.", registry=self.registry
        )
        self.delivery_age = Gauge(
            "helpdesk_oldest_delivery_seconds", "Age of the oldest unsent message.", registry=self.registry
        )
        self.unchecked = Gauge(
            "helpdesk_safety_check_failed_messages",
            "Messages of the last day that the safety check failed on: plain rules decided.",
            registry=self.registry,
        )
        self.passages = Gauge("helpdesk_passages", "Passages in the index.", registry=self.registry)
        self.generation = Gauge(
            "helpdesk_index_generation", "Generation of the index.", registry=self.registry
        )


class Observed:
    """Count and time each request. Only the route's template is kept: an address may name a person."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            seconds = time.perf_counter() - started
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.requests.labels(method, route, status).inc()
            self._metrics.seconds.labels(route).observe(seconds)
            log.debug("request", action="http.request", method=scope["method"], route=route, status=status)
