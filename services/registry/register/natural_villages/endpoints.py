"""Natural villages and groups over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.registry.register.natural_villages import service
from services.registry.register.natural_villages.schemas import NaturalVillage, PlaceIn, Totals, TotalsIn
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.names.divisions import Division

router = APIRouter(prefix="/natural-villages", tags=["natural villages"], route_class=UnitRoute)


@router.post("")
async def record(session: Session, body: ListOf[NaturalVillage]) -> Answers:
    """Record natural villages and groups."""
    return await service.record(session, body.items)


@router.get("")
async def natural_villages(
    session: Session,
    division: Division | None = None,
    on: Annotated[date | None, Query(description="only those that exist on this day")] = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[NaturalVillage]:
    """Natural villages and groups by village."""
    return await service.page(session, division, on, limit, cursor)


@router.post("/totals")
async def state(session: Session, body: ListOf[TotalsIn]) -> Answers:
    """Keep totals as they were stated for a year, with their source."""
    return await service.state(session, body.items)


@router.post("/households")
async def place(session: Session, body: ListOf[PlaceIn]) -> Answers:
    """Say in which natural village or group households live."""
    return await service.place(session, body.items)


@router.get("/{natural_village_id}/totals")
async def totals(session: Session, natural_village_id: UUID, year: Annotated[int, Query(ge=2000, le=2100)]) -> Totals:
    """Stated totals of a year beside what the register counts; where they differ, by how much."""
    return await service.totals(session, natural_village_id, year)
