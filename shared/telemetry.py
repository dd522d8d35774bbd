"""Logs, metrics and spans of a process: no personal data in any of them, addresses only as route templates."""

import logging
import re
import time
import traceback
from functools import lru_cache
from pathlib import Path

import structlog
from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.names.ids import uuid7
from shared.settings import Settings

REQUESTS = Counter("http_requests_total", "Requests answered", ["service", "method", "route", "status"])
SECONDS = Histogram("http_request_seconds", "Time to answer", ["service", "route"])
_log = structlog.get_logger()
_tracer = trace.get_tracer("tuopin")
_PLAIN = re.compile(rb"[0-9A-Za-z-]{1,64}")
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
        headers = dict(scope["headers"])
        request_id = _acceptable(headers.get(b"x-request-id")) or str(uuid7())
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        started = time.perf_counter()
        parent = propagate.extract(dict(Headers(scope=scope))) if b"traceparent" in headers else None
        with _tracer.start_as_current_span("request", context=parent) as span:
            try:
                await self.app(scope, receive, send_with_id)
            finally:
                route = _template(scope)
                self._note(scope["method"], route, status, time.perf_counter() - started, request_id)
                span.update_name(f"{scope['method']} {route}")
                span.set_attribute("http.response.status_code", status)

    def _note(self, method: str, route: str, status: int, seconds: float, request_id: str) -> None:
        _counter(self.service, method, route, status).inc()
        _histogram(self.service, route).observe(seconds)
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


@lru_cache
def _counter(service: str, method: str, route: str, status: int) -> Counter:
    return REQUESTS.labels(service, method, route, status)


@lru_cache
def _histogram(service: str, route: str) -> Histogram:
    return SECONDS.labels(service, route)


def _template(scope: Scope) -> str:
    """The route's template, never the address itself: identifiers stay out of logs and metrics."""
    return getattr(scope.get("route"), "path", "unknown")


def _acceptable(request_id: bytes | None) -> str | None:
    return request_id.decode() if request_id and _PLAIN.fullmatch(request_id) else None
