"""Write entries of the diary: lists, each item decided by itself."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.visits import queries, rules
from services.registry.assistance.visits.schemas import VisitIn
from shared import policy
from shared.database.session import caller_of
from shared.households.queries import NoSuchHousehold
from shared.http.items import Answers, Outcome, answer_each
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.security.auth import Caller
from shared.time import clock


@dataclass(frozen=True, slots=True)
class Known:
    """What entries refer to: households' villages, names by person and village (None: staff in sight), leaves."""

    homes: dict[UUID, str]
    names: dict[tuple[UUID, str | None], str]
    leaves: dict[UUID, list[Any]]


async def write(session: AsyncSession, items: list[VisitIn]) -> Answers:
    """New entries; the same again is "unchanged"."""
    today, caller = await clock.today(session), caller_of(session)
    ids = sorted({id for item in items for id in (item.id, item.corrects) if id})
    entries = {row.id: row for row in await session.execute(queries.KNOWN_VISITS, {"ids": ids})}
    known = await _known(session, items)
    late_days = await policy.resolve(session, "visit.late_days", caller.division, today)
    late = today - timedelta(days=late_days.value)
    fresh: list[dict[str, Any]] = []
    replaced: dict[UUID, UUID] = {}

    def decide(item: VisitIn) -> Outcome:
        if row := entries.get(item.id):
            rules.check_same(row, item)
            return "unchanged"
        rules.check_visit(item, today)
        division = _place(item, known, caller)
        names = _names(item, known, division)
        if item.corrects:
            rules.check_corrects(entries.get(item.corrects), caller.subject)
            if item.corrects in replaced:
                raise rules.CorrectedAlready(field="corrects", rule="once")
            replaced[item.corrects] = item.id
        fresh.append(
            item.model_dump(exclude={"village", "corrects"})
            | {"division": division, "names": names, "late": item.visited_on < late, "actor": caller.subject}
        )
        return "accepted"

    answers = answer_each(items, decide)
    await _store(session, fresh, replaced)
    return answers


async def _known(session: AsyncSession, items: list[VisitIn]) -> Known:
    wanted = {"ids": [item.household_id for item in items if item.household_id]}
    homes = {row.id: row.division for row in await session.execute(queries.HOUSEHOLDS, wanted)}
    people = list({id for item in items for id in item.people})
    villages = list({*homes.values(), *(item.village for item in items if item.village)})
    found = await session.execute(queries.PEOPLE, {"ids": people, "villages": villages})
    names = {(row.id, row.division): row.name for row in found}
    dates: list[date] = [item.visited_on for item in items]
    leaves: dict[UUID, list[Any]] = defaultdict(list)
    bound = {"ids": people, "first": min(dates), "last": max(dates)}
    for row in await session.execute(queries.LEAVES_OF, bound):
        leaves[row.staff_id].append(row)
    return Known(homes, names, leaves)


def _place(item: VisitIn, known: Known, caller: Caller) -> str:
    division = known.homes.get(item.household_id) if item.household_id else item.village
    if division is None:
        raise NoSuchHousehold(field="household_id")
    if not caller.covers(division):
        raise DivisionForbidden(field="village")
    return division


def _names(item: VisitIn, known: Known, division: str) -> list[str]:
    """The people's names. Raises PersonUnknown, OnLeave."""
    names = []
    for id in item.people:
        name = known.names.get((id, division)) or known.names.get((id, None))
        if name is None:
            raise rules.PersonUnknown(field="people", rule="staff in sight, or in charge in the village")
        for leave in known.leaves[id]:
            if leave.status == "approved" and leave.from_on <= item.visited_on <= leave.until_on:
                raise rules.OnLeave(field="people", rule="not on leave", name=name)
        names.append(name)
    return names


async def _store(session: AsyncSession, fresh: list[dict[str, Any]], replaced: dict[UUID, UUID]) -> None:
    if not fresh:
        return
    await session.execute(queries.WRITE_VISIT, fresh)
    people = [
        {"visit_id": row["id"], "staff_id": id, "division": row["division"], "visited_on": row["visited_on"]}
        for row in fresh
        for id in row["people"]
    ]
    await session.execute(queries.WRITE_PEOPLE, people)
    if replaced:
        await session.execute(queries.SUPERSEDE, [{"id": id, "by": by} for id, by in replaced.items()])
        await session.execute(queries.NO_LONGER_STANDS, {"ids": list(replaced)})
    for row in fresh:
        who = [str(id) for id in row["people"]]
        after = {"kind": row["kind"], "visited_on": str(row["visited_on"]), "people": who}
        audit.record(session, "visit.recorded", "visit", row["id"], row["division"], after=after)
