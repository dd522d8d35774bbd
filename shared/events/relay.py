"""From the outbox to the transport: rows vanish only in the transaction that saw the acknowledgement.

Two relays at once can at most send twice, which the consumers' inbox absorbs. Rows are taken in the order of their
ids but never by a remembered id: ids are handed out before commits.
"""

import asyncio
import json

import asyncpg
import structlog

from shared.database.errors import is_infrastructure
from shared.database.session import Database
from shared.events.envelope import Record, binary_headers
from shared.events.handlers import source_of
from shared.events.metrics import OUTBOX_BACKLOG, RELAYED
from shared.events.transport import Transport
from shared.settings import Settings
from shared.time.patience import Patience, wake

BATCH = 500
_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('relay'))"
_TAKE = f"SELECT id, event_id, topic, key, type, payload, headers FROM outbox ORDER BY id LIMIT {BATCH}"  # noqa: S608 (a constant)
_DROP = "DELETE FROM outbox WHERE id = ANY($1)"
_log = structlog.get_logger()


class Relay:
    """A service's relay; one runs at a time, the others wait for its advisory lock."""

    def __init__(self, database: Database, transport: Transport, settings: Settings) -> None:
        self._database, self._transport, self._settings = database, transport, settings

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until told to stop. A transport that times out ends the worker: its producer cannot be trusted."""
        patience = Patience(self._settings.relay_idle, self._settings.idle_most)
        while not stop.is_set():
            try:
                sent = await self.once()
            except Exception as error:
                if not is_infrastructure(error):
                    raise
                _log.warning("relay.database_away", error=type(error).__name__)
                await asyncio.sleep(self._settings.retry_pause)
                continue
            if sent:
                wake()  # the local bus has done it: jobs and events may follow
            if sent < BATCH:
                await patience.wait(stop)

    async def once(self) -> int:
        """Relay one batch; answers how many records were acknowledged and dropped."""
        async with self._database.pool.acquire() as connection, connection.transaction():
            if not await connection.fetchval(_LOCK):
                return 0
            rows = await connection.fetch(_TAKE)
            OUTBOX_BACKLOG.labels(self._database.service).set(len(rows))
            if not rows:
                return 0
            await self._transport.send([_record(row, self._database.service) for row in rows])
            await connection.execute(_DROP, [row["id"] for row in rows])
        RELAYED.labels(self._database.service).inc(len(rows))
        return len(rows)


def _record(row: asyncpg.Record, service: str) -> Record:
    stored = json.loads(row["headers"])
    headers = binary_headers(
        id=str(row["event_id"]),
        type=row["type"],
        source=source_of(service),
        subject=stored["subject"],
        time=stored["time"],
        key=row["key"],
        sequence=stored["sequence"],
        traceparent=stored.get("traceparent"),
    )
    return Record(row["topic"], row["key"], row["payload"], headers)
