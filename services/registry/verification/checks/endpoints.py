"""Audits of the register 数据核查 over HTTP: the rules, runs, what they found, one household at once."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.registry.register.households.viewers import note_viewers
from services.registry.verification.checks import doubting, results, service
from services.registry.verification.checks.schemas import (
    Count,
    DataYear,
    Difference,
    DoubtsIn,
    DoubtsStarted,
    Finding,
    RuleId,
    RuleRow,
    Run,
    RunIn,
    RunRow,
    RunStarted,
)
from shared.database.session import caller_of
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.runtime import runtime_of
from shared.names.divisions import Division
from shared.time import clock

router = APIRouter(tags=["audits"], route_class=UnitRoute)
_WIDTHS = {"county": 6, "town": 9, "village": 12}


@router.get("/audit-rules")
async def rules(
    session: Session, division: Division | None = None, data_year: DataYear | None = None
) -> list[RuleRow]:
    """The rules in force for a data year (this one by default), with a division's thresholds."""
    today = await clock.today(session)
    return await service.listed(session, division or caller_of(session).division, data_year or today.year, today)


@router.post("/audit-runs", status_code=202)
async def start(session: Session, request: Request, response: Response, body: RunIn) -> RunStarted:
    """Audit a division: all rules in force, or some of them. Its job says how far it is."""
    await service.start(session, body)
    where = f"{request.scope['root_path']}/jobs/{body.id}"
    response.headers["Location"] = where
    return RunStarted(id=body.id, job=where)


@router.get("/audit-runs")
async def runs(
    session: Session, division: Division | None = None, limit: paging.Limit = 100, cursor: paging.Cursor = None
) -> paging.Page[RunRow]:
    """Runs, by division and id."""
    low = division or caller_of(session).division
    found = await results.runs(session, low, paging.decode(cursor, 2), limit + 1)
    return paging.by_division([RunRow.model_validate(row) for row in found], limit)


@router.get("/audit-runs/{run_id}")
async def run(session: Session, run_id: UUID) -> Run:
    """A run: rule set, policies, how far it is, what it found in all."""
    found = await results.run(session, run_id)
    if found is None:
        raise service.NoSuchRun(field="run_id")
    return Run.model_validate(found)


@router.get("/audit-runs/{run_id}/findings")
async def findings(
    session: Session,
    run_id: UUID,
    division: Division | None = None,
    rule: Annotated[RuleId | None, Query()] = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[Finding]:
    """What a run found, by division and household; of one rule where one is named."""
    low = division or await service.division_of(session, run_id)
    found = await results.findings(session, run_id, low, paging.decode(cursor, 4), limit + 1, rule=rule)
    return await _page(session, found, limit)


@router.get("/audit-runs/{run_id}/counts")
async def counts(
    session: Session,
    run_id: UUID,
    division: Division | None = None,
    by: Literal["county", "town", "village"] = "village",
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[Count]:
    """How often each rule is broken, by division."""
    low = division or await service.division_of(session, run_id)
    found = await results.counts(session, run_id, low, _WIDTHS[by], paging.decode(cursor, 2), limit + 1)
    rows = [Count.model_validate(row) for row in found]
    last = rows[limit - 1] if len(rows) > limit else None
    return paging.page(rows, limit, [last.division, last.rule] if last else None)


@router.get("/audit-runs/{run_id}/comparison")
async def comparison(
    session: Session, run_id: UUID, earlier: UUID, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[Difference]:
    """A run beside an earlier one, rule by rule: new, gone, still there."""
    for id in (run_id, earlier):
        await service.division_of(session, id)
    found = await results.compared(session, run_id, earlier, paging.decode(cursor, 1), limit + 1)
    rows = [Difference.model_validate(row) for row in found]
    return paging.page(rows, limit, [rows[limit - 1].rule] if len(rows) > limit else None)


@router.get("/audit-runs/{run_id}/differences")
async def differences(
    session: Session,
    run_id: UUID,
    earlier: UUID,
    kind: Literal["new", "gone", "still"] = "new",
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[Finding]:
    """Which findings are new in a run, gone since an earlier one, or still there."""
    low = await service.division_of(session, run_id)
    before = await service.division_of(session, earlier)
    mine, other, within = (earlier, run_id, before) if kind == "gone" else (run_id, earlier, low)
    after = paging.decode(cursor, 4)
    found = await results.difference(session, mine, other, within, after, limit + 1, both=kind == "still")
    return await _page(session, found, limit)


@router.post("/audit-runs/{run_id}/doubts", status_code=202)
async def doubts(
    session: Session, request: Request, response: Response, run_id: UUID, body: DoubtsIn
) -> DoubtsStarted:
    """Have the findings of some rules looked at: each becomes a doubt 疑点, once."""
    id = await doubting.start(session, run_id, body.rules)
    where = f"{request.scope['root_path']}/jobs/{id}"
    response.headers["Location"] = where
    return DoubtsStarted(job=where)


@router.get("/households/{household_id}/findings")
async def of_household(
    session: Session, request: Request, household_id: UUID, data_year: DataYear | None = None
) -> list[Finding]:
    """What a household breaks as it is now: the conditions of a run, at once."""
    return await service.of_household(session, runtime_of(request).keys, household_id, data_year)


async def _page(session: Session, found: list[Any], limit: int) -> paging.Page[Finding]:
    """The findings, and on record whom they show."""
    await note_viewers(session, "read", [(row.household_id, row.division) for row in found[:limit]])
    last = found[limit - 1] if len(found) > limit else None
    return paging.page([service.worded(row) for row in found], limit, results.place(last) if last else None)
