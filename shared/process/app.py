"""The one factory of a service's HTTP application."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi_offline import FastAPIOffline
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.database.session import Database
from shared.divisions.queries import place_names
from shared.figures.endpoints import router as figures_router
from shared.http import failures
from shared.http.audit_endpoints import router as audit_router
from shared.http.edge import GuardedRoute
from shared.http.hot import HotRoute, Shortcut
from shared.http.limits import Limited
from shared.http.public import PublicRoute
from shared.http.runtime import Runtime
from shared.jobs.endpoints import router as jobs_router
from shared.process import clock, health
from shared.process.profile import opened
from shared.rulemaking.endpoints import router as policies_router
from shared.rulemaking.tasks import proposals
from shared.security import access
from shared.security.auth import Authenticator
from shared.security.crypto import keyring
from shared.service import Service
from shared.settings import Settings
from shared.tasks.endpoints import router as tasks_router
from shared.telemetry import Observed

COMMON_ROUTERS = (audit_router, jobs_router, policies_router, figures_router, tasks_router)


class MatrixMismatch(RuntimeError):
    """An endpoint without a row in the access matrix, or a row without an endpoint."""


def create_app(service: Service, settings: Settings, database: Database | None = None) -> FastAPI:
    """A service's API: its own routers and the common ones, behind the access matrix.

    Opens ``database`` (as the api role) when it starts. Raises MatrixMismatch, and, when it starts, refuses a
    production profile on a demonstration's database.
    """
    database = database or Database(service.name, "api", settings, service.consequences)
    matrix = {endpoint: row for file in service.access_files for endpoint, row in access.load(file).items()}
    routers: list[APIRouter] = [*service.routers, *COMMON_ROUTERS]
    if settings.simulated:
        routers.append(clock.router)
        matrix |= clock.MATRIX
    app = FastAPIOffline(
        title=service.title,
        version="1",
        lifespan=_lifespan(database),
        redoc_url=None,
        root_path_in_servers=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # ours says no addresses and no messages
    )
    app.state.service, app.state.figures = service, service.figures
    app.state.tasks, app.state.who = {"policy": proposals, **service.tasks}, service.who
    app.state.namer, app.state.places = service.namer, place_names
    app.state.policy_checks = service.policy_checks
    app.state.runtime = Runtime(
        base=service.base,
        settings=settings,
        database=database,
        authenticator=Authenticator(settings),
        matrix=matrix,
        keys=keyring(settings),
    )
    for router in routers:
        app.include_router(router)
    app.include_router(health.router)
    _check(app, matrix, {endpoint for file in service.access_files for endpoint in access.public(file)})
    failures.install(app)
    app.add_middleware(Shortcut, routes=[route for route in _routes(app) if isinstance(route, HotRoute)])
    app.add_middleware(Limited, seconds=settings.request_seconds, max_bytes=_max_bytes(settings, matrix))
    app.add_middleware(Observed, service=service.name)
    return app


def _lifespan(database: Database) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(database):
            yield

    return lifespan


class AtBase:
    """ASGI: an application at its base, and at the root of its own port (where health is asked for)."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self.app, self.base = app, base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path", "").startswith(self.base + "/"):
            scope["root_path"] = self.base
        await self.app(scope, receive, send)


def side_by_side(apps: Mapping[str, FastAPI], routes: Sequence[BaseRoute] = ()) -> Starlette:
    """Applications at their bases, beside some routes; an address that is nobody's is refused as everything else."""
    whole = Starlette(routes=[*routes, *(Mount(base, app) for base, app in apps.items())])
    failures.install(whole)
    return whole


def endpoints(app: FastAPI, kind: type[APIRoute] = GuardedRoute) -> set[str]:
    """``METHOD /path`` of every endpoint behind the matrix, or of another kind."""
    return {
        f"{method} {route.path}"
        for route in _routes(app)
        if isinstance(route, kind)
        for method in route.methods or ()
    }


def _routes(app: FastAPI) -> list[APIRoute]:
    contexts = iter_route_contexts(app.routes)
    return [context.original_route for context in contexts if isinstance(context.original_route, APIRoute)]


def _check(app: FastAPI, matrix: access.Matrix, public: set[str]) -> None:
    unguarded = {r.path for r in _routes(app) if not isinstance(r, GuardedRoute | PublicRoute)} - health.PATHS
    wrong = (endpoints(app) ^ matrix.keys()) | (endpoints(app, PublicRoute) ^ public)
    if unguarded or wrong:
        raise MatrixMismatch(f"no matrix row or no endpoint: {sorted(unguarded | wrong)}")


def _max_bytes(settings: Settings, matrix: access.Matrix) -> Callable[[Scope], int]:
    """The size limit of a request: the row's where it has one (rows with a limit have no path parameters)."""
    lifted = {endpoint: row.max_bytes for endpoint, row in matrix.items() if row.max_bytes}

    def limit(scope: Scope) -> int:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        return lifted.get(f"{scope['method']} {path}") or settings.request_bytes

    return limit
