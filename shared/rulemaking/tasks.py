"""Proposals that wait for a second person."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from shared.rulemaking import queries
from shared.tasks.records import Asked, Task

MAY_APPROVE = frozenset({"county_office", "county_leader"})


async def proposals(session: AsyncSession, asked: Asked) -> Sequence[Task]:
    """Policies that are to be approved before the day from which they are to hold, by others than their proposers."""
    if not asked.wants("county", MAY_APPROVE):
        return []
    return [
        Task(
            one.id,
            "policy",
            None,
            one.division,
            "county",
            one.valid_from,
            f"政策参数待审批：{one.zh}",
            f"a policy is to be approved: {one.en}",
            f"/policies?key={one.key}",
        )
        for one in await queries.waiting(session, asked.place() | {"me": asked.caller.subject.strip().casefold()})
    ]
