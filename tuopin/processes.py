"""The processes of one service in distributed mode, an API and a worker, with settings from the environment."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import TypeVar

import uvicorn
from starlette.types import ASGIApp
from uvicorn.loops.auto import auto_loop_factory

from shared.database.session import Database
from shared.process.app import AtBase, create_app
from shared.process.collector import collect_less
from shared.process.health import page
from shared.process.profile import opened
from shared.process.worker import Worker
from shared.security.crypto import keyring
from shared.service import Service
from shared.settings import Settings
from shared.telemetry import configure
from tuopin.services import service

Answer = TypeVar("Answer")


def run(main: Coroutine[object, None, Answer]) -> Answer:
    """A process to its end, as each of the platform runs: on the web server's event loop, collecting less garbage."""
    collect_less()
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        return runner.run(main)


def api(name: str, host: str, port: int) -> None:
    """The API process of one service, at its base so that addresses are the same everywhere."""
    settings = Settings()
    configure(settings, f"{name}-api")
    found = service(name)
    app = AtBase(create_app(found, settings), found.base)
    run(server(app, host, port, settings.stop_seconds).serve())


def worker(name: str, host: str, port: int) -> None:
    """The worker process of one service with its health page."""
    settings = Settings()
    configure(settings, f"{name}-worker")
    run(_work(service(name), settings, host, port))


def server(app: ASGIApp, host: str, port: int, stop_seconds: float = 20) -> uvicorn.Server:
    """A uvicorn server that lets requests in hand finish when it is told to stop."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=int(stop_seconds),
            lifespan="on",
        )
    )


async def _work(service: Service, settings: Settings, host: str, port: int) -> None:
    stop = asyncio.Event()
    async with opened(Database(service.name, "worker", settings, service.consequences)) as database:
        running = Worker(service, settings, database, keyring(settings))
        health = server(page(running), host, port)
        health.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        serving = asyncio.create_task(health.serve())
        try:
            await running.run_on_kafka(stop)
        finally:
            health.should_exit = True
            await serving
