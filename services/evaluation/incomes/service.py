"""Record income, and say what it comes to."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.incomes import rules
from services.evaluation.incomes.schemas import IncomeIn
from shared import policy
from shared.database.session import caller_of
from shared.households.queries import NoSuchHousehold
from shared.households.queries import get as households
from shared.http.items import Answers, Outcome, answer_each
from shared.names.money import yuan
from shared.policy import Policy
from shared.problems import Conflict, Invalid
from shared.security import audit
from shared.time import clock

_KNOWN = text("SELECT id, household_id, year, kind, amount FROM income WHERE id = ANY(:ids)")
_KEEP = text("""
    INSERT INTO income (id, household_id, division, year, kind, amount, note, captured_at, recorded_by)
    VALUES (:id, :household_id, :division, :year, :kind, :amount, :note, :captured_at, :actor)
""")
_LINES = text("SELECT household_id, kind, amount FROM income WHERE household_id = ANY(:ids) AND year = :year")


class IncomeDiffers(Conflict):
    slug, zh, en = "income-differs", "此编号已用于另一笔收入", "This id stands for another line of income"


class KindUnknown(Invalid):
    slug, zh, en = "income-kind-unknown", "收入项目“{kind}”不在目录内", "'{kind}' is not a kind of income"


async def record(session: AsyncSession, items: list[IncomeIn]) -> Answers:
    """Record lines of income; whether they count is decided when they are added up."""
    caller = caller_of(session)
    kinds = (await policy.resolve(session, "income.kinds", caller.division, await clock.today(session))).value
    known = {row.id: row for row in await session.execute(_KNOWN, {"ids": [item.id for item in items]})}
    sighted = await households(session, [item.household_id for item in items])
    fresh: list[dict[str, Any]] = []

    def decide(item: IncomeIn) -> Outcome:
        if row := known.get(item.id):
            same = (item.household_id, item.year, item.kind, item.amount)
            if (row.household_id, row.year, row.kind, row.amount) != same:
                raise IncomeDiffers(field="id", rule="one id, one line")
            return "unchanged"
        if item.household_id not in sighted:
            raise NoSuchHousehold(field="household_id")
        if item.kind not in kinds:
            raise KindUnknown(field="kind", rule="income.kinds", kind=item.kind)
        division = sighted[item.household_id].division
        fresh.append(item.model_dump() | {"division": division, "actor": caller.subject})
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        await session.execute(_KEEP, fresh)
    for row in fresh:
        after = {"year": row["year"], "kind": row["kind"], "amount": yuan(row["amount"])}
        audit.record(session, "income.recorded", "household", row["household_id"], row["division"], after=after)
    return answers


async def totals(session: AsyncSession, sizes: dict[UUID, int], year: int, kinds: Policy) -> dict[UUID, rules.Total]:
    """What the income of some households comes to in a year."""
    lines: dict[UUID, list[tuple[str, int]]] = defaultdict(list)
    for row in await session.execute(_LINES, {"ids": list(sizes), "year": year}):
        lines[row.household_id].append((row.kind, row.amount))
    return {id: rules.total(_of(lines, id), kinds.value, size) for id, size in sizes.items()}


def _of(lines: dict[UUID, list[tuple[str, int]]], id: UUID) -> Iterable[tuple[str, int]]:
    return lines.get(id, ())
