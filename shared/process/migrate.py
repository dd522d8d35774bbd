"""Databases, roles, migrations and policies of a service: everything that ``tuopin migrate`` does.

A service has three roles: ``<service>_owner`` owns every table and runs migrations, ``<service>_api`` is confined
by row-level security, ``<service>_worker`` sees every division (and may become ``api`` for work that somebody
asked for). Neither of the last two owns anything.
"""

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from shared.database.migrations import current_texts
from shared.policy import files
from shared.process.profile import stamp
from shared.service import Service
from shared.settings import Settings


async def prepare(service: Service, settings: Settings, admin: asyncpg.Connection) -> None:
    """Roles and an empty database for a service, where they are missing (run as an administrator)."""
    name = service.name
    for role in ("owner", "api", "worker"):
        password = settings.password(role)
        quoted = "PASSWORD " + _literal(password) if password else ""
        exists = await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", f"{name}_{role}")
        verb = "ALTER" if exists else "CREATE"
        await admin.execute(f"{verb} ROLE {name}_{role} LOGIN NOSUPERUSER NOBYPASSRLS {quoted}")
    await admin.execute(f"GRANT {name}_api TO {name}_worker")
    for limit in (
        "statement_timeout = '30s'",
        "lock_timeout = '5s'",
        "idle_in_transaction_session_timeout = '60s'",
    ):
        await admin.execute(f"ALTER ROLE {name}_api SET {limit}")
    database = settings.db_prefix + name
    if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
        await admin.execute(f'CREATE DATABASE "{database}" OWNER {name}_owner')
        await admin.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
        await admin.execute(f'GRANT CONNECT, TEMPORARY ON DATABASE "{database}" TO {name}_api, {name}_worker')


async def migrate(service: Service, settings: Settings) -> None:
    """Bring a service's tables and policies up to date (run as its owner)."""
    owner = {
        "host": settings.db_host,
        "port": settings.db_port,
        "database": settings.db_prefix + service.name,
        "user": f"{service.name}_owner",
        "password": settings.password("owner"),
    }

    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(**owner)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect)
    async with engine.begin() as connection:
        await connection.run_sync(lambda bound: command.upgrade(alembic_config(service, bound), "head"))
        for file in current_texts(service.name, service.rooms):
            await _as_it_stands(connection, file.read_text())
    await engine.dispose()
    direct = await asyncpg.connect(**owner)
    try:
        async with direct.transaction():
            await files.load(direct, files.read(service.policy_files))
            await stamp(direct, settings)
    finally:
        await direct.close()


def alembic_config(service: Service, connection: Connection | None = None) -> Config:
    """The Alembic configuration of a service's own history."""
    config = Config()
    config.set_main_option("script_location", str(service.folder / "database" / "migrations"))
    config.attributes["connection"] = connection
    return config


async def _as_it_stands(connection: AsyncConnection, script: str) -> None:
    """Several statements in which ``%`` and ``:`` mean themselves."""
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert driver is not None
    await driver.execute(script)


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
