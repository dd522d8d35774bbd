"""A household that was left out, became poor or moved in: entered as a registration, with the day of decision."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.changes import rules
from services.registry.changes.schemas import ChangeIn
from services.registry.households import registering
from services.registry.households.register import HouseholdNotAcceptable, NumberTaken, PersonRegistered
from services.registry.households.rules import household_faults
from services.registry.households.schemas import HouseholdIn
from shared import audit
from shared.access import DivisionForbidden
from shared.crypto import KeyRing
from shared.db import caller_of, raw
from shared.items import Answer, accepted, refused
from shared.problems import Problem

_KNOWN = text("""
    SELECT (SELECT array_agg(number) FROM household WHERE number = ANY(:numbers) OR id = ANY(:ids)) AS numbers,
           (SELECT array_agg(identity_index) FROM person WHERE identity_index = ANY(:indexes)) AS indexes
""")


async def enter(
    session: AsyncSession, keys: KeyRing, items: list[tuple[int, ChangeIn]], today: date
) -> dict[UUID, Answer]:
    """Enter new households, each answered by itself."""
    answers: dict[UUID, Answer] = {}
    rows: list[dict[str, Any]] = []
    taken = _Taken(*await _known(session, keys, items))
    for position, item in items:
        try:
            household = _checked(session, item, today)
            row = registering.row(
                household,
                keys,
                source=f"change:{item.id}",
                kind=item.kind,
                reason=item.reason,
                effective_on=item.effective_on,
                ground=item.ground,
            )
            taken.claim(row)
        except Problem as problem:
            answers[item.id] = refused(item.id, problem, position=position)
            continue
        rows.append(row | {"change_id": str(item.id)})
        audit.record(
            session,
            "household.new_entry",
            "household",
            household.id,
            household.division,
            after={"number": household.number, "size": len(household.members)},
            reason=item.ground or item.reason,
        )
        answers[item.id] = accepted(item.id)
    if rows:
        await registering.write(await raw(session), rows, caller_of(session).subject)
    return answers


def _checked(session: AsyncSession, item: ChangeIn, today: date) -> HouseholdIn:
    rules.check_common(item, today)
    household = item.household
    if household is None or household.id != item.household_id:
        raise rules.PartMissing(field="household", rule="new_entry, with the same id")
    if not caller_of(session).covers(household.division):
        raise DivisionForbidden(field="household.division")
    if faults := household_faults(household, today):
        errors = [fault.under("household").to_json() for fault in faults]
        raise HouseholdNotAcceptable(field=errors[0]["field"], rule=faults[0].rule, errors=errors, count=len(faults))
    return household


class _Taken:
    """Numbers that the register or an earlier item of the list holds."""

    def __init__(self, numbers: set[str], indexes: set[str]) -> None:
        self._numbers, self._indexes = numbers, indexes

    def claim(self, row: dict[str, Any]) -> None:
        """Raises NumberTaken or PersonRegistered where the row's household or a member is registered."""
        if row["number"] in self._numbers:
            raise NumberTaken(field="household.number", rule="once in the register")
        for position, member in enumerate(row["members"]):
            if member["identity_index"] in self._indexes:
                field = f"household.members[{position}].identity_number"
                raise PersonRegistered(field=field, rule="once in the register")
        self._numbers.add(row["number"])
        self._indexes |= {member["identity_index"] for member in row["members"] if member["identity_index"]}


async def _known(
    session: AsyncSession, keys: KeyRing, items: list[tuple[int, ChangeIn]]
) -> tuple[set[str], set[str]]:
    households = [item.household for _, item in items if item.household]
    if not households:
        return set(), set()
    rows = [registering.member_row(member, keys) for household in households for member in household.members]
    found = (
        await session.execute(
            _KNOWN,
            {
                "numbers": [household.number for household in households],
                "ids": [household.id for household in households],
                "indexes": [bytes.fromhex(row["identity_index"]) for row in rows if row["identity_index"]],
            },
        )
    ).one()
    return set(found.numbers or ()), {index.hex() for index in found.indexes or ()}
