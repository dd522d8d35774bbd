"""Exit cases: lock them, tell what became of them."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.contracts import EXIT, ExitState, PolicyUsed, Reason
from services.evaluation.exits import rules
from services.evaluation.incomes.service import totals
from shared import policy
from shared.events import outbox
from shared.households.queries import get as households
from shared.problems import NotFound
from shared.security import audit

_LOCK = text("SELECT * FROM exit_case WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")


class NoSuchCase(NotFound):
    slug, zh, en = "no-such-exit", "辖区内没有这一退出事项", "There is no such case in your division"


async def lock(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Any]:
    """The cases within sight, locked in the order of their ids."""
    return {row.id: row for row in await session.execute(_LOCK, {"ids": sorted(set(ids))})}


def existing(rows: dict[UUID, Any], id: UUID) -> Any:
    """Raises NoSuchCase."""
    if id not in rows:
        raise NoSuchCase(field="id")
    return rows[id]


async def standard(session: AsyncSession, division: str, on: date) -> rules.Standard:
    """The policies in force for a division on a day."""
    keys = ("exit.income_line", "exit.criteria", "exit.years_after_identification", "income.kinds")
    return rules.Standard(*[await policy.resolve(session, key, division, on) for key in keys])


async def judge(session: AsyncSession, rows: Sequence[Any], on: date) -> dict[UUID, dict[str, Any] | Exception]:
    """Each case against the standard of a day: the columns to store, or the problem that prevents a judgement."""
    known = await households(session, [row.household_id for row in rows])
    standards: dict[str, rules.Standard] = {}
    judged: dict[UUID, dict[str, Any] | Exception] = {}
    for year in {row.year for row in rows}:
        sizes = {row.household_id: known[row.household_id].size for row in rows if row.year == year}
        county = {known[id].division[:6] for id in sizes}
        for code in county - standards.keys():
            standards[code] = await standard(session, code, on)
        sums = await totals(session, sizes, year, next(iter(standards.values())).kinds) if sizes else {}
        for row in (row for row in rows if row.year == year):
            judged[row.id] = _judged(row, known[row.household_id], sums[row.household_id], standards)
    return judged


def _judged(row: Any, household: Any, total: Any, standards: dict[str, rules.Standard]) -> dict[str, Any] | Exception:
    used = standards[household.division[:6]]
    if household.status != "registered":
        return rules.NotOnRegister(field="id", rule="on the register")
    try:
        judgement = rules.judge(row.evidence, total, row.year, household.identified_on, used)
    except rules.EvidenceMissing as missing:
        return missing
    return {
        "id": row.id,
        "passed": judgement.passed,
        "size": household.size,
        "income": total.counted,
        "per_capita": total.per_capita,
        "criteria": json.dumps(judgement.criteria, ensure_ascii=False),
        "policies": json.dumps(used.references()),
        "reasons": json.dumps(judgement.reasons, ensure_ascii=False),
    }


async def tell(session: AsyncSession, ids: Iterable[UUID], before: dict[UUID, Any]) -> None:
    """Publish the state of changed cases, the verb being what each has become, and note it in the audit record."""
    for row in (await lock(session, ids)).values():
        key = row.household_id
        outbox.publish(session, EXIT, row.status, state(row), key=key, sequence=row.version, subject=row.id)
        earlier = before.get(row.id)
        audit.record(
            session,
            f"exit.{row.status}",
            "exit",
            row.id,
            row.division,
            before={"status": earlier.status} if earlier else None,
            after={"status": row.status, "household_id": str(row.household_id)},
        )


def state(row: Any) -> ExitState:
    """The public state of a case."""
    return ExitState(
        id=row.id,
        household_id=row.household_id,
        division=row.division,
        year=row.year,
        status=row.status,
        size=row.size,
        decided_on=row.decided_on,
        policies=[PolicyUsed(key=p["key"], division=p["division"], version=p["version"]) for p in row.policies],
        reasons=[Reason(**reason) for reason in row.reasons],
    )
