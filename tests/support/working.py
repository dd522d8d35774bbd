"""A worker's jobs in a process of its own, to be killed: ``python -m tests.support.working``."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, Process

from services.registry.main import SERVICE
from shared.database.session import Database
from shared.jobs.runner import run_one_step
from shared.security.crypto import keyring
from shared.settings import Settings


async def started(settings: Settings) -> Process:
    """Such a process over a test's database."""
    told = {
        "MODE": settings.mode,
        "PROFILE": settings.profile,
        "DB_HOST": settings.db_host,
        "DB_PORT": settings.db_port,
        "DB_PREFIX": settings.db_prefix,
        "KEYRING": settings.keyring,
        "OBJECTS": settings.objects,
    }
    environment = os.environ | {f"TUOPIN_{name}": str(value) for name, value in told.items()}
    command = [sys.executable, "-m", "tests.support.working"]
    return await asyncio.create_subprocess_exec(*command, env=environment, stdout=DEVNULL, stderr=DEVNULL)


async def _work() -> None:
    settings = Settings()
    database = Database(SERVICE.name, "worker", settings, SERVICE.consequences)
    await database.start()
    while await run_one_step(database, SERVICE.jobs, keyring(settings)):
        continue
    await database.close()


if __name__ == "__main__":
    asyncio.run(_work())
