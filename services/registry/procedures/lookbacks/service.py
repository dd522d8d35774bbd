"""Open and close rounds, and show them: lists, work lists, how far each village is, the report."""

import json
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.lookbacks import queries, rules
from services.registry.procedures.lookbacks.records import ROUND, Round, rounds_of
from services.registry.procedures.lookbacks.schemas import (
    Effect,
    ResultRow,
    RoundIn,
    RoundReport,
    RoundRow,
    ScopeRow,
    VillageProgress,
)
from services.registry.register.households.names import household_names
from shared import policy
from shared.database.session import caller_of, reach
from shared.households.schemas import told
from shared.http import paging
from shared.names.divisions import within
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock

_SCOPE = text("""
    INSERT INTO lookback_household (round_id, household_id, division, status, size)
    SELECT :id, id, division, status, size FROM household
    WHERE division >= :low AND division < :high AND status = ANY(:statuses)
""")
_OPEN = text(f"""
    INSERT INTO lookback_round (id, division, name, ground, statuses, starts_on, ends_on, in_scope, steps, evidence,
        policies, opened_by)
    SELECT :id, :division, :name, :ground, :statuses, :starts_on, :ends_on, count(*), CAST(:steps AS jsonb),
        :evidence, CAST(:policies AS jsonb), :actor
    FROM household WHERE division >= :low AND division < :high AND status = ANY(:statuses)
    RETURNING {ROUND}
""")  # noqa: S608 (our own words)
_ROUND = text(f"SELECT {ROUND} FROM lookback_round WHERE id = :id")  # noqa: S608 (our own words)
_ENTER = text("SELECT enter_round(:id, :alone)")
_MISSING = text("""
    SELECT (SELECT count(*) FROM lookback_household h WHERE h.round_id = :id AND NOT EXISTS (
            SELECT FROM lookback_result r WHERE r.round_id = h.round_id AND r.household_id = h.household_id
                AND r.status = 'confirmed')) AS open,
        (SELECT count(*) FROM lookback_result r WHERE r.round_id = :id AND r.status = 'recorded') AS waiting
""")
_CLOSE = text(f"""
    UPDATE lookback_round SET status = 'closed', closed_at = business_now(), closed_by = :actor
    WHERE id = :id AND status = 'open' RETURNING {ROUND}
""")  # noqa: S608 (our own words)


async def open_round(session: AsyncSession, body: RoundIn) -> Round:
    """Open a round: the households in scope are listed as they stand now."""
    caller, today = caller_of(session), await clock.today(session)
    if not caller.covers(body.division):
        raise DivisionForbidden(field="division")
    used = [
        await policy.resolve(session, key, body.division, today)
        for key in ("lookback.signatures", "lookback.evidence")
    ]
    bound = body.model_dump() | {
        **within(body.division),
        "steps": json.dumps(used[0].value, ensure_ascii=False),
        "evidence": used[1].value,
        "policies": json.dumps([one.reference() for one in used]),
        "actor": caller.subject,
    }
    (row,) = rounds_of(await session.execute(_OPEN, bound))
    await session.execute(_SCOPE, bound)
    audit.record(session, "round.opened", "round", row.id, row.division, after={"in_scope": row.in_scope})
    return row


async def found(session: AsyncSession, id: UUID) -> Round:
    """A round in whose division the caller works, or that lies in the caller's. Raises NoSuchRound."""
    rounds = rounds_of(await session.execute(_ROUND, {"id": id}))
    if not rounds:
        raise rules.NoSuchRound(field="round_id")
    return rounds[0]


async def entered(session: AsyncSession, id: UUID) -> Round:
    """A round to work in: it stays open until this transaction ends. Raises RoundClosed, RoundNotBegun."""
    await session.execute(_ENTER, {"id": id, "alone": False})
    row = await found(session, id)
    if row.status != "open":
        raise rules.RoundClosed(field="round_id", rule="open")
    if (await clock.today(session)) < row.starts_on:
        raise rules.RoundNotBegun(field="round_id", rule="begun", starts_on=row.starts_on)
    return row


async def close_round(session: AsyncSession, id: UUID) -> Round:
    """Close a round in which every household has a confirmed result. Raises RoundIncomplete."""
    await session.execute(_ENTER, {"id": id, "alone": True})
    row = await found(session, id)
    if row.status != "open":
        raise rules.RoundClosed(field="round_id", rule="open")
    missing = (await session.execute(_MISSING, {"id": id})).one()
    if missing.open or missing.waiting:
        raise rules.RoundIncomplete(
            field="round_id", rule="every household", open=missing.open, waiting=missing.waiting
        )
    closed = rounds_of(await session.execute(_CLOSE, {"id": id, "actor": caller_of(session).subject}))
    if not closed:
        raise DivisionForbidden(field="round_id")
    audit.record(session, "round.closed", "round", id, row.division)
    return closed[0]


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
    await found(session, round_id)
    page = await paging.of_division(
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
    return await told(session, page, lambda row: row.household_id, household_names)


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
    await found(session, round_id)
    page = await paging.of_division(
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
    return await told(session, page, lambda row: row.household_id, household_names)


async def progress(session: AsyncSession, round_id: UUID, division: str | None) -> list[VillageProgress]:
    """How far each village is. Raises NoSuchRound."""
    await found(session, round_id)
    rows = await session.execute(queries.PROGRESS, reach(session, division) | {"round": round_id})
    return [VillageProgress.model_validate(row) for row in rows]


async def report(session: AsyncSession, round_id: UUID, division: str | None) -> RoundReport:
    """A round in numbers: its results, and what they did to the register by reason. Raises NoSuchRound."""
    round = await found(session, round_id)
    bound = reach(session, division) | {"round": round_id}
    effects = [Effect.model_validate(row) for row in await session.execute(queries.EFFECTS, bound)]
    return RoundReport(
        round=RoundRow.model_validate(round),
        confirmed=sum(one.results for one in effects),
        open=(await session.execute(queries.STRAY, bound)).scalar_one(),
        effects=effects,
        agrees=all(one.changes == (one.results if one.result in rules.CHANGES else 0) for one in effects),
    )
