"""Administrative divisions 行政区划 with the days on which they exist, and what became of them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.registry.register.divisions import redivide, service
from services.registry.register.divisions.schemas import (
    DivisionAnswers,
    DivisionIn,
    DivisionsIn,
    Lineage,
    MergerIn,
    Redivision,
    RenameIn,
    SplitIn,
)
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.names.divisions import Division

router = APIRouter(prefix="/divisions", tags=["divisions"], route_class=UnitRoute)


@router.post("")
async def record(session: Session, body: DivisionsIn) -> DivisionAnswers:
    """Record divisions within the caller's own."""
    return await service.record(session, body.items)


@router.get("")
async def divisions(
    session: Session,
    prefix: Division | None = None,
    on: Annotated[date | None, Query(description="only those that exist on this day")] = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[DivisionIn]:
    """Divisions by code; they are public."""
    return await service.page(session, prefix, on, limit, cursor)


@router.post("/renames")
async def rename(session: Session, body: RenameIn) -> DivisionIn:
    """Another name from a day on; the old one stays that of the days before."""
    return await service.rename(session, body)


@router.post("/mergers")
async def merge(session: Session, body: MergerIn) -> Redivision:
    """Villages or towns become one. Many households move after the answer: see ``finished_at``."""
    return Redivision.model_validate(await redivide.merge(session, body))


@router.post("/splits")
async def split(session: Session, body: SplitIn) -> Redivision:
    """A village or town becomes several, with the household or village list that says what goes where."""
    return Redivision.model_validate(await redivide.split(session, body))


@router.get("/redivisions/{redivision_id}")
async def redivision(session: Session, redivision_id: UUID) -> Redivision:
    """How far a merger or split is."""
    return Redivision.model_validate(await redivide.found(session, redivision_id))


@router.get("/{code}/lineage")
async def lineage(session: Session, code: Division) -> Lineage:
    """What a division came out of, and what became of it; public."""
    return await service.lineage(session, code)
