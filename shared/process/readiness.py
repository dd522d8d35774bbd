"""Whether a service's database is reachable and as this code expects it."""

import asyncpg
from alembic.script import ScriptDirectory

from shared.database.session import Database
from shared.process.migrate import alembic_config
from shared.service import Service


async def pending_migrations(service: Service, database: Database) -> str | None:
    """Why the database is not ready; None where it is."""
    expected = ScriptDirectory.from_config(alembic_config(service)).get_current_head()
    try:
        found = await database.pool.fetchval("SELECT version_num FROM alembic_version", timeout=3)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        return f"database: {type(error).__name__}"
    return None if found == expected else f"migrations: at {found}, expected {expected}"
