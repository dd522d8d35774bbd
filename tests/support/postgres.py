"""A real PostgreSQL for the tests: one server a run, one migrated database a service, cloned where needed."""

import fcntl
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from shared.database.embedded import EmbeddedServer
from shared.process.migrate import migrate, prepare
from shared.process.profile import stamp
from shared.service import Service
from shared.settings import Mode, Profile, Settings

TEMPLATE = "template_"
_numbers = itertools.count(1)
# Durability is what the fault tests and the soak look at, with a server of their own.
_CONFIGURATION = """
max_connections = 300
shared_buffers = 128MB
fsync = off
jit = off
timezone = 'UTC'
"""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def start(folder: Path) -> EmbeddedServer:
    """The run's server: the first test process starts it, the others join."""
    with locked(folder):
        return EmbeddedServer(folder / "postgres", _CONFIGURATION)


def settings_for(server: EmbeddedServer, prefix: str, keys: Path, profile: Profile = Profile.PRODUCTION) -> Settings:
    """Settings of a process on the run's server."""
    return Settings(
        mode=Mode.EMBEDDED,
        profile=profile,
        db_host=server.host,
        db_port=server.port,
        db_prefix=prefix,
        db_pool=5,
        jwks=str(keys / "jwks.json"),
        keyring=keys / "keyring.json",
        objects=str(keys.parent / "objects"),
    )


async def template(server: EmbeddedServer, service: Service, keys: Path, folder: Path) -> None:
    """Migrate a service's template once a run."""
    marker = folder / f"{service.name}.migrated"
    with locked(folder):
        if marker.exists():
            return
        settings = settings_for(server, TEMPLATE, keys)
        admin = await asyncpg.connect(**server.admin())
        try:
            await prepare(service, settings, admin)
        finally:
            await admin.close()
        await migrate(service, settings)
        marker.touch()


async def clone(server: EmbeddedServer, services: list[Service]) -> str:
    """Fresh databases for some services; answers their common prefix."""
    prefix = f"t{os.getpid()}_{next(_numbers)}_"
    admin = await asyncpg.connect(**server.admin())
    try:
        for service in services:
            name, source = f"{prefix}{service.name}", f"{TEMPLATE}{service.name}"
            await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" OWNER {service.name}_owner')
    finally:
        await admin.close()
    return prefix


async def stamped(settings: Settings, service: Service) -> None:
    """Give a cloned database its simulated clock, where the profile is a demonstration's."""
    owner = await asyncpg.connect(
        host=settings.db_host,
        port=settings.db_port,
        database=settings.db_prefix + service.name,
        user=f"{service.name}_owner",
    )
    try:
        await stamp(owner, settings)
    finally:
        await owner.close()
