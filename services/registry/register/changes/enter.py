"""A household that is identified, was left out, became poor or moved in: entered as a registration."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes import rules
from services.registry.register.changes.records import Through
from services.registry.register.changes.schemas import ChangeIn
from services.registry.register.codes import service as codes
from services.registry.register.fields.rules import refusal
from services.registry.register.households import queries as households
from services.registry.register.households import register
from services.registry.register.households.records import Entry, HouseholdRow, Key
from services.registry.register.households.rules import (
    HouseholdNotAcceptable,
    NoSuchVillage,
    NumberTaken,
    PersonRegistered,
    household_faults,
)
from services.registry.register.households.schemas import HouseholdIn
from shared.database.session import caller_of, raw
from shared.http.items import Outcome
from shared.problems import Problem
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.security.crypto import KeyRing


async def enter(
    session: AsyncSession, keys: KeyRing, items: Sequence[ChangeIn], today: date, *, through: Through, write: bool
) -> dict[UUID, Outcome | Problem]:
    """Enter new households, each decided by itself. Not ``write``: only what would become of them."""
    decided: dict[UUID, Outcome | Problem] = {}
    rows: dict[UUID, HouseholdRow] = {}
    made = {item.id: _row(item, item.household, keys, through) for item in items if item.household}
    taken = await households.taken(session, [one.key for row in made.values() for one in row.uniques()])
    villages = await households.existing_divisions(session, [row.division for row in made.values()])
    for item in items:
        try:
            household = await _checked(session, item, today)
            if household.division not in villages:
                raise NoSuchVillage(field="household.division", rule="a village on the list of divisions")
            _claim(made[item.id], taken)
        except Problem as problem:
            decided[item.id] = problem
            continue
        rows[item.id], decided[item.id] = made[item.id], "accepted"
    if rows and write:
        for row in rows.values():
            _note(session, row)
        await register.write(await raw(session), rows.values(), caller_of(session).subject)
    return decided


def _note(session: AsyncSession, row: HouseholdRow) -> None:
    audit.record(
        session,
        f"household.{row.entry.kind}",
        "household",
        row.id,
        row.division,
        after={"number": row.number, "size": len(row.members)},
        reason=row.entry.ground or row.entry.reason,
    )


def _row(item: ChangeIn, household: HouseholdIn, keys: KeyRing, through: Through) -> HouseholdRow:
    entry = Entry(
        source=f"change:{item.id}",
        through=through,
        kind=item.kind,
        reason=item.reason,
        effective_on=item.effective_on,
        ground=item.ground,
        change_id=item.id,
    )
    return register.row(household, keys, entry)


async def _checked(session: AsyncSession, item: ChangeIn, today: date) -> HouseholdIn:
    rules.check_common(item, today)
    household = item.household
    if household is None or household.id != item.household_id:
        raise rules.PartMissing(field="household", rule=f"{item.kind}, with the same id")
    if item.kind == "registration" and household.identified_on != item.effective_on:
        raise rules.DayDiffers(field="effective_on", rule="the day of identification")
    if not caller_of(session).covers(household.division):
        raise DivisionForbidden(field="household.division")
    faults = household_faults(household, today)
    if faults := await codes.remaining(await raw(session), household.division, today, faults):
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
