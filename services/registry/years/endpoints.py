"""Year statistics of the register: opening, closing, and the bridge between them by reason."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.years import queries
from shared import audit, clock
from shared.access import DivisionForbidden
from shared.db import caller_of
from shared.divisions import Division
from shared.edge import Session, UnitRoute
from shared.problems import Conflict, Invalid

router = APIRouter(tags=["years"], route_class=UnitRoute)
Year = Annotated[int, Field(ge=2000, le=2100)]
_WIDTHS = {"county": 6, "town": 9, "village": 12}


class YearNotOver(Invalid):
    slug, zh, en = "year-not-over", "{year}年尚未结束，不能封账", "The year {year} is not over and cannot be closed"


class YearClosed(Conflict):
    slug, zh, en = "year-closed", "{year}年已封账", "The year {year} is closed already"


class YearClosing(BaseModel):
    """Close a county's year: later knowledge about it appears in the year in which it came."""

    model_config = ConfigDict(extra="forbid")

    division: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    year: Year


class YearClosure(BaseModel):
    division: str
    year: int
    closed_at: datetime


class Count(BaseModel):
    """Registered households and persons."""

    households: int
    persons: int


class Span(BaseModel):
    """One span of the bridge: what changes of one kind and reason added. ``late``: of earlier years, learned now."""

    model_config = ConfigDict(from_attributes=True)

    kind: str
    reason: str
    late: bool
    changes: int
    households: int
    persons: int


class Part(BaseModel):
    """Opening and closing of a division within."""

    division: str
    opening: Count
    closing: Count


class YearStatistics(BaseModel):
    """``opening`` + all of ``bridge`` = ``closing``, exactly."""

    year: int
    division: str
    opening: Count
    closing: Count
    bridge: list[Span]
    parts: list[Part]


@router.post("/year-closings", status_code=201)
async def close(session: Session, body: YearClosing) -> YearClosure:
    """Close a year that is over; once."""
    if not caller_of(session).covers(body.division):
        raise DivisionForbidden(field="division")
    if (await clock.today(session)).year <= body.year:
        raise YearNotOver(field="year", rule="after 31 December", year=body.year)
    actor = caller_of(session).subject
    found = (await session.execute(queries.CLOSE, body.model_dump() | {"actor": actor})).scalar()
    if found is None:
        raise YearClosed(field="year", rule="once", year=body.year)
    audit.record(session, "year.closed", "year", str(body.year), body.division)
    return YearClosure(division=body.division, year=body.year, closed_at=found)


@router.get("/years/{year}")
async def statistics(
    session: Session,
    year: Annotated[int, Path(ge=2000, le=2100)],
    division: Division | None = None,
    by: Annotated[str | None, Query(pattern="^(town|village)$")] = None,
) -> YearStatistics:
    """The year of a division, and of each town or village in it where that is asked for."""
    prefix = division or caller_of(session).division
    bound = await _bounds(session, year, prefix)
    row = (await session.execute(queries.BALANCES, bound)).one()
    bridge = [Span.model_validate(span) for span in await session.execute(queries.BRIDGE, bound)]
    parts = await session.execute(queries.PARTS, bound | {"width": _WIDTHS[by]}) if by else ()
    return YearStatistics(
        year=year,
        division=prefix,
        opening=Count(households=row.opening_households, persons=row.opening_persons),
        closing=Count(households=row.closing_households, persons=row.closing_persons),
        bridge=bridge,
        parts=[_part(part) for part in parts],
    )


async def _bounds(session: AsyncSession, year: int, prefix: str) -> dict[str, Any]:
    known = (await session.execute(queries.KNOWN, {"county": prefix[:6], "year": year})).one()
    return {
        "first": date(year, 1, 1),
        "after": date(year + 1, 1, 1),
        "opening": known.opening,
        "closing": known.closing,
        "low": prefix,
        "high": prefix + ":",
    }


def _part(row: Any) -> Part:
    return Part(
        division=row.division,
        opening=Count(households=row.opening_households, persons=row.opening_persons),
        closing=Count(households=row.closing_households, persons=row.closing_persons),
    )
