"""Runs of rules over a division, and the rules with their hit rates."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.registry.verification.screening import queries, service
from services.registry.verification.screening.schemas import (
    RuleRate,
    ScreeningIn,
    ScreeningState,
    SwitchIn,
    SwitchRow,
)
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.names.divisions import Division

router = APIRouter(prefix="/screenings", tags=["screening"], route_class=UnitRoute)
rules = APIRouter(prefix="/screening-rules", tags=["screening"], route_class=UnitRoute)


@rules.get("")
async def hit_rates(
    session: Session, division: Division | None = None, since: date | None = None, until: date | None = None
) -> list[RuleRate]:
    """Rules in force, with how many doubts each has raised and how many of them were true."""
    return await service.rates(session, division, since, until)


@rules.get("/switches")
async def switches(
    session: Session, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[SwitchRow]:
    """Which rules were switched off or on, by whom and why."""
    return await paging.of_division(session, queries.SWITCHES, SwitchRow, division=None, limit=limit, cursor=cursor)


@rules.post("/switches")
async def switch(session: Session, body: ListOf[SwitchIn]) -> Answers:
    """Switch rules off that find nothing, or on again."""
    return await service.switch(session, body.items)


@router.post("", status_code=202)
async def start(session: Session, request: Request, response: Response, body: ScreeningIn) -> ScreeningState:
    """Compare the records of departments with the register, and raise what is found as doubts."""
    id = await service.start(session, body)
    response.headers["Location"] = f"{request.scope['root_path']}/screenings/{id}"
    return await service.state(session, id)


@router.get("")
async def screenings(
    session: Session, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[ScreeningState]:
    """The runs that there were."""
    return await paging.of_division(
        session, queries.STATES, ScreeningState, division=None, limit=limit, cursor=cursor
    )


@router.get("/{screening_id}")
async def screening(session: Session, screening_id: UUID) -> ScreeningState:
    """How a run is going, and what it found."""
    return await service.state(session, screening_id)
