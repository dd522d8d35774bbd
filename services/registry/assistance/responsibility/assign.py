"""Decide one assignment against what it touches: the responsibility to write, or what stands against it. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from services.registry.assistance.organisations.records import Organisation, StaffMember
from services.registry.assistance.organisations.rules import NoSuchStaff, existing
from services.registry.assistance.responsibility import rules
from services.registry.assistance.responsibility.records import SINGLE, Home, Responsibility, Role, Span
from services.registry.assistance.responsibility.schemas import AssignmentIn
from shared.households.queries import NoSuchHousehold
from shared.names.divisions import is_village
from shared.policy import Policy, Reference
from shared.security.access import DivisionForbidden
from shared.security.auth import Caller
from shared.words import Name

Pair = tuple[Role, UUID, UUID | str]
_COUNTY = 6


@dataclass(frozen=True, slots=True)
class Scope:
    """What a list of assignments touches, read once: staff, organisations, households, and the days of villages.

    Responsibilities stand by pair, by helper and by post of a village; what the list itself adds is noted as it goes.
    """

    staff: Mapping[UUID, StaffMember]
    organisations: Mapping[UUID, Organisation]
    households: Mapping[UUID, Home]
    villages: Mapping[str, Sequence[Span]]
    limits: Mapping[str, Policy]
    poor: frozenset[bytes]
    pairs: dict[Pair, dict[UUID, Span]] = field(default_factory=lambda: defaultdict(dict))
    helping: dict[UUID, dict[UUID, Span]] = field(default_factory=lambda: defaultdict(dict))
    posts: dict[tuple[Role, str], dict[UUID, tuple[str, Span]]] = field(default_factory=lambda: defaultdict(dict))

    def note(self, one: Responsibility) -> None:
        """Take a responsibility into account; replaces what was known of it."""
        self.pairs[one.role, one.holder, one.target][one.id] = one.span
        if one.role == "helper":
            self.helping[one.holder][one.id] = one.span
        elif one.role in SINGLE:
            self.posts[one.role, one.division][one.id] = (one.name or "", one.span)

    def note_ending(self, one: Responsibility, on: date) -> None:
        """Take into account that a responsibility ends on a day."""
        self.note(replace(one, ended_on=on))


def decide(scope: Scope, item: AssignmentIn, caller: Caller, follows: UUID | None = None) -> Responsibility:
    """The responsibility, noted in the scope. Raises what stands against it."""
    person, organisation = _holder(scope, item)
    division = _place(scope, item, caller)
    holder, target = (person or organisation).id, item.household_id or division
    if any(span.reaches(item.started_on) for span in scope.pairs[item.role, holder, target].values()):
        raise rules.PairedAlready(field="id", rule="the same pair once at a time")
    for name, span in scope.posts[item.role, division].values():
        if span.reaches(item.started_on):
            raise rules.PostTaken(field="village", rule="one at a time", name=Name(name))
    most, policies = _limit(scope, item, person, organisation) if person and item.role == "helper" else (None, [])
    made = Responsibility(
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
        ended_on=None,
        follows=follows,
        note=item.note,
        ended_note=None,
        most=most,
        policies=policies,
        version=1,
        recorded_by=caller.subject,
    )
    scope.note(made)
    return made


def _holder(scope: Scope, item: AssignmentIn) -> tuple[StaffMember | None, Organisation]:
    """The person (None for a department) and the organisation, both there on the first day."""
    if item.role == "department":
        employer = scope.organisations.get(item.organisation_id) if item.organisation_id else None
        return None, existing(employer, item.started_on, field="started_on")
    person = scope.staff.get(item.staff_id) if item.staff_id else None
    if person is None:
        raise NoSuchStaff(field="staff_id")
    if not person.works_on(item.started_on):
        raise rules.NotWorking(field="started_on", rule="joined_on to left_on")
    return person, existing(scope.organisations.get(person.organisation_id), item.started_on, field="started_on")


def _place(scope: Scope, item: AssignmentIn, caller: Caller) -> str:
    if item.household_id:
        household = scope.households.get(item.household_id)
        if household is None:
            raise NoSuchHousehold(field="household_id")
        if household.status == "removed":
            raise rules.NotRegistered(field="household_id", rule="on the register")
        return household.division
    village = item.village or ""
    if not caller.covers(village):
        raise DivisionForbidden(field="village")
    if not is_village(village) or not any(span.holds_on(item.started_on) for span in scope.villages.get(village, ())):
        raise rules.NoSuchVillage(field="village", rule="exists on the first day")
    return village


def _limit(
    scope: Scope, item: AssignmentIn, person: StaffMember, organisation: Organisation
) -> tuple[int, list[Reference]]:
    """The limit that applies, and the policy that says so. Raises HelperUnchecked, HelperIsPoor, TooMany."""
    if person.identity_index is None:
        raise rules.HelperUnchecked(field="staff_id", rule="identity number recorded")
    if person.identity_index in scope.poor:
        raise rules.HelperIsPoor(field="staff_id", rule="not poor themselves")
    household = scope.households[item.household_id] if item.household_id else None
    policy = scope.limits[household.division[:_COUNTY] if household else ""]
    most = policy.read(dict[str, dict[str, int]])[organisation.level][person.rank]
    if rules.busiest(scope.helping[person.id].values(), item.started_on) >= most:
        raise rules.TooMany(field="staff_id", rule="responsibility.limits", rank=Name(person.rank), most=most)
    return most, [policy.reference()]
