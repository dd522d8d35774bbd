"""Differences of a list that are to be decided, as tasks of the towns where they are and of the county."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.reconciliations import queries
from shared.security.access import LEVELS
from shared.tasks.records import Asked, Office, Task

_OFFICES: Mapping[Office, frozenset[str]] = MappingProxyType(
    {"town": frozenset({"town_cadre"}), "county": frozenset({"county_office"})}
)


async def tasks(session: AsyncSession, asked: Asked) -> list[Task]:
    """The lists of which something is to be decided in a place, by the day by which it should be."""
    found: list[Task] = []
    for level, roles in _OFFICES.items():
        if asked.wants(level, roles):
            found += [
                Task(
                    id=row.id,
                    kind="reconciliation",
                    subject=None,
                    division=row.division,
                    level=level,
                    due_on=row.due_on,
                    zh=f"月度核对：{row.households}户与国家系统名单不同，待处理",
                    en=f"{row.households} households differ from the national system's list",
                    path=f"/reconciliations/{row.id}",
                )
                for row in await session.execute(queries.TASKS, asked.place() | {"digits": LEVELS[level]})
            ]
    return found
