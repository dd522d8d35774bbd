"""Decide one responsibility against what is in sight: the row to write, or the problem that prevents it."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.assistance.organisations.rules import NoSuchOrganisation, NoSuchStaff, OutsideItsDays
from services.registry.assistance.responsibility import rules
from services.registry.assistance.responsibility.schemas import AssignmentIn
from services.registry.assistance.responsibility.scope import Sight
from shared.households.queries import NoSuchHousehold
from shared.names.divisions import is_village
from shared.policy import Reference
from shared.security.access import DivisionForbidden
from shared.security.auth import Caller


@dataclass(frozen=True, slots=True)
class Charge:
    """A responsibility that is about to be written."""

    id: UUID
    division: str
    role: str
    household_id: UUID | None
    organisation_id: UUID
    organisation: str
    level: str
    staff_id: UUID | None
    name: str | None
    rank: str | None
    subject: str | None
    started_on: date
    follows: UUID | None
    note: str | None
    most: int | None
    policies: str
    ended_on: date | None = None


def charge(sight: Sight, item: AssignmentIn, caller: Caller, follows: UUID | None = None) -> Charge:
    """The responsibility, noted in ``sight``. Raises what stands against it."""
    person, organisation = _holder(sight, item)
    division = _place(sight, item, caller)
    holder, target = (person or organisation).id, item.household_id or division
    if any(span.reaches(item.started_on) for span in sight.pairs[item.role, holder, target].values()):
        raise rules.PairedAlready(field="id", rule="the same pair once at a time")
    for name, span in sight.posts[item.role, division].values():
        if span.reaches(item.started_on):
            raise rules.PostTaken(field="village", rule="one at a time", name=name)
    most, policies = _limit(sight, item, person, organisation) if item.role == "helper" else (None, [])
    made = Charge(
        id=item.id,
        division=division,
        role=item.role,
        household_id=item.household_id,
        organisation_id=organisation.id,
        organisation=organisation.name,
        level=organisation.level,
        staff_id=person.id if person else None,
        name=person.name if person else None,
        rank=person.rank if person else None,
        subject=person.subject if person else None,
        started_on=item.started_on,
        follows=follows,
        note=item.note,
        most=most,
        policies=json.dumps(policies),
    )
    sight.note(made)
    return made


def _holder(sight: Sight, item: AssignmentIn) -> tuple[Any, Any]:
    """The person (None for a department) and the organisation, both there on the first day."""
    person = None
    if item.role != "department":
        person = sight.staff.get(item.staff_id) if item.staff_id else None
        if person is None:
            raise NoSuchStaff(field="staff_id")
        if item.started_on < person.joined_on or (person.left_on and item.started_on >= person.left_on):
            raise rules.NotWorking(field="started_on", rule="joined_on to left_on")
    id = person.organisation_id if person else item.organisation_id
    organisation = sight.organisations.get(id) if id else None
    if organisation is None:
        raise NoSuchOrganisation(field="organisation_id")
    if item.started_on < organisation.valid_from or (
        organisation.valid_to and item.started_on >= organisation.valid_to
    ):
        raise OutsideItsDays(field="started_on", rule="while the organisation exists")
    return person, organisation


def _place(sight: Sight, item: AssignmentIn, caller: Caller) -> str:
    if item.household_id:
        household = sight.households.get(item.household_id)
        if household is None:
            raise NoSuchHousehold(field="household_id")
        if household.status == "removed":
            raise rules.NotRegistered(field="household_id", rule="on the register")
        division: str = household.division
        return division
    village = item.village or ""
    if not caller.covers(village):
        raise DivisionForbidden(field="village")
    if not is_village(village) or not sight.village_exists(village, item.started_on):
        raise rules.NoSuchVillage(field="village", rule="exists on the first day")
    return village


def _limit(sight: Sight, item: AssignmentIn, person: Any, organisation: Any) -> tuple[int, list[Reference]]:
    """The limit that applies, and the policy that says so. Raises HelperUnchecked, HelperIsPoor, TooMany."""
    if person.identity_index is None:
        raise rules.HelperUnchecked(field="staff_id", rule="identity number recorded")
    if person.identity_index in sight.poor:
        raise rules.HelperIsPoor(field="staff_id", rule="not poor himself")
    household = sight.households[item.household_id] if item.household_id else None
    policy = sight.limits[household.division[:6] if household else ""]
    most = rules.most(policy.value, organisation.level, person.rank)
    if rules.busiest(sight.helping[person.id].values(), item.started_on) >= most:
        raise rules.TooMany(field="staff_id", rule="responsibility.limits", rank=person.rank, most=most)
    return most, [policy.reference()]
