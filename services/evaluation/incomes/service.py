"""Record income, and say what it comes to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.incomes import queries, rules
from services.evaluation.incomes.records import Kind, Line, Total
from services.evaluation.incomes.schemas import IncomeIn, IncomeRow, YearIncome
from shared import policy
from shared.database.rows import typed
from shared.database.session import caller_of
from shared.households.queries import get as households
from shared.households.queries import known as household_of
from shared.http.items import Answers, Outcome, answer_each
from shared.names.money import yuan
from shared.security import audit
from shared.time import clock


async def record(session: AsyncSession, items: Sequence[IncomeIn]) -> Answers:
    """Record lines of income; whether they count is decided when they are added up."""
    caller = caller_of(session)
    used = await policy.resolve(session, "income.kinds", caller.division, await clock.today(session))
    kinds = used.read(dict[str, Kind])
    found = typed(Line, await session.execute(queries.KNOWN, {"ids": [item.id for item in items]}))
    known = {line.id: line for line in found}
    living = await households(session, [item.household_id for item in items])
    fresh: list[IncomeIn] = []

    def decide(item: IncomeIn) -> Outcome:
        if item.id in known:
            rules.recorded_again(known[item.id], item)
            return "unchanged"
        household_of(living, item.household_id)
        rules.on_the_list(item.kind, kinds)
        fresh.append(item)
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        rows = [
            item.model_dump() | {"division": living[item.household_id].division, "actor": caller.subject}
            for item in fresh
        ]
        await session.execute(queries.KEEP, rows)
    for item in fresh:
        after = {"year": item.year, "kind": item.kind, "amount": yuan(item.amount)}
        division = living[item.household_id].division
        audit.record(session, "income.recorded", "household", item.household_id, division, after=after)
    return answers


async def read(session: AsyncSession, household_id: UUID, year: int) -> YearIncome:
    """A household's income of a year, with what counts by the policy of today. Raises NoSuchHousehold (404)."""
    household = household_of(await households(session, [household_id]), household_id)
    used = await policy.resolve(session, "income.kinds", household.division, await clock.today(session))
    kinds = used.read(dict[str, Kind])
    lines = (await _lines(session, [household_id], year))[household_id]
    total = rules.total(lines, kinds, household.size)
    audit.read(session, "household", household_id, household.division)
    return YearIncome(
        household_id=household_id,
        year=year,
        size=household.size,
        lines=[
            IncomeRow(
                id=line.id,
                kind=line.kind,
                zh=kinds[line.kind]["zh"],
                amount=line.amount,
                counted=kinds[line.kind]["counted"],
                note=line.note,
            )
            for line in lines
        ],
        counted=total.counted,
        not_counted=total.not_counted,
        per_capita=total.per_capita,
    )


async def totals(
    session: AsyncSession, sizes: Mapping[UUID, int], year: int, kinds: Mapping[str, Kind]
) -> dict[UUID, Total]:
    """What the income of some households, by their sizes, comes to in a year."""
    lines = await _lines(session, list(sizes), year)
    return {id: rules.total(lines[id], kinds, size) for id, size in sizes.items()}


async def _lines(session: AsyncSession, households: Sequence[UUID], year: int) -> Mapping[UUID, Sequence[Line]]:
    lines: dict[UUID, list[Line]] = defaultdict(list)
    for line in typed(Line, await session.execute(queries.OF_YEAR, {"households": households, "year": year})):
        lines[line.household_id].append(line)
    return lines
