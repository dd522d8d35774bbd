"""Closing a year: its statistics become rows, sealed with a hash that is chained with the year before."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.years import rules
from services.registry.register.years.queries import CHANGES, LINES, sums
from services.registry.register.years.schemas import (
    Difference,
    FrozenLine,
    Line,
    YearChange,
    YearClosing,
    YearClosure,
    YearVerification,
)
from shared.database.session import caller_of
from shared.http import paging
from shared.names.divisions import within
from shared.problems import Conflict, Invalid, NotFound
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock

# Whoever changes the register holds the same lock shared (a trigger of the table), so nothing is half known.
_LOCK = text("SELECT lock_year_close(true)")
_LAST = text("SELECT max(year) FROM year_close WHERE division = :division")
_CLOSE = text("""
    INSERT INTO year_close (division, year, closed_by) VALUES (:division, :year, :actor) RETURNING closed_at
""")
_FREEZE = text("""
    INSERT INTO year_statistic (division, year, line, kind, reason, late, changes, households, persons)
    SELECT division, :year, line, kind, reason, late, changes, households, persons
    FROM unnest(CAST(:division AS text[]), CAST(:line AS text[]), CAST(:kind AS text[]), CAST(:reason AS text[]),
        CAST(:late AS boolean[]), CAST(:changes AS integer[]), CAST(:households AS integer[]),
        CAST(:persons AS integer[]))
        AS row(division, line, kind, reason, late, changes, households, persons)
""")
_SEAL = text("""
    INSERT INTO year_seal (division, year, rows, previous, sha256)
    VALUES (:division, :year, :rows, decode(:previous, 'hex'), decode(:sha256, 'hex'))
""")
_SEALED = text("""
    SELECT s.division, s.year, c.closed_at, c.closed_by, s.rows, encode(s.sha256, 'hex') AS sha256,
        encode(s.previous, 'hex') AS previous
    FROM year_seal s JOIN year_close c ON c.division = s.division AND c.year = s.year
    WHERE s.division = :division AND s.year = :year
""")
_FROZEN = text("""
    SELECT division, line, kind, reason, late, changes, households, persons FROM year_statistic
    WHERE division >= :low AND division < :high AND year = :year
      AND (division = :low OR length(division) = ANY(:widths))
""")
_SHOWN = 100


class YearNotOver(Invalid):
    slug, zh, en = "year-not-over", "{year}年尚未结束，不能封账", "The year {year} is not over and cannot be closed"
    year: int


class YearClosed(Conflict):
    slug, zh, en = "year-closed", "{year}年已封账", "The year {year} is closed already"
    year: int


class YearsInOrder(Conflict):
    slug, zh, en = (
        "years-in-order",
        "须按年依次封账，下一年度为{next}年",
        "Years are closed in order; the next is {next}",
    )
    next: int


class YearOpen(NotFound):
    slug, zh, en = "year-open", "{year}年尚未封账", "The year {year} has not been closed"
    year: int


async def close(session: AsyncSession, body: YearClosing) -> YearClosure:
    """Close a year that is over, once, and freeze what it says. Raises YearNotOver, YearClosed, YearsInOrder."""
    caller = caller_of(session)
    if not caller.covers(body.division):
        raise DivisionForbidden(field="division")
    if (await clock.today(session)).year <= body.year:
        raise YearNotOver(field="year", rule="after 31 December", year=body.year)
    await session.execute(_LOCK)
    last: int | None = (await session.execute(_LAST, {"division": body.division})).scalar()
    if last is not None and body.year <= last:
        raise YearClosed(field="year", rule="once", year=body.year)
    if last is not None and body.year != last + 1:
        raise YearsInOrder(field="year", rule="one after the other", next=last + 1)
    values = {"division": body.division, "year": body.year}
    closed_at = (await session.execute(_CLOSE, values | {"actor": caller.subject})).scalar_one()
    lines = await _now(session, body.year, body.division)
    if lines:
        names = Line.model_fields
        columns = {name: [getattr(line, name) for line in lines] for name in names}
        await session.execute(_FREEZE, {"year": body.year, **columns})
    before = await seal(session, body.division, body.year - 1)
    previous = before.sha256 if before else None
    sha256 = rules.sealed(body.division, body.year, closed_at, previous, lines)
    await session.execute(_SEAL, values | {"rows": len(lines), "previous": previous, "sha256": sha256})
    audit.record(session, "year.closed", "year", str(body.year), body.division, after={"sha256": sha256})
    return YearClosure(
        division=body.division,
        year=body.year,
        closed_at=closed_at,
        closed_by=caller.subject,
        rows=len(lines),
        sha256=sha256,
        previous=previous,
    )


async def seal(session: AsyncSession, county: str, year: int) -> YearClosure | None:
    """How a county's year was closed and sealed; None while it is open."""
    row = (await session.execute(_SEALED, {"division": county, "year": year})).one_or_none()
    return YearClosure.model_validate(row) if row else None


async def frozen(session: AsyncSession, year: int, prefix: str, widths: tuple[int, ...]) -> list[Line]:
    """The frozen rows of a division, and of those in it at some widths."""
    bound = {"year": year, "widths": list(widths), **within(prefix)}
    return [Line.model_validate(row) for row in await session.execute(_FROZEN, bound)]


async def frozen_page(
    session: AsyncSession, year: int, county: str, limit: int, cursor: str | None
) -> paging.Page[FrozenLine]:
    """The rows that a closed year's seal is over. Raises YearOpen."""
    if await seal(session, county, year) is None:
        raise YearOpen(field="year", rule="closed", year=year)
    by = {"division": "", "place": ""}
    return await paging.of_division(
        session, LINES, FrozenLine, division=county, limit=limit, cursor=cursor, by=by, year=year
    )


async def changes_page(
    session: AsyncSession, year: int, county: str, limit: int, cursor: str | None
) -> paging.Page[YearChange]:
    """Every change that a year's figures are made of, and those that were learned after its close."""
    return await paging.of_division(
        session,
        CHANGES,
        YearChange,
        division=county,
        limit=limit,
        cursor=cursor,
        by={"division": "", "effective_on": "0001-01-01", "id": paging.NIL},
        year=year,
        first=date(year, 1, 1),
        after=date(year + 1, 1, 1),
    )


async def verify(session: AsyncSession, county: str, year: int) -> YearVerification:
    """Compare the seal with the frozen rows and with what the changes known at the close give. Raises YearOpen."""
    sealed = await seal(session, county, year)
    if sealed is None:
        raise YearOpen(field="year", rule="closed", year=year)
    kept, again = await frozen(session, year, county, rules.WIDTHS), await _now(session, year, county)
    hashes = [rules.sealed(county, year, sealed.closed_at, sealed.previous, lines) for lines in (kept, again)]
    before = await seal(session, county, year - 1)
    return YearVerification(
        division=county,
        year=year,
        sealed=sealed.sha256,
        frozen=hashes[0],
        recomputed=hashes[1],
        rows_hold=hashes[0] == sealed.sha256,
        changes_hold=hashes[1] == sealed.sha256,
        chain_holds=sealed.previous == (before.sha256 if before else None),
        differences=_differences(kept, again)[:_SHOWN],
    )


def _differences(kept: list[Line], again: list[Line]) -> list[Difference]:
    def keyed(lines: list[Line]) -> dict[tuple[str, str, str, str, bool], Line]:
        return {(one.division, one.line, one.kind, one.reason, one.late): one for one in lines}

    one, other = keyed(kept), keyed(again)
    keys = sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
    return [Difference(frozen=one.get(key), recomputed=other.get(key)) for key in keys]


async def _now(session: AsyncSession, year: int, county: str) -> list[Line]:
    return rules.lines(await sums(session, year, county, rules.WIDTHS[-1]), rules.WIDTHS)
