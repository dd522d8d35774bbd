"""What a list of assignments is about, locked and read once; what the list itself adds is noted as it goes."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.responsibility import queries, rules
from services.registry.assistance.responsibility.rules import Span
from shared.policy import Policy, resolve

Pair = tuple[Any, ...]


@dataclass(slots=True)
class Sight:
    """Staff, organisations, households and villages by id; spans by pair, by helper and by post of a village."""

    staff: dict[UUID, Any] = field(default_factory=dict)
    organisations: dict[UUID, Any] = field(default_factory=dict)
    households: dict[UUID, Any] = field(default_factory=dict)
    villages: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    limits: dict[str, Policy] = field(default_factory=dict)
    poor: set[bytes] = field(default_factory=set)
    pairs: dict[Pair, dict[UUID, Span]] = field(default_factory=lambda: defaultdict(dict))
    helping: dict[UUID, dict[UUID, Span]] = field(default_factory=lambda: defaultdict(dict))
    posts: dict[Pair, dict[UUID, tuple[str, Span]]] = field(default_factory=lambda: defaultdict(dict))

    def note(self, row: Any, end: date | None = None) -> None:
        """Take a responsibility into account, ending as it does or on a day; replaces what was known of it."""
        span = Span(row.started_on, end or row.ended_on)
        if row.role == "department":
            self.pairs["department", row.organisation_id, row.division][row.id] = span
            return
        self.pairs[row.role, row.staff_id, row.household_id or row.division][row.id] = span
        if row.role == "helper":
            self.helping[row.staff_id][row.id] = span
        elif row.role in rules.SINGLE:
            self.posts[row.role, row.division][row.id] = (row.name, span)

    def village_exists(self, code: str, on: date) -> bool:
        return any(
            row.valid_from <= on and (row.valid_to is None or on < row.valid_to)
            for row in self.villages.get(code, ())
        )


async def see(
    session: AsyncSession,
    *,
    staff: Collection[UUID],
    organisations: Collection[UUID],
    households: Collection[UUID],
    villages: Collection[str],
    today: date,
) -> Sight:
    """Lock and read everything that the list names."""
    sight = Sight()
    sight.staff = await _rows(session, queries.STAFF, staff)
    employers = {row.organisation_id for row in sight.staff.values()}
    sight.organisations = await _rows(session, queries.ORGANISATIONS, {*organisations, *employers})
    sight.households = await _rows(session, queries.HOUSEHOLDS, households)
    for row in await session.execute(queries.VILLAGES, {"codes": sorted(villages)}):
        sight.villages[row.code].append(row)
    for statement, bound in (
        (queries.OF_STAFF, {"ids": list(sight.staff)}),
        (queries.OF_DEPARTMENTS, {"ids": list(organisations)}),
        (queries.OF_VILLAGES, {"codes": list(villages), "roles": list(rules.SINGLE)}),
    ):
        if next(iter(bound.values())):
            for row in await session.execute(statement, bound):
                sight.note(row)
    if households:
        indexes = [row.identity_index for row in sight.staff.values() if row.identity_index]
        sight.poor = set((await session.execute(queries.POOR, {"indexes": indexes})).scalars())
        for county in {row.division[:6] for row in sight.households.values()}:
            sight.limits[county] = await resolve(session, "responsibility.limits", county, today)
    return sight


async def _rows(session: AsyncSession, statement: Any, ids: Collection[UUID]) -> dict[UUID, Any]:
    if not ids:
        return {}
    return {row.id: row for row in await session.execute(statement, {"ids": sorted(ids)})}
