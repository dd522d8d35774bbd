"""Demonstration or production: a database that has lived on simulated time never serves the other profile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from shared.database.session import Database
from shared.settings import Settings


class DemonstrationDatabase(RuntimeError):
    """A production process met a database that lives on simulated time."""


async def stamp(owner: asyncpg.Connection, settings: Settings) -> None:
    """Mark a demonstration's database as one: its simulated clock begins. Raises DemonstrationDatabase."""
    if settings.simulated:
        sql = "INSERT INTO simulated_clock (now) VALUES ($1) ON CONFLICT DO NOTHING"
        await owner.execute(sql, settings.simulation_begins)
    else:
        await _refuse_demonstration(owner)


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Database]:
    """A service's database for as long as a process runs. Raises DemonstrationDatabase."""
    await database.start()
    try:
        if not database.simulated:
            await _refuse_demonstration(database.pool)
        yield database
    finally:
        await database.close()


async def _refuse_demonstration(there: "asyncpg.Connection | asyncpg.Pool[asyncpg.Record]") -> None:
    if await there.fetchval("SELECT EXISTS (SELECT FROM simulated_clock)"):
        raise DemonstrationDatabase("this database lives on simulated time: production does not start on it")
