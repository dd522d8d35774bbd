"""Open a round, find it, close it."""

import json
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.lookbacks import rules
from services.registry.procedures.lookbacks.records import ROUND, Round, rounds_of
from services.registry.procedures.lookbacks.schemas import RoundIn
from shared import policy
from shared.database.session import caller_of
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
