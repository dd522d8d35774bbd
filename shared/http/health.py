"""Is this process alive, is it ready, what does it count: for the people and tools that run it."""

from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.http.runtime import runtime_of
from shared.problems import Unavailable
from shared.process.readiness import pending_migrations

router = APIRouter(tags=["operations"])
PATHS = {"/healthz", "/readyz", "/metrics", "/docs", "/docs/oauth2-redirect"}


class NotReady(Unavailable):
    slug, zh, en = "not-ready", "服务尚未就绪：{why}", "Not ready: {why}"


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """This process answers."""
    return {"status": "alive"}


@router.get("/readyz")
async def readyz(request: Request) -> dict[str, Any]:
    """The database answers and its migrations are current; 503 with the reason otherwise."""
    runtime = runtime_of(request)
    if why := await pending_migrations(runtime.service, runtime.database):
        raise NotReady(why=why)
    return {"status": "ready"}


@router.get("/metrics")
async def metrics() -> Response:
    """Prometheus metrics of this process."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
