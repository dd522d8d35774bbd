"""The register as it was: one household, all households, one household's story."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from services.registry.register.history import service
from services.registry.register.history.schemas import (
    Chapter,
    FactSource,
    HouseholdThen,
    RegisterCounts,
    RegisterRow,
)
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.names.divisions import Division

router = APIRouter(tags=["history"], route_class=UnitRoute)
AsOf = Annotated[date | None, Query(description="the day; today if absent")]
KnownAt = Annotated[AwareDatetime | None, Query(description="the moment of knowledge; now if absent")]


@router.get("/households/{household_id}/as-of")
async def household_then(
    session: Session, household_id: UUID, as_of: AsOf = None, known_at: KnownAt = None
) -> HouseholdThen:
    """A household as it was on a day, as known at a moment; 404 where it was not known then."""
    return await service.household_then(session, household_id, await service.point(session, as_of, known_at))


@router.get("/households/{household_id}/history")
async def story(session: Session, household_id: UUID) -> list[Chapter]:
    """What happened to a household, in order: each change with who, when, before, after, ground."""
    return await service.story(session, household_id)


@router.get("/households/{household_id}/sources")
async def sources(session: Session, household_id: UUID) -> list[FactSource]:
    """Of every fact that is known now of a household and its members: who said so, when, and on what ground."""
    return await service.sources(session, household_id)


@router.get("/register")
async def register(
    session: Session,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    division: Division | None = None,
    status: Annotated[str | None, Query(pattern="^(registered|removed|exited)$")] = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[RegisterRow]:
    """All households as they were on a day, as known at a moment, by division and id."""
    at = await service.point(session, as_of, known_at)
    return await service.register(session, at, division, status=status, limit=limit, cursor=cursor)


@router.get("/register/counts")
async def counts(
    session: Session,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    division: Division | None = None,
    status: Annotated[str | None, Query(pattern="^(registered|removed|exited)$")] = "registered",
    by: Annotated[str, Query(pattern="^(status|attribute|main_cause|town|village)$")] = "town",
) -> RegisterCounts:
    """Households and persons on a day, as known at a moment, by division, status, attribute or cause."""
    at = await service.point(session, as_of, known_at)
    return await service.counts(session, at, division, status=status, by=by)
