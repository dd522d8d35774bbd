"""One database per service, and the one way to a transaction in it.

Two ways lead in: ``Database.transaction`` (SQLAlchemy, for the many commands where a person waits for one
answer) and ``Database.pool`` (bare asyncpg, for the few hot statements, which are SQL functions that open their
own scope). Both open with ``app_open``: the caller's division for row-level security and the business moment.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction

from shared.database.together import Arguments, Together
from shared.names.divisions import within
from shared.security import audit
from shared.security.auth import Caller
from shared.security.crypto import KeyRing
from shared.settings import Settings
from shared.time import clock

# What a room of a service calls of the rooms above it when something of its own has changed, by what has changed.
Consequence = Callable[[AsyncSession, Any], Awaitable[None]]
Consequences = Mapping[str, Sequence[Consequence]]
_OPEN = text("SELECT app_open(:division, CAST(:now AS timestamptz))")


class ScopedSession(Session):
    """A session whose every transaction begins inside its caller's scope: no statement can come before it."""


@event.listens_for(ScopedSession, "after_begin")
def _open_scope(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if transaction.nested:
        return
    info = session.info
    if info.get("confined"):
        connection.exec_driver_sql(f"SET LOCAL ROLE {info['service']}_api")
    moment = None if info["simulated"] else info.get("now") or clock.wall()
    info["now"] = connection.execute(_OPEN, {"division": info["caller"].division, "now": moment}).scalar_one()


async def _keep(connection: asyncpg.Connection) -> None:
    """Nothing outlives a transaction here (no session SET, LISTEN or advisory lock), so nothing is reset."""


class Database:
    """A service's database as one login role sees it: ``api`` (confined by row-level security) or ``worker``.

    Its transactions carry the ``consequences`` of the service; without them nothing is changed that has any.
    """

    engine: AsyncEngine
    pool: "asyncpg.Pool[asyncpg.Record]"

    def __init__(self, service: str, role: str, settings: Settings, consequences: Consequences | None = None) -> None:
        self.service, self.role, self.simulated = service, role, settings.simulated
        self.settings, self.consequences = settings, consequences
        self._size = settings.db_pool
        self._together: dict[tuple[str, str], Together] = {}
        self.connect_args: dict[str, Any] = {
            "host": settings.db_host,
            "port": settings.db_port,
            "database": settings.db_prefix + service,
            "user": f"{service}_{role}",
            "password": settings.password(role),
        }

    async def start(self) -> None:
        """Open the pools. Raises where the database cannot be reached."""
        self.pool = await asyncpg.create_pool(
            **self.connect_args, min_size=1, max_size=self._size, reset=_keep, init_size=1
        )
        self.engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self._connect,
            pool_size=self._size,
            max_overflow=0,
            pool_recycle=1800,
        )

    async def _connect(self) -> Any:
        return await asyncpg.connect(**self.connect_args)

    async def close(self) -> None:
        await self.engine.dispose()
        await self.pool.close()

    @property
    def moment(self) -> datetime | None:
        """What a hot SQL function gives ``app_open``: the wall's moment, or None for the simulated clock's."""
        return None if self.simulated else clock.wall()

    async def together(self, statement: str, division: str, *arguments: object) -> Arguments:
        """What a hot function answers to one call within a division's scope, made together with those that wait.

        It takes the division, the moment and an array for each argument; it answers one row of arrays, in order.
        """
        asking = self._together.get((statement, division))
        if asking is None:

            async def call(lot: Sequence[Arguments]) -> Sequence[Arguments]:
                columns = [list(column) for column in zip(*lot, strict=True)]
                # Whoever asks gives up by then; without an end a silent connection would keep everybody waiting.
                end = self.settings.request_seconds
                row = await self.pool.fetchrow(statement, division, self.moment, *columns, timeout=end)
                return list(zip(*row, strict=True))

            asking = self._together[statement, division] = Together(call)
        return await asking.ask(*arguments)

    @asynccontextmanager
    async def transaction(self, caller: Caller, **info: object) -> AsyncIterator[AsyncSession]:
        """One transaction as a caller: committed when the block ends, undone when it raises.

        ``confined=True`` makes a worker's transaction as narrow as its caller's own would be.
        Nothing is opened before the first statement. Audit entries and then events are written last, so the
        outbox's order is that of the locks that the block took.
        """
        async with AsyncSession(
            self.engine,
            sync_session_class=ScopedSession,
            expire_on_commit=False,
            info={
                "caller": caller,
                "simulated": self.simulated,
                "service": self.service,
                "settings": self.settings,
                "consequences": self.consequences,
            }
            | info,
        ) as session:
            yield session
            await session.flush()
            await audit.flush(session)
            for write in session.info.get("last", ()):
                await write(session)
            await session.commit()


@asynccontextmanager
async def attempt(session: AsyncSession) -> AsyncIterator[None]:
    """What the block does is undone as a whole where it raises, with what it has put on record; the transaction
    goes on.
    """
    noted = {name: list(session.info.get(name, ())) for name in ("audit", "outbox")}
    try:
        async with session.begin_nested():
            yield
    except BaseException:
        session.info.update(noted)
        raise


def write_last(session: AsyncSession, write: Callable[[AsyncSession], Awaitable[None]]) -> None:
    """Call ``write`` when everything else of this transaction is written, right before it commits."""
    session.info.setdefault("last", {})[write] = None


def caller_of(session: AsyncSession) -> Caller:
    """On whose behalf this transaction runs."""
    caller: Caller = session.info["caller"]
    return caller


def reach(session: AsyncSession, division: str | None = None) -> dict[str, str]:
    """The range of a division, or of the caller's own where none is named, as ``low`` and ``high`` of a statement."""
    return within(division or caller_of(session).division)


def consequences_of(session: AsyncSession, changed: str) -> Sequence[Consequence]:
    """What follows in other rooms of the service when something of this name has changed."""
    consequences: Consequences | None = session.info["consequences"]
    assert consequences is not None, "this database was opened without the service's consequences"
    return consequences.get(changed, ())


def keys_of(session: AsyncSession) -> KeyRing:
    """The field keys of this installation, in jobs and subscriptions."""
    keys: KeyRing = session.info["keys"]
    return keys


async def raw(session: AsyncSession) -> asyncpg.Connection:
    """The driver's connection of this transaction, for COPY and set-based SQL."""
    connection = await session.connection()
    proxied = await connection.get_raw_connection()
    driver: asyncpg.Connection | None = proxied.driver_connection
    assert driver is not None
    return driver
