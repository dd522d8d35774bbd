"""Doubts that wait at a desk, as tasks of its office."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.doubts import queries
from services.registry.verification.doubts.catalogue import STATUSES
from shared.tasks.records import Asked, Office, Subject, Task

# Who takes the next step at each desk, as the rows of those calls in the access matrix say.
_DESKS: Mapping[Office, frozenset[str]] = MappingProxyType(
    {
        "village": frozenset({"village_cadre", "town_cadre"}),
        "town": frozenset({"town_cadre"}),
        "county": frozenset({"county_office"}),
    }
)


async def tasks(session: AsyncSession, asked: Asked) -> list[Task]:
    """What waits at the desks; not the caller's is what they have had a part in and may not review or close."""
    found: list[Task] = []
    for desk, roles in _DESKS.items():
        if asked.wants(desk, roles):
            me = {"mine": asked.mine, "me": asked.caller.subject.strip().casefold()}
            for row in await session.execute(queries.TASKS, asked.place() | me | {"desk": desk}):
                waits = STATUSES[row.status]
                zh, en = waits.zh, waits.en
                found.append(
                    Task(
                        id=row.id,
                        kind="doubt",
                        subject=Subject("household", row.household_id) if row.household_id else None,
                        division=row.division,
                        level=desk,
                        due_on=row.due_on,
                        zh=f"疑点{zh}",
                        en=f"a doubt: {en}",
                        path=f"/doubts/{row.id}",
                    )
                )
    return found
