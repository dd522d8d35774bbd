"""Look-back rounds over HTTP: open, record in lists, sign in lists, watch, close."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from services.registry.procedures.lookbacks import results as recording
from services.registry.procedures.lookbacks import service
from services.registry.procedures.lookbacks.schemas import (
    ResultIn,
    ResultRow,
    RoundIn,
    RoundReport,
    RoundRow,
    ScopeRow,
    SignatureIn,
    VillageProgress,
)
from services.registry.procedures.lookbacks.sign import sign_results
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.http.runtime import runtime_of
from shared.names.divisions import Division

router = APIRouter(prefix="/rounds", tags=["rounds"], route_class=UnitRoute)
ResultOf = Annotated[str | None, Query(pattern="^(kept|cleared|included|returned|corrected)$")]


@router.post("", status_code=201)
async def open_round(session: Session, body: RoundIn) -> RoundRow:
    """Open a round: the households in scope are listed as they stand now."""
    return RoundRow.model_validate(await service.open_round(session, body))


@router.get("")
async def rounds(
    session: Session,
    status: Annotated[str | None, Query(pattern="^(open|closed)$")] = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[RoundRow]:
    """Rounds of the caller's division and of the county above it."""
    return await service.rounds(session, status, limit, cursor)


@router.get("/{round_id}")
async def one_round(session: Session, round_id: UUID) -> RoundRow:
    """A round with its dates, its scope and the signatures it needs."""
    return RoundRow.model_validate(await service.found(session, round_id))


@router.post("/{round_id}/closing")
async def close_round(session: Session, round_id: UUID) -> RoundRow:
    """Close a round in which every household has a confirmed result."""
    return RoundRow.model_validate(await service.close_round(session, round_id))


@router.post("/{round_id}/results")
async def record(session: Session, request: Request, round_id: UUID, body: ListOf[ResultIn]) -> Answers:
    """Record what was found at households: kept, cleared out, newly included, returned, corrected."""
    return await recording.record(session, runtime_of(request).keys, round_id, body.items)


@router.post("/{round_id}/signatures")
async def sign(session: Session, request: Request, round_id: UUID, body: ListOf[SignatureIn]) -> Answers:
    """Give the next signature under results; the last one makes the change."""
    return await sign_results(session, runtime_of(request).keys, round_id, body.items)


@router.get("/{round_id}/households")
async def households(
    session: Session,
    round_id: UUID,
    division: Division | None = None,
    state: Annotated[str | None, Query(pattern="^(open|recorded|confirmed)$")] = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[ScopeRow]:
    """The households in scope by division; ``state=open`` are those that still have to be looked at."""
    return await service.households(session, round_id, division, state, limit, cursor)


@router.get("/{round_id}/results")
async def results(
    session: Session,
    round_id: UUID,
    division: Division | None = None,
    result: ResultOf = None,
    state: Annotated[str | None, Query(pattern="^(recorded|confirmed|sent_back)$")] = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[ResultRow]:
    """Results with their signatures and the change that each made."""
    return await service.results(session, round_id, division, result=result, state=state, limit=limit, cursor=cursor)


@router.get("/{round_id}/progress")
async def progress(session: Session, round_id: UUID, division: Division | None = None) -> list[VillageProgress]:
    """How far each village is."""
    return await service.progress(session, round_id, division)


@router.get("/{round_id}/report")
async def report(session: Session, round_id: UUID, division: Division | None = None) -> RoundReport:
    """A round in numbers: its results, and what they did to the register by reason."""
    return await service.report(session, round_id, division)
