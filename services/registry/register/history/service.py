"""The register as it was: one household, all households, one household's story, where its facts come from."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.fields.catalogue import items
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
from services.registry.register.households.names import household_names
from shared.database.session import caller_of, reach
from shared.households.queries import NoSuchHousehold
from shared.households.schemas import told
from shared.http import paging
from shared.security import audit
from shared.time import clock


@dataclass(frozen=True, slots=True)
class Point:
    """A day on which something was true, and a moment at which that was believed."""

    as_of: date
    known_at: datetime

    def bound(self) -> dict[str, object]:
        """As statements of two times take it."""
        return {"as_of": self.as_of, "known_at": self.known_at}


async def point(session: AsyncSession, as_of: date | None, known_at: datetime | None) -> Point:
    """A point in two times: today and now where nothing else is said."""
    return Point(as_of or await clock.today(session), known_at or await clock.now(session))


async def household_then(session: AsyncSession, id: UUID, at: Point) -> HouseholdThen:
    """A household as it was on a day, as known at a moment. Raises NoSuchHousehold where it was not known then."""
    bound = at.bound() | {"id": id}
    row = (await session.execute(queries.STATE, bound)).mappings().one_or_none()
    if row is None:
        raise NoSuchHousehold(field="household_id")
    members = [MemberThen.model_validate(member) for member in await session.execute(queries.MEMBERS, bound)]
    audit.read(session, "household", id, row["division"])
    return HouseholdThen.model_validate({**row, **at.bound(), "members": members})


async def story(session: AsyncSession, id: UUID) -> list[Chapter]:
    """What happened to a household, in order. Raises NoSuchHousehold."""
    rows = (await session.execute(queries.STORY, {"id": id})).all()
    if not rows:
        raise NoSuchHousehold(field="household_id")
    audit.read(session, "household", id, rows[-1].division, reason="history")
    return [Chapter.model_validate(row, from_attributes=True) for row in rows]


async def sources(session: AsyncSession, id: UUID) -> list[FactSource]:
    """Of every fact that is known now of a household and its members: who said so. Raises NoSuchHousehold."""
    facts = (await session.execute(queries.SOURCES, {"id": id})).mappings().all()
    changes = {row["version"]: row for row in (await session.execute(queries.CHANGES, {"id": id})).mappings()}
    if not changes:
        raise NoSuchHousehold(field="household_id")
    audit.read(session, "household", id, changes[max(changes)]["division"], reason="sources")
    named = {item.stored: item for owner in ("household", "member") for item in items(owner).values()}
    return [
        FactSource.model_validate(
            {**changes[fact["version"]], **fact, "item": named[fact["key"]].key, "zh": named[fact["key"]].zh}
        )
        for fact in facts
    ]


async def register(
    session: AsyncSession, at: Point, division: str | None, *, status: str | None, limit: int, cursor: str | None
) -> paging.Page[RegisterRow]:
    """All households as they were at a point, by division and id."""
    page = await paging.of_division(
        session,
        queries.REGISTER,
        RegisterRow,
        division=division,
        limit=limit,
        cursor=cursor,
        by={"division": "", "household_id": paging.NIL},
        as_of=at.as_of,
        known_at=at.known_at,
        status=status,
    )
    return await told(session, page, lambda row: row.household_id, household_names)


async def counts(
    session: AsyncSession, at: Point, division: str | None, *, status: str | None, by: str
) -> RegisterCounts:
    """Households and persons at a point, by one of what they can be counted by."""
    prefix = division or caller_of(session).division
    bound = at.bound() | reach(session, prefix) | {"status": status}
    counted = [Counted.model_validate(row) for row in await session.execute(queries.counts(by), bound)]
    return RegisterCounts(as_of=at.as_of, known_at=at.known_at, division=prefix, by=by, counts=counted)
