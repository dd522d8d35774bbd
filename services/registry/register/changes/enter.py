"""A household that was left out, became poor or moved in: entered as a registration, with the day of decision."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes import queries, rules
from services.registry.register.changes.schemas import ChangeIn
from services.registry.register.codes import local
from services.registry.register.fields.rules import refusal
from services.registry.register.households import queries as households
from services.registry.register.households import register
from services.registry.register.households.records import HouseholdRow, Key
from services.registry.register.households.rules import (
    HouseholdNotAcceptable,
    NoSuchVillage,
    NumberTaken,
    PersonRegistered,
    household_faults,
)
from services.registry.register.households.schemas import HouseholdIn
from shared.database.session import caller_of, raw
from shared.http.items import Answer, accepted, refused
from shared.problems import Problem
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.security.crypto import KeyRing


async def enter(
    session: AsyncSession, keys: KeyRing, items: list[tuple[int, ChangeIn]], today: date
) -> dict[UUID, Answer]:
    """Enter new households, each answered by itself."""
    answers: dict[UUID, Answer] = {}
    rows: list[HouseholdRow] = []
    made = {item.id: _row(item, keys) for _, item in items if item.household}
    taken = await households.taken(session, [one.key for row in made.values() for one in row.uniques()])
    divisions = sorted({row.division for row in made.values()})
    villages = set((await session.execute(queries.VILLAGES, {"codes": divisions})).scalars())
    for position, item in items:
        try:
            household, row = await _checked(session, item, today), made[item.id]
            if household.division not in villages:
                raise NoSuchVillage(field="household.division", rule="a village on the list of divisions")
            _claim(row, taken)
        except Problem as problem:
            answers[item.id] = refused(item.id, problem, position=position)
            continue
        rows.append(row)
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
        await register.write(await raw(session), rows, caller_of(session).subject)
    return answers


def _row(item: ChangeIn, keys: KeyRing) -> HouseholdRow:
    assert item.household is not None
    return register.row(
        item.household,
        keys,
        source=f"change:{item.id}",
        kind=item.kind,
        reason=item.reason,
        effective_on=item.effective_on,
        ground=item.ground,
        change_id=item.id,
    )


async def _checked(session: AsyncSession, item: ChangeIn, today: date) -> HouseholdIn:
    rules.check_common(item, today)
    household = item.household
    if household is None or household.id != item.household_id:
        raise rules.PartMissing(field="household", rule="new_entry, with the same id")
    if not caller_of(session).covers(household.division):
        raise DivisionForbidden(field="household.division")
    faults = household_faults(household, today)
    if faults := await local.remaining(await raw(session), household.division, today, faults):
        raise refusal(HouseholdNotAcceptable, faults, "household")
    return household


def _claim(row: HouseholdRow, taken: set[Key]) -> None:
    """Raises NumberTaken or PersonRegistered where the register or an earlier item holds what has to be new."""
    mine = row.uniques()
    for unique in mine:
        if unique.key not in taken:
            continue
        if unique.member is None:
            raise NumberTaken(field=f"household.{unique.field}", rule="once in the register")
        raise PersonRegistered(
            field=f"household.members[{unique.member}].{unique.field}", rule="once in the register"
        )
    taken |= {unique.key for unique in mine}
