"""What the command line does to a running or resting installation."""

import asyncio
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from shared.process.settle import settle
from shared.settings import Mode, Profile, Settings
from tuopin.services import all_services, service

if TYPE_CHECKING:
    from starlette.types import ASGIApp

CONTRACTS = Path("docs/contracts")


def server(app: "ASGIApp", host: str, port: int, stop_seconds: float = 20) -> uvicorn.Server:
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


async def serve(data: Path, port: int) -> None:
    """The platform in one process, in production profile, until it is told to stop."""
    from shared.telemetry import configure
    from tuopin.embedded import platform

    configure(Settings(mode=Mode.EMBEDDED), "embedded")
    async with platform(data, Profile.PRODUCTION) as running:
        print(f"http://127.0.0.1:{port}/  (keys in {running.keys})")
        await server(running.app, "127.0.0.1", port).serve()


def api(name: str, host: str, port: int) -> None:
    """The API process of one service, at its base so that addresses are the same everywhere."""
    from shared.process.app import AtBase, create_app
    from shared.telemetry import configure

    settings = Settings()
    configure(settings, f"{name}-api")
    found = service(name)
    app = AtBase(create_app(found, settings), found.base)
    settle()
    server(app, host, port, settings.stop_seconds).run()


def worker(name: str, host: str, port: int) -> None:
    """The worker process of one service with its health page."""
    from shared.telemetry import configure

    settings = Settings()
    configure(settings, f"{name}-worker")
    service(name)
    settle()
    asyncio.run(_work(name, settings, host, port))


async def _work(name: str, settings: Settings, host: str, port: int) -> None:
    from shared.database.session import Database
    from shared.process.simulation import refuse_in_production
    from shared.process.worker import Worker
    from shared.process.worker_health import health_app
    from shared.security.crypto import keyring

    stop = asyncio.Event()
    database = Database(name, "worker", settings)
    await database.start()
    try:
        await refuse_in_production(database)
        running = Worker(service(name), settings, database, keyring(settings))
        page = server(health_app(running), host, port)
        page.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        serving = asyncio.create_task(page.serve())
        try:
            await running.run_on_kafka(stop)
        finally:
            page.should_exit = True
            await serving
    finally:
        await database.close()


async def migrate_all() -> None:
    """Roles and databases (with an administrator's address), tables, policies, and topics (with a broker's)."""
    import asyncpg

    from shared.events import topics
    from shared.process.migrate import migrate, prepare

    settings = Settings()
    services = all_services()
    if settings.db_admin_url:
        admin = await asyncpg.connect(settings.db_admin_url.get_secret_value())
        try:
            for one in services:
                await prepare(one, settings, admin)
        finally:
            await admin.close()
    for one in services:
        await migrate(one, settings)
        print("migrated", one.name)
    if settings.kafka:
        made = await topics.create(
            [noun.topic for one in services for noun in (*one.publishes, *one.accepts)], settings
        )
        print("topics made:", ", ".join(made) or "none")


async def republish(name: str, topic: str) -> int:
    """Snapshots of a noun; answers how many."""
    from shared.database.session import Database
    from shared.events.republish import republish as batches

    owner = service(name)
    noun = next((noun for noun in owner.publishes if noun.topic == topic), None)
    if noun is None or topic not in owner.snapshots:
        raise SystemExit(f"{name} has no noun {topic} to republish")
    database = Database(name, "worker", Settings())
    await database.start()
    try:
        return sum([count async for count in batches(database, noun, owner.snapshots[topic])])
    finally:
        await database.close()


def contracts(*, check: bool) -> list[str]:
    """What is wrong with the committed contracts; writes them unless told only to check."""
    from shared.events import asyncapi

    services = all_services()
    return asyncapi.check(services, CONTRACTS) if check else asyncapi.write(services, CONTRACTS)
