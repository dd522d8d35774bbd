"""Tell the present state of a noun again: snapshot events through the outbox, for consumers that start late."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import Database
from shared.events import outbox
from shared.events.contracts import SNAPSHOT, Aggregate, EventData
from shared.security.auth import system

BATCH = 500


@dataclass(frozen=True, slots=True)
class Present:
    """One aggregate as it is: what its next event would carry."""

    subject: UUID
    key: UUID
    sequence: int
    data: EventData


# Up to ``limit`` aggregates whose id follows ``after`` (None: from the first), by id, locked against change.
Snapshot = Callable[[AsyncSession, UUID | None, int], Awaitable[list[Present]]]


async def republish(database: Database, noun: Aggregate, snapshot: Snapshot) -> AsyncIterator[int]:
    """Send snapshots in keyset batches, each a transaction; yields how many after each batch."""
    after: UUID | None = None
    while True:
        async with database.transaction(system(database.service), purpose="republish") as session:
            batch = await snapshot(session, after, BATCH)
            for present in batch:
                outbox.publish(
                    session,
                    noun,
                    SNAPSHOT,
                    present.data,
                    key=present.key,
                    sequence=present.sequence,
                    subject=present.subject,
                )
        if not batch:
            return
        after = batch[-1].subject
        yield len(batch)
