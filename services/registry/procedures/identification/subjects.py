"""The household that a case is about: one of the register in the right state, or one that may enter it."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.identification.schemas import HouseholdCaseIn
from services.registry.register.fields.rules import refusal
from services.registry.register.households import queries, register
from services.registry.register.households.records import Entry
from services.registry.register.households.rules import (
    HEAD,
    HouseholdNotAcceptable,
    NoSuchVillage,
    PersonRegistered,
    born_of,
    household_faults,
)
from services.registry.register.households.schemas import HouseholdIn
from services.registry.register.natural_villages.queries import known as natural_villages
from services.registry.register.natural_villages.records import Known, Lives
from services.registry.register.natural_villages.rules import stays
from services.registry.register.natural_villages.schemas import PlaceIn
from shared.database.session import caller_of
from shared.households.queries import NoSuchHousehold
from shared.names.words import STATES
from shared.problems import Conflict, Invalid, Problem
from shared.security.access import DivisionForbidden
from shared.security.crypto import KeyRing
from shared.words import Word
from shared.workflow.case import Json, Subject
from shared.workflow.kinds import Opening
from shared.workflow.schemas import OpeningIn

_HOUSEHOLDS = text("""
    SELECT h.id, h.division, h.status, h.size, h.attribute, head.name, head.born
    FROM household h JOIN household_head head ON head.household_id = h.id WHERE h.id = ANY(:ids)
""")
# In which states a household may be for a procedure, and what that does to it: who was included by mistake is
# cleared out after leaving poverty, too.
OUTCOMES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "removal": (("registered", "exited"), "removal"),
    "return": (("exited",), "return"),
    "inclusion": (("removed",), "restoration"),
}


class ProcedureDoesNotFit(Conflict):
    slug, zh = "procedure-does-not-fit", "该户{state}，不能办理此事项"
    en = "This procedure is not for a household that is {state}"
    state: Word


class HouseholdNeeded(Invalid):
    slug, zh, en = "household-needed", "新户须附拟登记信息，编号一致", "A new household comes with its facts and id"


async def subjects(
    session: AsyncSession, keys: KeyRing, items: Sequence[OpeningIn], today: date
) -> Mapping[UUID, Opening | Problem]:
    """The households of some requests: newcomers with what is to be registered, and those of the register."""
    asked = [item for item in items if isinstance(item, HouseholdCaseIn)]
    new = [item for item in asked if item.household]
    known = [item for item in asked if not item.household]
    return await _newcomers(session, keys, new, today) | await _registered(session, known)


async def _registered(session: AsyncSession, items: Sequence[HouseholdCaseIn]) -> dict[UUID, Opening | Problem]:
    """Households of the register, each in the state that the procedure is for, or the problem."""
    wanted = {"ids": sorted({item.household_id for item in items})}
    rows = {row.id: row for row in await session.execute(_HOUSEHOLDS, wanted)} if items else {}
    openings: dict[UUID, Opening | Problem] = {}
    for item in items:
        row = rows.get(item.household_id)
        states, outcome = OUTCOMES.get(item.procedure, ((), ""))
        if not states:
            openings[item.id] = HouseholdNeeded(field="household", rule=item.procedure)
        elif row is None:
            openings[item.id] = NoSuchHousehold(field="household_id")
        elif row.status not in states:
            openings[item.id] = ProcedureDoesNotFit(
                field="procedure", rule=f"for {' or '.join(states)} households", state=STATES[row.status]
            )
        else:
            subject = Subject("household", item.household_id, row.name, row.born, row.size, row.attribute)
            openings[item.id] = Opening(subject, row.division, outcome)
    return openings


async def _newcomers(
    session: AsyncSession, keys: KeyRing, items: Sequence[HouseholdCaseIn], today: date
) -> dict[UUID, Opening | Problem]:
    """Households that are to enter the register: acceptable as they are, and nobody of them registered."""
    if not items:
        return {}
    rows = {
        one.id: register.row(one.household, keys, Entry(source=f"case:{one.id}", through="cases"))
        for one in items
        if one.household
    }
    taken = await queries.taken(session, [one.key for row in rows.values() for one in row.uniques()])
    villages = await queries.existing_divisions(session, [one.household.division for one in items if one.household])
    groups = await natural_villages(session, [one.natural_village_id for one in items if one.natural_village_id])
    openings: dict[UUID, Opening | Problem] = {}
    for item in items:
        assert item.household is not None
        try:
            _check(session, item, item.household, villages, today)
            clash = next((one for one in rows[item.id].uniques() if one.key in taken), None)
            if clash:
                raise PersonRegistered(field=f"household.{clash.field}", rule="once in the register")
            openings[item.id] = _opening(item.household, _group(item, item.household, groups, today))
        except Problem as problem:
            openings[item.id] = problem
    return openings


def _check(
    session: AsyncSession, item: HouseholdCaseIn, household: HouseholdIn, villages: set[str], today: date
) -> None:
    if item.procedure not in ("identification", "inclusion"):
        raise ProcedureDoesNotFit(field="procedure", rule="for households of the register", state=STATES["new"])
    if household.id != item.household_id:
        raise HouseholdNeeded(field="household.id", rule="the case's household")
    if not caller_of(session).covers(household.division):
        raise DivisionForbidden(field="household.division")
    if household.division not in villages:
        raise NoSuchVillage(field="household.division", rule="a village on the list of divisions")
    if faults := household_faults(household, today):
        raise refusal(HouseholdNotAcceptable, faults, "household")


def _group(
    item: HouseholdCaseIn, household: HouseholdIn, groups: Mapping[UUID, Known], today: date
) -> dict[str, Json]:
    """Where a newcomer lives in its village, as its case keeps it. Raises NoSuchNaturalVillage, OtherVillage."""
    if item.natural_village_id is None:
        return {}
    lives = Lives(household.id, household.division, None, None)
    place = PlaceIn(id=household.id, natural_village_id=item.natural_village_id, valid_from=today)
    stays(place, lives, group := groups.get(item.natural_village_id), today)
    assert group is not None
    return {"group": group.name, "natural_village_id": str(group.id)}


def _opening(household: HouseholdIn, facts: dict[str, Json]) -> Opening:
    head = next(member for member in household.members if member.relation == HEAD)
    born, size = born_of(head) or date.min, len(household.members)
    subject = Subject("household", household.id, head.name, born, size, household.attribute)
    return Opening(subject, household.division, "new_entry", household.model_dump_json(exclude_unset=True), facts)
