"""Year statistics of the register: opening, closing, and the bridge between them by reason."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.registry.register.years import close as freezing
from services.registry.register.years import rules
from services.registry.register.years.queries import Sum, sums
from services.registry.register.years.schemas import (
    Count,
    County,
    FrozenLine,
    Line,
    Part,
    Span,
    YearChange,
    YearClosing,
    YearClosure,
    YearStatistics,
    YearVerification,
)
from shared.database.session import caller_of
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.names.divisions import Division
from shared.security.access import DivisionForbidden

router = APIRouter(tags=["years"], route_class=UnitRoute)
YearPath = Annotated[int, Path(ge=2000, le=2100)]
_WIDTHS = {"county": 6, "town": 9, "village": 12}


@router.post("/year-closings", status_code=201)
async def close(session: Session, body: YearClosing) -> YearClosure:
    """Close a year that is over; once, and one year after the other."""
    return await freezing.close(session, body)


@router.get("/years/{year}/verification")
async def verification(session: Session, year: YearPath, division: County) -> YearVerification:
    """Whether a closed year's frozen figures are still those that were sealed, and still follow from the changes."""
    if not caller_of(session).covers(division):
        raise DivisionForbidden(field="division")
    return await freezing.verify(session, division, year)


@router.get("/years/{year}/lines")
async def lines_of(
    session: Session,
    year: YearPath,
    division: County | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[FrozenLine]:
    """The rows that a closed year's seal is over."""
    return await freezing.frozen_page(session, year, _county(session, division), limit, cursor)


@router.get("/years/{year}/changes")
async def changes_of(
    session: Session,
    year: YearPath,
    division: County | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[YearChange]:
    """Every change that a year's figures are made of, with what it counts as."""
    return await freezing.changes_page(session, year, _county(session, division), limit, cursor)


@router.get("/years/{year}")
async def statistics(
    session: Session,
    year: YearPath,
    division: Division | None = None,
    by: Annotated[str | None, Query(pattern="^(county|town|village)$")] = None,
) -> YearStatistics:
    """The year of a division, and of each county, town or village in it where that is asked for."""
    prefix = division or caller_of(session).division
    if not caller_of(session).covers(prefix):
        raise DivisionForbidden(field="division")
    width = max(len(prefix), _WIDTHS[by] if by else 0)
    # A town or village sees how its county closed the year; counties of a province each have their own close.
    sealed = await freezing.seal(session, prefix[:6], year)
    found = await sums(session, year, prefix, width)
    widths = (len(prefix), width) if width > len(prefix) else (width,)
    lines = await freezing.frozen(session, year, prefix, widths[1:]) if sealed else rules.lines(found, widths)
    closing, corrections = rules.count(lines, prefix, rules.CLOSING), _corrections(found)
    return YearStatistics(
        year=year,
        division=prefix,
        opening=rules.count(lines, prefix, rules.OPENING),
        closing=closing,
        bridge=rules.spans(lines, prefix),
        parts=_parts(lines, width) if by else [],
        frozen=sealed,
        corrections=corrections,
        closing_now=Count(
            households=closing.households + sum(span.households for span in corrections),
            persons=closing.persons + sum(span.persons for span in corrections),
        ),
    )


def _county(session: Session, division: str | None) -> str:
    """The county that is asked for, by default the caller's. Raises DivisionForbidden."""
    county = division or caller_of(session).division
    if not caller_of(session).covers(county):
        raise DivisionForbidden(field="division")
    return county


def _parts(lines: list[Line], width: int) -> list[Part]:
    divisions = sorted({line.division for line in lines if len(line.division) == width})
    counted = {(one.division, one.line): Count(households=one.households, persons=one.persons) for one in lines}
    return [
        Part(division=code, opening=counted[code, rules.OPENING], closing=counted[code, rules.CLOSING])
        for code in divisions
    ]


def _corrections(found: list[Sum]) -> list[Span]:
    spans: dict[tuple[bool, str, str], Span] = {}
    for one in found:
        if one.phase == "after":
            key = (one.late, one.kind, one.reason)
            known = spans.get(key)
            spans[key] = Span(
                kind=one.kind,
                reason=one.reason,
                late=one.late,
                changes=one.changes + (known.changes if known else 0),
                households=one.households + (known.households if known else 0),
                persons=one.persons + (known.persons if known else 0),
            )
    return [spans[key] for key in sorted(spans)]
