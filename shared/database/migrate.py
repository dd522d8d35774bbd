"""Databases, roles, migrations and policies of a service: everything that ``tuopin migrate`` does.

A service has three roles: ``<service>_owner`` owns every table and runs migrations, ``<service>_api`` is confined
by row-level security, ``<service>_worker`` sees every division (and may become ``api`` for work that somebody
asked for). Neither of the last two owns anything.
"""

from pathlib import Path
from typing import Any, Protocol

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.util import await_only

from shared import policy
from shared.policy import load as policy_load
from shared.service import Service
from shared.settings import Settings

FOUNDATION = Path(__file__).parent / "foundation"


class Operations(Protocol):
    """The part of Alembic's ``op`` that the helpers here need."""

    def execute(self, sql: str) -> Any: ...

    def get_bind(self) -> Connection: ...


class DemonstrationDatabase(RuntimeError):
    """A production process met a database that lives on simulated time."""


def foundation(op: Operations, service: str, version: str = "v1") -> None:
    """The shared tables, with their rights (the first migration of every service)."""
    run_sql(op, (FOUNDATION / f"{version}.sql").read_text())
    for table, rights in {
        "simulated_clock": "SELECT, UPDATE",
        "outbox": "SELECT, INSERT, DELETE",
        "inbox": "SELECT, INSERT, DELETE",
        "parked": "SELECT, INSERT, UPDATE, DELETE",
        "idempotency": "SELECT, INSERT, UPDATE, DELETE",
        "policy": "SELECT, UPDATE (used_at)",
    }.items():
        op.execute(f"GRANT {rights} ON {table} TO {service}_api, {service}_worker")
    grant(op, service, "alembic_version", rights="SELECT")
    secure(op, service, "audit_entry", rights="SELECT, INSERT")
    secure(op, service, "job", rights="SELECT, INSERT, UPDATE")


def secure(op: Operations, service: str, table: str, *, rights: str = "SELECT, INSERT, UPDATE") -> None:
    """Row-level security by division prefix on a table with a ``division`` column, and its rights.

    The range form is the one that becomes an index condition; ``nullif`` shows nothing where no scope was opened.
    """
    prefix = "nullif(current_setting('app.division', true), '')"
    inside = f"division >= {prefix} AND division < {prefix} || ':'"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_division ON {table} TO {service}_api USING ({inside}) WITH CHECK ({inside})")
    op.execute(f"CREATE POLICY everywhere ON {table} TO {service}_worker USING (true) WITH CHECK (true)")
    grant(op, service, table, rights=rights)


def grant(op: Operations, service: str, table: str, *, rights: str = "SELECT, INSERT, UPDATE") -> None:
    """Rights on a table without a division (no row of it tells anything of a person)."""
    op.execute(f"GRANT {rights} ON {table} TO {service}_api, {service}_worker")


def append_only(op: Operations, table: str) -> None:
    """Rows are written once: even the owner's UPDATE, DELETE or TRUNCATE is refused."""
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )


def run_sql(op: Operations, script: str) -> None:
    """A script of several statements, as it stands (``%`` and ``:`` in it mean themselves)."""
    connection = op.get_bind()
    connection.exec_driver_sql("SELECT 1")  # the driver begins its transaction with the first statement
    driver = connection.connection.driver_connection
    assert driver is not None
    await_only(driver.execute(script))


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

    async def connect() -> Any:
        return await asyncpg.connect(**owner)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect)
    async with engine.begin() as connection:
        await connection.run_sync(lambda bound: command.upgrade(alembic_config(service, bound), "head"))
    await engine.dispose()
    direct = await asyncpg.connect(**owner)
    try:
        async with direct.transaction():
            await policy_load.load(direct, policy.read(service.folder / "policies"))
            await stamp(direct, settings)
    finally:
        await direct.close()


async def stamp(connection: asyncpg.Connection, settings: Settings) -> None:
    """Mark a demonstration's database; refuse production on a marked one. Raises DemonstrationDatabase."""
    if settings.simulated:
        await connection.execute(
            "INSERT INTO simulated_clock (now) VALUES ($1) ON CONFLICT DO NOTHING",
            settings.simulation_begins,
        )
    elif await connection.fetchval("SELECT EXISTS (SELECT FROM simulated_clock)"):
        raise DemonstrationDatabase("this database lives on simulated time: production does not start on it")


def alembic_config(service: Service, connection: Connection | None = None) -> Config:
    """The Alembic configuration of a service's own history."""
    config = Config()
    config.set_main_option("script_location", str(service.folder / "migrations"))
    config.attributes["connection"] = connection
    return config


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
