"""Rules and their hit rates."""

from datetime import date

from fastapi import APIRouter

from services.registry.screening import rates
from services.registry.screening.rates import RuleRate, SwitchIn, SwitchRow
from shared import paging
from shared.divisions import Division
from shared.edge import Session, UnitRoute
from shared.items import Answers, ListOf

rules = APIRouter(prefix="/screening-rules", tags=["screening"], route_class=UnitRoute)


@rules.get("")
async def hit_rates(
    session: Session, division: Division | None = None, since: date | None = None, until: date | None = None
) -> list[RuleRate]:
    """Rules in force, with how many doubts each has raised and how many of them were true."""
    return await rates.rates(session, division, since, until)


@rules.get("/switches")
async def switches(
    session: Session, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[SwitchRow]:
    """Which rules were switched off or on, by whom and why."""
    return await rates.switches(session, limit, cursor)


@rules.post("/switches")
async def switch(session: Session, body: ListOf[SwitchIn]) -> Answers:
    """Switch rules off that find nothing, or on again."""
    return await rates.switch(session, body.items)
