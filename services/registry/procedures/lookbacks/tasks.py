"""Households that a round has still to look at, and results that wait for a signature, as tasks of their offices."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.lookbacks import queries
from services.registry.procedures.lookbacks.records import signatures_of
from shared.tasks.records import Asked, Subject, Task

# Who may record results, as the row of that call in the access matrix says.
_RECORDING = frozenset({"village_cadre", "town_cadre", "county_office"})


async def households(session: AsyncSession, asked: Asked) -> list[Task]:
    """Households of open rounds without a result, until the last day of the round."""
    if not asked.wants("village", _RECORDING):
        return []
    return [
        Task(
            id=row.id,
            kind="lookback_household",
            subject=Subject("household", row.id),
            division=row.division,
            level="village",
            due_on=row.due_on,
            zh="回头看：待入户核查",
            en="a look-back: to be checked on the spot",
            path=f"/rounds/{row.round_id}/households",
        )
        for row in await session.execute(queries.UNCHECKED, asked.place())
    ]


async def signatures(session: AsyncSession, asked: Asked) -> list[Task]:
    """Results whose next signature is due, until the last day of the round; not the caller's are those on which they
    have worked.
    """
    found: list[Task] = []
    me = {"mine": asked.mine, "me": asked.caller.subject.strip().casefold()}
    for level in ("village", "town", "county"):
        for row in await session.execute(queries.UNSIGNED, asked.place() | me | {"level": level}):
            due = signatures_of(row.steps)[row.signed]
            if asked.wants(level, due.roles):
                found.append(
                    Task(
                        id=row.id,
                        kind="lookback_signature",
                        subject=Subject("household", row.household_id),
                        division=row.division,
                        level=level,
                        due_on=row.due_on,
                        zh=f"回头看：待{due.zh}",
                        en=f"a look-back: to be {due.en}",
                        path=f"/rounds/{row.round_id}/results",
                    )
                )
    return found
