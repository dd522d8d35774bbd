"""Imports that wait for a release, as tasks of the offices that may release them."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.imports import queries
from shared.tasks.records import Asked, Office, Task

# Who releases at each level, as the row of that call in the access matrix says.
_RELEASERS: Mapping[Office, frozenset[str]] = MappingProxyType(
    {
        "town": frozenset({"town_cadre", "county_office", "county_leader"}),
        "county": frozenset({"county_office", "county_leader"}),
    }
)
_LEVELS: Mapping[Office, list[str]] = MappingProxyType({"town": ["village", "town"], "county": ["county"]})


async def tasks(session: AsyncSession, asked: Asked) -> list[Task]:
    """What waits at each level; not for whoever has sent the file or asked for it."""
    found: list[Task] = []
    for level, roles in _RELEASERS.items():
        if asked.wants(level, roles):
            bound = asked.place() | {"levels": _LEVELS[level], "me": asked.caller.subject.strip().casefold()}
            for row in await session.execute(queries.TASKS, bound):
                zh, en = ("首次建档", "a first load") if row.first_load else ("批量导入", "an import")
                found.append(
                    Task(
                        id=row.id,
                        kind="import",
                        subject=None,
                        division=row.division,
                        level=level,
                        due_on=row.due_on,
                        zh=f"待批准：{zh}{row.created}户{row.persons}人",
                        en=f"to be released by another person: {en} of {row.created} households",
                        path=f"/imports/{row.id}",
                    )
                )
    return found
