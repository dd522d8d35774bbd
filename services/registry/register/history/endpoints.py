"""The register as it was: one household, all households, one household's story."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.fields.catalogue import Item, items
from services.registry.register.history import queries
from services.registry.register.history.schemas import (
    Chapter,
    Counted,
    FactSource,
    HouseholdThen,
    MemberThen,
    RegisterCounts,
    RegisterRow,
)
from shared.households.queries import NoSuchHousehold
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.names.divisions import Division
from shared.security import audit
from shared.time import clock

router = APIRouter(tags=["history"], route_class=UnitRoute)
AsOf = Annotated[date | None, Query(description="the day; today if absent")]
KnownAt = Annotated[AwareDatetime | None, Query(description="the moment of knowledge; now if absent")]


@router.get("/households/{household_id}/as-of")
async def household_then(
    session: Session, household_id: UUID, as_of: AsOf = None, known_at: KnownAt = None
) -> HouseholdThen:
    """A household as it was on a day, as known at a moment; 404 where it was not known then."""
    point = await _point(session, as_of, known_at)
    row = (await session.execute(queries.STATE, point | {"id": household_id})).one_or_none()
    if row is None:
        raise NoSuchHousehold(field="household_id")
    members = await session.execute(queries.MEMBERS, point | {"id": household_id})
    audit.read(session, "household", household_id, row.division)
    return HouseholdThen(
        id=row.id,
        number=row.number,
        as_of=point["as_of"],
        known_at=point["known_at"],
        status=row.status,
        size=row.size,
        attribute=row.attribute,
        main_cause=row.main_cause,
        other_causes=row.other_causes,
        facts=row.facts,
        members=[MemberThen.model_validate(member) for member in members],
    )


@router.get("/households/{household_id}/history")
async def story(session: Session, household_id: UUID) -> list[Chapter]:
    """What happened to a household, in order: each change with who, when, before, after, ground."""
    rows = (await session.execute(queries.STORY, {"id": household_id})).all()
    if not rows:
        raise NoSuchHousehold(field="household_id")
    audit.read(session, "household", household_id, rows[-1].division, reason="history")
    return [Chapter.model_validate(row, from_attributes=True) for row in rows]


@router.get("/households/{household_id}/sources")
async def sources(session: Session, household_id: UUID) -> list[FactSource]:
    """Of every fact that is known now of a household and its members: who said so, when, and on what ground."""
    facts = (await session.execute(queries.SOURCES, {"id": household_id})).all()
    changes = {row.version: row for row in await session.execute(queries.CHANGES, {"id": household_id})}
    if not changes:
        raise NoSuchHousehold(field="household_id")
    audit.read(session, "household", household_id, changes[max(changes)].division, reason="sources")
    named = {item.stored: item for owner in ("household", "member") for item in items(owner).values()}
    return [_source(row, changes[row.version], named[row.key]) for row in facts]


def _source(row: Any, change: Any, item: Item) -> FactSource:
    return FactSource(
        owner=row.owner,
        person_id=row.person_id,
        item=item.key,
        zh=item.zh,
        kind=change.kind,
        effective_on=change.effective_on,
        recorded_at=change.recorded_at,
        recorded_by=change.recorded_by,
        ground=change.ground,
        source=change.source,
        evidence=change.evidence,
    )


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
    point = await _point(session, as_of, known_at)
    prefix = division or session.info["caller"].division
    after_division, after_id = paging.decode(cursor, 2) or ("", "00000000-0000-0000-0000-000000000000")
    found = await session.execute(
        queries.REGISTER,
        point
        | {"low": prefix, "high": prefix + ":", "status": status, "limit": limit + 1}
        | {"division": after_division, "id": after_id},
    )
    rows = [RegisterRow.model_validate(row) for row in found]
    last = rows[limit - 1] if len(rows) > limit else None
    return paging.page(rows, limit, [last.division, str(last.household_id)] if last else None)


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
    point = await _point(session, as_of, known_at)
    prefix = division or session.info["caller"].division
    statement = queries.counts(by)
    found = await session.execute(statement, point | {"low": prefix, "high": prefix + ":", "status": status})
    counted = [Counted.model_validate(row) for row in found]
    return RegisterCounts(**point, division=prefix, by=by, counts=counted)


async def _point(session: AsyncSession, as_of: date | None, known_at: Any) -> dict[str, Any]:
    return {"as_of": as_of or await clock.today(session), "known_at": known_at or await clock.now(session)}
