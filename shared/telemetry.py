"""Logs, metrics and spans of a process: no personal data in any of them, addresses only as route templates."""

import logging
import time
import traceback
from collections.abc import Iterable
from pathlib import Path

import structlog
from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.ids import uuid7
from shared.settings import Settings

REQUESTS = Counter("http_requests_total", "Requests answered", ["service", "method", "route", "status"])
SECONDS = Histogram("http_request_seconds", "Time to answer", ["service", "route"])
_log = structlog.get_logger()
_tracer = trace.get_tracer("tuopin")
_QUIET = {"/healthz", "/readyz", "/metrics"}


def configure(settings: Settings, process: str, *, quiet: bool = False) -> None:
    """JSON lines on standard output; spans to the collector at ``settings.otlp`` where one is named."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if quiet else logging.INFO),
        cache_logger_on_first_use=True,
    )
    if settings.otlp:
        provider = TracerProvider(resource=Resource.create({"service.name": f"tuopin-{process}"}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.otlp)))
        trace.set_tracer_provider(provider)


def place_of(error: BaseException) -> list[str]:
    """Where an error arose, without its message: a database's message may quote somebody's number."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]


class Observed:
    """ASGI: gives each request an id and a span, and notes what became of it."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app, self.service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        request_id = _acceptable(headers.get("x-request-id")) or str(uuid7())
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        started = time.perf_counter()
        parent = propagate.extract(dict(headers)) if "traceparent" in headers else None
        with _tracer.start_as_current_span("request", context=parent) as span:
            try:
                await self.app(scope, receive, send_with_id)
            finally:
                route = _template(scope)
                self._note(scope["method"], route, status, time.perf_counter() - started, request_id)
                span.update_name(f"{scope['method']} {route}")
                span.set_attribute("http.response.status_code", status)

    def _note(self, method: str, route: str, status: int, seconds: float, request_id: str) -> None:
        REQUESTS.labels(self.service, method, route, status).inc()
        SECONDS.labels(self.service, route).observe(seconds)
        if route not in _QUIET:
            _log.info(
                "request",
                service=self.service,
                method=method,
                route=route,
                status=status,
                ms=round(seconds * 1000, 1),
                request_id=request_id,
            )


def _template(scope: Scope) -> str:
    """The route's template, never the address itself: identifiers stay out of logs and metrics."""
    return getattr(scope.get("route"), "path", "unknown")


def _acceptable(request_id: str | None) -> str | None:
    fits = request_id and len(request_id) <= 64 and request_id.isascii() and _plain(request_id)
    return request_id if fits else None


def _plain(characters: Iterable[str]) -> bool:
    return all(character.isalnum() or character == "-" for character in characters)
