"""Rounds as they are looked at: lists, work lists, how far each village is, the report."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.lookbacks import queries, rules, service
from services.registry.procedures.lookbacks.schemas import (
    Effect,
    ResultRow,
    RoundReport,
    RoundRow,
    ScopeRow,
    VillageProgress,
)
from shared.database.session import reach
from shared.http import paging


async def rounds(session: AsyncSession, status: str | None, limit: int, cursor: str | None) -> paging.Page[RoundRow]:
    """Rounds of the caller's division and of the county above it."""
    division, id = paging.decode(cursor, 2) or paging.FIRST
    bound = {"division": division, "id": id, "status": status, "limit": limit + 1}
    found = await session.execute(queries.ROUNDS, bound)
    return paging.by_division([RoundRow.model_validate(row) for row in found], limit)


async def households(
    session: AsyncSession, round_id: UUID, division: str | None, state: str | None, limit: int, cursor: str | None
) -> paging.Page[ScopeRow]:
    """The households in scope by division. Raises NoSuchRound."""
    await service.found(session, round_id)
    return await paging.of_division(
        session,
        queries.SCOPE,
        ScopeRow,
        division=division,
        limit=limit,
        cursor=cursor,
        by={"division": "", "household_id": paging.NIL},
        round=round_id,
        state=state,
    )


async def results(
    session: AsyncSession,
    round_id: UUID,
    division: str | None,
    *,
    result: str | None,
    state: str | None,
    limit: int,
    cursor: str | None,
) -> paging.Page[ResultRow]:
    """Results with their signatures and the change that each made. Raises NoSuchRound."""
    await service.found(session, round_id)
    return await paging.of_division(
        session,
        queries.RESULTS,
        ResultRow,
        division=division,
        limit=limit,
        cursor=cursor,
        round=round_id,
        result=result,
        state=state,
    )


async def progress(session: AsyncSession, round_id: UUID, division: str | None) -> list[VillageProgress]:
    """How far each village is. Raises NoSuchRound."""
    await service.found(session, round_id)
    found = await session.execute(queries.PROGRESS, reach(session, division) | {"round": round_id})
    return [VillageProgress.model_validate(row) for row in found]


async def report(session: AsyncSession, round_id: UUID, division: str | None) -> RoundReport:
    """A round in numbers: its results, and what they did to the register by reason. Raises NoSuchRound."""
    round = await service.found(session, round_id)
    bound = reach(session, division) | {"round": round_id}
    effects = [Effect.model_validate(row) for row in await session.execute(queries.EFFECTS, bound)]
    return RoundReport(
        round=RoundRow.model_validate(round),
        confirmed=sum(one.results for one in effects),
        open=(await session.execute(queries.STRAY, bound)).scalar_one(),
        effects=effects,
        agrees=all(one.changes == (one.results if one.result in rules.CHANGES else 0) for one in effects),
    )
