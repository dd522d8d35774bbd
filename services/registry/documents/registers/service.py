"""Read a division's register as it was on a day, in as many statements for a village as for a town."""

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.documents.registers import pages, queries
from services.registry.documents.registers.records import Home, Household, Member, Register, Table
from services.registry.register.households.queries import note_viewers_of_division
from shared.database.session import caller_of
from shared.names.divisions import level, within
from shared.security.access import DivisionForbidden
from shared.time import clock


async def read(session: AsyncSession, division: str, as_of: date, known_at: datetime) -> Register:
    """The register of a division and all that lies in it."""
    bound = {**within(division), "as_of": as_of, "known_at": known_at}
    members: dict[UUID, list[Member]] = defaultdict(list)
    helpers: dict[UUID, list[str]] = defaultdict(list)
    for row in await session.execute(queries.MEMBERS, bound):
        members[row.household_id].append(Member(*row))
    for row in await session.execute(queries.HELPERS, bound):
        helpers[row.household_id].append(f"{row.name}（{row.organisation}）")
    households = [Household(*row) for row in await session.execute(queries.HOUSEHOLDS, bound)]
    of_names = {name: bound[name] for name in ("low", "high", "as_of")}
    named = await session.execute(queries.NAMES, of_names | {"county": division[:6], "town": division[:9]})
    return Register(
        division,
        as_of,
        known_at,
        {row.code: row.name for row in named},
        [Home(row, members[row.id], "、".join(helpers[row.id])) for row in households],
    )


async def table(session: AsyncSession, division: str, as_of: date | None, known_at: datetime | None) -> Table:
    """The register of a village or town, to be printed; who took it stays on record.

    Raises DivisionForbidden, NoRegisterAtThisLevel.
    """
    if not caller_of(session).covers(division):
        raise DivisionForbidden(field="division")
    form = pages.form(level(division))
    day, moment = as_of or await clock.today(session), known_at or await clock.now(session)
    await note_viewers_of_division(session, "printed", division)
    return form(await read(session, division, day, moment))
