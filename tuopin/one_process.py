"""The whole platform in one process: embedded PostgreSQL, the local bus, every service under one port."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from shared.database.embedded import EmbeddedServer
from shared.database.session import Database
from shared.events.bus import LocalBus
from shared.process.app import create_app, side_by_side
from shared.process.profile import opened
from shared.process.worker import Worker
from shared.security.crypto import keyring
from shared.service import Service
from shared.settings import Mode, Profile, Settings
from shared.telemetry import configure
from tuopin.keys import REVOKED, initialise
from tuopin.processes import server as web_server
from tuopin.services import all_services
from tuopin.setup import set_up


@dataclass(frozen=True, slots=True)
class Platform:
    """A running platform: one ASGI application, the settings that it took, and the folder of its keys."""

    app: Starlette
    settings: Settings
    keys: Path

    def web(self, port: int) -> uvicorn.Server:
        """The web server of the platform, on this machine only."""
        return web_server(self.app, "127.0.0.1", port, self.settings.stop_seconds)


async def serve(data: Path, port: int) -> None:
    """The platform in production profile, until it is told to stop."""
    configure(Settings(mode=Mode.EMBEDDED), "embedded")
    async with platform(data, Profile.PRODUCTION, port) as running:
        print(f"http://127.0.0.1:{port}/  (keys in {running.keys})")
        await running.web(port).serve()


@asynccontextmanager
async def platform(data: Path, profile: Profile, port: int) -> AsyncIterator[Platform]:
    """Start everything over the data in a folder (made at the first start), and stop it in good order.

    Settings are taken from the environment as by every other process, but for what the folder holds.
    """
    await asyncio.to_thread(data.mkdir, parents=True, exist_ok=True)
    server = await asyncio.to_thread(EmbeddedServer, data / "postgres")
    try:
        initialise(data / "keys")
        settings = Settings(
            mode=Mode.EMBEDDED,
            profile=profile,
            data=data,
            db_host=server.host,
            db_port=server.port,
            jwks=str(data / "keys" / "jwks.json"),
            revoked=str(data / "keys" / REVOKED),
            keyring=data / "keys" / "keyring.json",
        )
        if "public_url" not in settings.model_fields_set:
            settings = settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}"})
        services = all_services()
        await set_up(services, settings, await asyncpg.connect(**server.admin()))
        async with _running(services, settings) as app:
            yield Platform(app, settings, data / "keys")
    finally:
        await asyncio.to_thread(server.stop)


@asynccontextmanager
async def _running(services: list[Service], settings: Settings) -> AsyncIterator[Starlette]:
    bus, stop = LocalBus(), asyncio.Event()
    keys = keyring(settings)
    apps: dict[str, FastAPI] = {}
    async with AsyncExitStack() as stack:
        workers = []
        for service in services:
            database = await stack.enter_async_context(
                opened(Database(service.name, "worker", settings, service.consequences))
            )
            workers.append(Worker(service, settings, database, keys))
            bus.subscribe(workers[-1].consumer)
            app = create_app(service, settings)
            await stack.enter_async_context(app.router.lifespan_context(app))
            apps[service.base] = app
        tasks = [asyncio.create_task(worker.run(bus, stop), name=worker.service.name) for worker in workers]
        try:
            yield side_by_side(apps, [Route("/", _welcome(services))])
        finally:
            stop.set()
            await asyncio.gather(*tasks)


def _welcome(services: list[Service]) -> Callable[[Request], Awaitable[HTMLResponse]]:
    links = "".join(f'<li><a href="{s.base}/docs">{s.title}</a></li>' for s in services)
    page = f"<!doctype html><meta charset=utf-8><title>Tuopin 脱贫</title><h1>Tuopin 脱贫</h1><ul>{links}</ul>"

    async def welcome(request: Request) -> HTMLResponse:
        return HTMLResponse(page)

    return welcome
