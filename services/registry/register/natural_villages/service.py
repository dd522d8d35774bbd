"""Record natural villages, their stated totals, and the households that live in them."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.households.queries import existing_divisions
from services.registry.register.households.rules import NoSuchVillage
from services.registry.register.natural_villages import queries, rules
from services.registry.register.natural_villages.catalogue import items
from services.registry.register.natural_villages.schemas import NaturalVillage, PlaceIn, Totals, TotalsIn
from shared.database.session import caller_of, raw
from shared.households.queries import NoSuchHousehold
from shared.http import paging
from shared.http.items import Answers, Outcome, answer_each
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock


async def record(session: AsyncSession, villages: list[NaturalVillage]) -> Answers:
    """Record natural villages; the same again is "unchanged"."""
    caller = caller_of(session)
    known = await queries.known(session, [one.id for one in villages])
    existing = await existing_divisions(session, [one.division for one in villages])
    taken = await queries.taken_codes(session, [one.code for one in villages if one.code])
    rows: list[dict[str, object]] = []

    def decide(one: NaturalVillage) -> Outcome:
        if one.id in known:
            if NaturalVillage.model_validate(known[one.id]) != one:
                raise rules.NaturalVillageDiffers(field="id", rule="one id, one natural village")
            return "unchanged"
        if not caller.covers(one.division):
            raise DivisionForbidden(field="division")
        if one.division not in existing:
            raise NoSuchVillage(field="division", rule="a village on the list of divisions")
        rules.check_code(one, taken)
        if one.code:
            taken.add(one.code)
        rows.append(one.model_dump(mode="json"))
        return "accepted"

    answers = answer_each(villages, decide)
    if rows:
        await (await raw(session)).execute(queries.RECORD, json.dumps(rows, ensure_ascii=False), caller.subject)
        _note(session, "natural_villages.recorded", len(rows))
    return answers


async def page(
    session: AsyncSession, division: str | None, on: date | None, limit: int, cursor: str | None
) -> paging.Page[NaturalVillage]:
    """Natural villages and groups by village."""
    return await paging.of_division(
        session, queries.LIST, NaturalVillage, division=division, limit=limit, cursor=cursor, on=on
    )


async def state(session: AsyncSession, stated: list[TotalsIn]) -> Answers:
    """Keep stated totals; those of a year that were stated otherwise are superseded."""
    known = await queries.known(session, [one.id for one in stated])
    rows: list[dict[str, object]] = []

    def decide(one: TotalsIn) -> Outcome:
        if one.id not in known:
            raise rules.NoSuchNaturalVillage(field="id")
        rules.check_totals(one)
        common = {"id": str(one.id), "division": known[one.id].division, "year": one.year, "source": one.source}
        rows.extend(common | {"item": code, "value": value} for code, value in one.totals.items())
        return "accepted"

    answers = answer_each(stated, decide)
    if rows:
        connection, listed = await raw(session), json.dumps(rows, ensure_ascii=False)
        await connection.execute(queries.SUPERSEDE, listed)
        await connection.execute(queries.STATE, listed, caller_of(session).subject)
        _note(session, "natural_villages.stated", len(rows))
    return answers


async def place(session: AsyncSession, places: list[PlaceIn]) -> Answers:
    """Say where households live from a day on."""
    today = await clock.today(session)
    households = await queries.lock_living(session, [one.id for one in places])
    known = await queries.known(session, [one.natural_village_id for one in places])
    rows: list[dict[str, object]] = []

    def decide(one: PlaceIn) -> Outcome:
        household = households.get(one.id)
        if household is None:
            raise NoSuchHousehold(field="id")
        if rules.stays(one, household, known.get(one.natural_village_id), today):
            return "unchanged"
        rows.append(one.model_dump(mode="json") | {"division": household.division})
        return "accepted"

    answers = answer_each(places, decide)
    if rows:
        connection, listed = await raw(session), json.dumps(rows)
        await connection.execute(queries.UNDO, listed)
        await connection.execute(queries.LEAVE, listed)
        await connection.execute(queries.PLACE, listed, caller_of(session).subject)
        _note(session, "households.placed", len(rows))
    return answers


async def totals(session: AsyncSession, id: UUID, year: int) -> Totals:
    """Stated totals beside counted ones. Raises NoSuchNaturalVillage."""
    if not await queries.known(session, [id]):
        raise rules.NoSuchNaturalVillage(field="natural_village_id")
    day = min(date(year, 12, 31), await clock.today(session))
    stated, counted = await queries.stated(session, id, year), await queries.counted(session, id, day)
    listed = [rules.total(item, stated.get(code), counted.get(item.key)) for code, item in items().items()]
    return Totals(natural_village_id=id, year=year, counted_on=day, totals=listed)


async def move(session: AsyncSession, into: Mapping[UUID, str]) -> None:
    """Natural villages belong to other villages, with what is stated of them."""
    if into:
        await session.execute(queries.MOVE, {"ids": list(into), "to": list(into.values())})
        await session.execute(queries.TOTALS_MOVE, {"ids": list(into)})


async def move_whole(session: AsyncSession, into: Iterable[tuple[str, str]]) -> None:
    """All natural villages of villages belong to others."""
    for village, target in into:
        await move(session, dict.fromkeys(await queries.of_village(session, village), target))


def _note(session: AsyncSession, action: str, count: int) -> None:
    division = caller_of(session).division
    audit.record(session, action, "division", division, division, after={"n": count})
