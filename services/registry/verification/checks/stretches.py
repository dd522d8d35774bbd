"""One stretch of a register under the rules: whole villages of one county, in one transaction."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.households.records import IDENTITY
from services.registry.verification.checks import queries, thresholds
from services.registry.verification.checks.catalogue import Rule, Scope
from services.registry.verification.checks.thresholds import Threshold
from shared.names.identity import DocumentKind
from shared.security.crypto import KeyRing

_SCOPES: tuple[Scope, ...] = ("household", "person")


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be looked at: which rules on which day, villages from ``low`` up to and without ``high``."""

    rules: Sequence[Rule]
    as_of: date
    low: str
    high: str

    def of(self, scope: Scope) -> list[Rule]:
        return [rule for rule in self.rules if rule.scope == scope]


async def county_thresholds(session: AsyncSession, task: Task, on: date) -> dict[str, Threshold]:
    """The thresholds of the county in which a stretch lies."""
    return await thresholds.resolve(session, task.rules, task.low[:6], on)


async def search(
    session: AsyncSession, keys: KeyRing, task: Task, using: Mapping[str, Threshold], run_id: Any
) -> None:
    """Look through a stretch and keep what is found."""
    bind = await _bindings(session, keys, task, using)
    # Compiling a hundred conditions takes longer than a stretch of them.
    await session.execute(text("SET LOCAL jit = off"))
    await session.execute(text("SET LOCAL work_mem = '64MB'"))
    for table, select in (
        ("audit_person", queries.persons(queries.STRETCH)),
        ("audit_household", queries.households(queries.STRETCH, dict(using))),
    ):
        await session.execute(text(f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS {select}"), bind)
        await session.execute(text(f"ANALYZE {table}"))
    for scope in _SCOPES:
        if some := task.of(scope):
            found = queries.broken(some, scope, dict(using))
            await session.execute(text(queries.KEEP.format(found=found)), bind | {"run_id": run_id})
    policies = json.dumps([one.reference for one in using.values()])
    village = {"run_id": run_id, "low": task.low, "high": task.high}
    await session.execute(text(queries.COUNT), village)
    await session.execute(text(queries.SIZE), village | {"policies": policies})


async def of_household(
    session: AsyncSession, keys: KeyRing, task: Task, using: Mapping[str, Threshold], household_id: Any
) -> list[Any]:
    """The findings of one household now, by the same conditions; nothing is kept."""
    bind = await _bindings(session, keys, task, using) | {"household_id": household_id}
    found = " UNION ALL ".join(
        queries.broken(some, scope, dict(using)) for scope in _SCOPES if (some := task.of(scope))
    )
    statement = f"""
        WITH audit_person AS MATERIALIZED ({queries.persons(queries.ONE)}),
            audit_household AS MATERIALIZED ({queries.households(queries.ONE, dict(using))})
        {found} ORDER BY rule, person_id
    """
    return list(await session.execute(text(statement), bind))


async def _bindings(
    session: AsyncSession, keys: KeyRing, task: Task, using: Mapping[str, Threshold]
) -> dict[str, Any]:
    where = {"low": task.low, "high": task.high}
    odd = dict(_born(await session.execute(text(queries.ODD_NUMBERS), where), keys))
    return {
        **where,
        "as_of": task.as_of,
        "odd_ids": list(odd),
        "odd_born": list(odd.values()),
        **{name: one.value for name, one in using.items()},
        **{f"{scope}_rules": [rule.id for rule in task.of(scope)] for scope in _SCOPES},
    }


def _born(rows: Any, keys: KeyRing) -> Iterator[tuple[Any, date]]:
    """The birth dates in numbers that are no checked ones, where they hold one."""
    for row in rows:
        number = keys.decrypt(row.identity_number, field=IDENTITY, record=str(row.id))
        digits = f"19{number[6:12]}" if row.document_kind == DocumentKind.OLD15 else number[6:14]
        try:
            yield row.id, date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
        except ValueError:
            continue
