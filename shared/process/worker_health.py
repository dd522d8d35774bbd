"""The worker's own health page: database, migrations, and how long ago the broker answered."""

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.process.readiness import pending_migrations
from shared.process.worker import Worker


def health_app(worker: Worker) -> Starlette:
    """``/healthz``, ``/readyz`` and ``/metrics`` of a worker process."""

    async def healthz(request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(request: Request) -> Response:
        silence = round(worker.loop.silence, 1) if worker.loop else 0.0
        why = await pending_migrations(worker.service, worker.database)
        if why is None and silence > worker.settings.broker_timeout:
            why = "broker silent"
        document = {"status": "ready" if why is None else "not ready", "broker_answered_seconds_ago": silence}
        return JSONResponse(document | ({"why": why} if why else {}), 200 if why is None else 503)

    async def metrics(request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)],
    )
