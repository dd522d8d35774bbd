"""Persons who may be registered twice, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from services.registry.verification.duplicates import queries, service
from services.registry.verification.duplicates.schemas import DecisionIn, DecisionRow, Pair
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.http.runtime import runtime_of
from shared.names.divisions import Division

router = APIRouter(tags=["duplicates"], route_class=UnitRoute)
Few = Annotated[int, Query(ge=1, le=1000, description="persons compared a page")]


@router.get("/persons/{person_id}/duplicates")
async def of_person(session: Session, request: Request, person_id: UUID) -> list[Pair]:
    """Who may be the same as a person, with reasons; the likeliest first."""
    return await service.of_person(session, runtime_of(request).keys, person_id)


@router.get("/duplicates")
async def of_division(
    session: Session,
    request: Request,
    division: Division | None = None,
    limit: Few = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[Pair]:
    """Pairs of persons who may be one, by division; a page may be empty while others follow."""
    return await service.of_division(session, runtime_of(request).keys, division, limit, cursor)


@router.post("/duplicates/decisions")
async def decide(session: Session, body: ListOf[DecisionIn]) -> Answers:
    """What was found about two persons: the same, or different."""
    return await service.decide(session, body.items)


@router.get("/duplicates/decisions")
async def decisions(
    session: Session, division: Division | None = None, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[DecisionRow]:
    """What was decided, by division."""
    return await paging.of_division(
        session, queries.DECISIONS, DecisionRow, division=division, limit=limit, cursor=cursor
    )
