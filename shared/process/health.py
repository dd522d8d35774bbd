"""Is a process alive, is it ready, what does it count: for the people and tools that run it.

``router`` is part of an API's application; ``page`` is an application of its own beside a worker.
"""

import asyncpg
from alembic.script import ScriptDirectory
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from shared.database.errors import CONNECTION_LOST
from shared.database.session import Database
from shared.http.runtime import runtime_of
from shared.problems import Unavailable
from shared.process.migrate import alembic_config
from shared.process.worker import Worker
from shared.service import Service
from shared.words import Word

router = APIRouter(tags=["operations"])
PATHS = {"/healthz", "/readyz", "/metrics", "/docs", "/docs/oauth2-redirect"}


class NotReady(Unavailable):
    slug, zh, en = "not-ready", "服务尚未就绪：{why}", "Not ready: {why}"
    why: Word


async def pending(service: Service, database: Database) -> Word | None:
    """Why a service's database is not as this code expects it; None where it is."""
    expected = ScriptDirectory.from_config(alembic_config(service)).get_current_head()
    try:
        found = await database.pool.fetchval("SELECT version_num FROM alembic_version", timeout=3)
    except (OSError, TimeoutError, asyncpg.PostgresError, *CONNECTION_LOST) as error:
        return Word(type(error).__name__, "数据库连接不上", f"the database does not answer ({type(error).__name__})")
    if found == expected:
        return None
    return Word("migrations", "数据库尚未升级到本版本", f"migrations are at {found}, expected {expected}")


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """This process answers."""
    return {"status": "alive"}


@router.get("/readyz")
async def readyz(request: Request) -> dict[str, object]:
    """The database answers and its migrations are current; 503 with the reason otherwise."""
    if why := await pending(request.app.state.service, runtime_of(request).database):
        raise NotReady(why=why)
    return {"status": "ready"}


@router.get("/metrics")
async def metrics() -> Response:
    """Prometheus metrics of this process."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def page(worker: Worker) -> Starlette:
    """The three addresses of a worker process; it is not ready while its broker is silent."""

    async def alive(request: Request) -> Response:
        return JSONResponse(await healthz())

    async def ready(request: Request) -> Response:
        silence = round(worker.loop.silence, 1) if worker.loop else 0.0
        why = await pending(worker.service, worker.database)
        if why is None and silence > worker.settings.broker_timeout:
            why = Word("broker", "消息服务没有应答", "broker silent")
        stuck = worker.loop.stuck if worker.loop else []
        if why is None and stuck:
            why = Word("stuck", "同一批消息反复失败", f"the same batch again and again: {', '.join(stuck)}")
        document = {
            "status": "ready" if why is None else "not ready",
            "broker_answered_seconds_ago": silence,
            "behind": sum(worker.loop.behind.values()) if worker.loop else 0,
            "parked_oldest_seconds": round(worker.parked_oldest),
        }
        return JSONResponse(document | ({"why": why.en} if why else {}), 200 if why is None else 503)

    async def counted(request: Request) -> Response:
        return await metrics()

    return Starlette(routes=[Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", counted)])
