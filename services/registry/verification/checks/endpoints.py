"""Data checks 数据核查 of the register: the rules, runs, what they found, one household at once."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.registry.verification.checks import queries, service
from services.registry.verification.checks.schemas import (
    CheckIn,
    CheckRow,
    CheckState,
    CountRow,
    DataYear,
    DifferenceRow,
    DoubtsIn,
    Finding,
    RuleId,
    RuleRow,
)
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.runtime import runtime_of
from shared.jobs.endpoints import accepted
from shared.jobs.schemas import Accepted
from shared.names.divisions import Division

router = APIRouter(tags=["data checks"], route_class=UnitRoute)
_WIDTHS = {"county": 6, "town": 9, "village": 12}


@router.get("/data-check-rules")
async def rules(
    session: Session, division: Division | None = None, data_year: DataYear | None = None
) -> list[RuleRow]:
    """The rules in force for a data year (this one by default), with a division's thresholds."""
    return await service.rules_in_force(session, division, data_year)


@router.post("/data-checks", status_code=202)
async def start(session: Session, request: Request, response: Response, body: CheckIn) -> Accepted:
    """Check a division: all rules in force, or some of them. Its job says how far it is."""
    await service.start(session, body)
    return accepted(request, response, body.id, body.id)


@router.get("/data-checks")
async def checks(
    session: Session, division: Division | None = None, limit: paging.Limit = 100, cursor: paging.Cursor = None
) -> paging.Page[CheckRow]:
    """Runs, by division and id."""
    return await paging.of_division(session, queries.LIST, CheckRow, division=division, limit=limit, cursor=cursor)


@router.get("/data-checks/{check_id}")
async def check(session: Session, check_id: UUID) -> CheckState:
    """A run: rule set, policies, how far it is, what it found in all."""
    return await service.state(session, check_id)


@router.get("/data-checks/{check_id}/findings")
async def findings(
    session: Session,
    check_id: UUID,
    division: Division | None = None,
    rule: Annotated[RuleId | None, Query()] = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[Finding]:
    """What a run found, by division and household; of one rule where one is named."""
    place = division or (await service.find(session, check_id)).division
    found = await queries.findings(session, check_id, place, paging.decode(cursor, 4), limit + 1, rule=rule)
    return await service.page(session, found, limit)


@router.get("/data-checks/{check_id}/counts")
async def counts(
    session: Session,
    check_id: UUID,
    division: Division | None = None,
    by: Literal["county", "town", "village"] = "village",
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[CountRow]:
    """How often each rule is broken, by division."""
    place = division or (await service.find(session, check_id)).division
    found = await queries.counts(session, check_id, place, _WIDTHS[by], paging.decode(cursor, 2), limit + 1)
    rows = [CountRow.model_validate(one) for one in found]
    return paging.page(rows, limit, lambda last: [last.division, last.rule])


@router.get("/data-checks/{check_id}/comparison")
async def comparison(
    session: Session, check_id: UUID, earlier: UUID, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[DifferenceRow]:
    """A run beside an earlier one, rule by rule: new, gone, still there."""
    for id in (check_id, earlier):
        await service.find(session, id)
    found = await queries.compared(session, check_id, earlier, paging.decode(cursor, 1), limit + 1)
    rows = [DifferenceRow.model_validate(one) for one in found]
    return paging.page(rows, limit, lambda last: [last.rule])


@router.get("/data-checks/{check_id}/differences")
async def differences(
    session: Session,
    check_id: UUID,
    earlier: UUID,
    kind: Literal["new", "gone", "still"] = "new",
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[Finding]:
    """Which findings are new in a run, gone since an earlier one, or still there."""
    later, before = await service.find(session, check_id), await service.find(session, earlier)
    mine, other = (before, later) if kind == "gone" else (later, before)
    after = paging.decode(cursor, 4)
    found = await queries.difference(
        session, mine.id, other.id, mine.division, after, limit + 1, both=kind == "still"
    )
    return await service.page(session, found, limit)


@router.post("/data-checks/{check_id}/doubts", status_code=202)
async def doubts(session: Session, request: Request, response: Response, check_id: UUID, body: DoubtsIn) -> Accepted:
    """Have the findings of some rules looked at: each becomes a doubt 疑点, once."""
    job = await service.raise_findings(session, check_id, body.rules)
    return accepted(request, response, check_id, job)


@router.get("/households/{household_id}/findings")
async def of_household(
    session: Session, request: Request, household_id: UUID, data_year: DataYear | None = None
) -> list[Finding]:
    """What a household breaks as it is now: the conditions of a run, at once."""
    return await service.findings_of_household(session, runtime_of(request).keys, household_id, data_year)
