"""Who may take charge of what, and when. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from services.registry.assistance.organisations.catalogue import called
from services.registry.assistance.organisations.records import Organisation, StaffMember
from services.registry.assistance.organisations.rules import NoSuchStaff, existing
from services.registry.assistance.responsibility.records import SINGLE, Home, Responsibility, Role, Span
from services.registry.assistance.responsibility.schemas import AssignmentIn, HandoverIn
from shared.households.queries import NoSuchHousehold
from shared.names.divisions import is_village
from shared.policy import Policy, Reference
from shared.problems import Conflict, Invalid, NotFound
from shared.security.access import DivisionForbidden
from shared.security.auth import Caller
from shared.words import Name, Word, words

_PARTS = words(
    village=("村", "a village"),
    household_id=("户", "a household"),
    organisation_id=("单位", "an organisation"),
    staff_id=("责任人", "a member of staff"),
)
Pair = tuple[Role, UUID, UUID | str]
_COUNTY = 6


class PartMissing(Invalid):
    slug, zh = "responsibility-part-missing", "登记{role}应填{needed}，不填其他对象"
    en = "A {role} is assigned by {needed} and nothing else"
    role: Word
    needed: tuple[Word, ...]


class StartsInFuture(Invalid):
    slug, zh, en = "starts-in-future", "起始日期不能晚于今天", "It cannot begin in the future"


class EndsInFuture(Invalid):
    slug, zh, en = "ends-in-future", "截止日期不能晚于今天", "It cannot end in the future"


class EndsBeforeStart(Conflict):
    slug, zh, en = "ends-before-start", "截止日期应晚于起始日期（{since}）", "It began on {since} and ends after that"
    since: date


class ResponsibilityDiffers(Conflict):
    slug, zh, en = "responsibility-differs", "此编号已用于另一责任", "This id stands for another responsibility"


class NoSuchResponsibility(NotFound):
    slug, zh, en = "no-such-responsibility", "辖区内没有这一责任", "There is no such responsibility in your division"


class EndedAlready(Conflict):
    slug, zh, en = "ended-already", "该责任已于{on}终止", "It ended on {on} already"
    on: date


class SameHolder(Conflict):
    slug, zh, en = "same-holder", "交接双方是同一责任人", "It would be handed over to the one who has it"


class PairedAlready(Conflict):
    slug, zh, en = "paired-already", "同一期间已有此责任关系", "The two are paired on these days already"


class PostTaken(Conflict):
    slug, zh = "post-taken", "该村此岗位在此期间已有人（{name}），请办理交接"
    en = "{name} holds this post of the village on these days; hand it over"
    name: Name


class TooMany(Conflict):
    slug, zh = "too-many-households", "{rank}干部最多结对{most}户，已满"
    en = "A helper of the rank '{rank}' has at most {most} households, and has them"
    rank: Name
    most: int


class HelperIsPoor(Conflict):
    slug, zh, en = "helper-is-poor", "帮扶责任人本人是建档立卡贫困人口", "The helper lives in a registered household"


class HelperUnchecked(Invalid):
    slug, zh = "helper-unchecked", "帮扶责任人未登记身份证号，无法核对是否为贫困人口"
    en = "The helper's identity number is not recorded, so nobody can tell whether they are poor themselves"


class NotWorking(Invalid):
    slug, zh, en = "not-working", "此人在该日不在岗", "Nobody works there under this name on that day"


class NoSuchVillage(Invalid):
    slug, zh, en = "no-such-village", "该日没有这一行政村", "There is no such village on that day"


class NotRegistered(Conflict):
    slug, zh, en = (
        "household-not-registered",
        "该户已剔除，不再结对帮扶",
        "The household is no longer on the register",
    )


def busiest(spans: Iterable[Span], since: date) -> int:
    """How many spans hold at once at most, on any day from ``since`` on."""
    reaching = [span for span in spans if span.reaches(since)]
    days = {max(span.start, since) for span in reaching}
    return max((sum(span.holds_on(day) for span in reaching) for day in days), default=0)


def check_parts(item: AssignmentIn) -> None:
    """Raises PartMissing where the role needs other parts than were given."""
    given = {name for name in _PARTS if getattr(item, name)}
    needed = {"department": {"organisation_id", "village"}, "helper": {"staff_id", "household_id"}}.get(
        item.role, {"staff_id", "village"}
    )
    if given != needed:
        raise _missing(item.role, "role", needed)


def check_same(known: Responsibility, item: AssignmentIn) -> None:
    """Raises ResponsibilityDiffers where the id stands for another one."""
    said = (item.role, item.staff_id, item.household_id, item.started_on)
    is_same = (known.role, known.staff_id, known.household_id, known.started_on) == said
    if not is_same or item.village not in (None, known.division):
        raise ResponsibilityDiffers(field="id", rule="one id, one responsibility")


def check_same_handover(known: Responsibility, item: HandoverIn) -> None:
    """Raises ResponsibilityDiffers where the id stands for another one."""
    if (known.follows, known.started_on) != (item.ends, item.on):
        raise ResponsibilityDiffers(field="id", rule="one id, one responsibility")


def check_start(started_on: date, today: date) -> None:
    """Raises StartsInFuture."""
    if started_on > today:
        raise StartsInFuture(field="started_on", rule="not in the future")


def check_end(known: Responsibility, on: date, today: date) -> None:
    """Whether a responsibility may end on a day. Raises EndedAlready, EndsInFuture, EndsBeforeStart."""
    if known.ended_on is not None:
        raise EndedAlready(field="id", rule="open", on=known.ended_on)
    if on > today:
        raise EndsInFuture(field="on", rule="not in the future")
    if on <= known.started_on:
        raise EndsBeforeStart(field="on", rule="after its first day", since=known.started_on)


def check_successor(known: Responsibility, item: HandoverIn) -> None:
    """Raises PartMissing, SameHolder."""
    needed = "organisation_id" if known.role == "department" else "staff_id"
    if {name for name in ("organisation_id", "staff_id") if getattr(item, name)} != {needed}:
        raise _missing(known.role, needed, {needed})
    if known.holder in (item.organisation_id, item.staff_id):
        raise SameHolder(field=needed, rule="somebody else")


def successor(known: Responsibility, item: HandoverIn) -> AssignmentIn:
    """The assignment that continues a responsibility."""
    return AssignmentIn(
        id=item.id,
        role=known.role,
        started_on=item.on,
        village=None if known.household_id else known.division,
        household_id=known.household_id,
        organisation_id=item.organisation_id,
        staff_id=item.staff_id,
        note=item.note,
    )


def _missing(role: Role, field: str, needed: set[str]) -> PartMissing:
    parts = tuple(part for name, part in _PARTS.items() if name in needed)
    return PartMissing(field=field, rule=", ".join(sorted(needed)), role=called(role), needed=parts)


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
        raise PairedAlready(field="id", rule="the same pair once at a time")
    for name, span in scope.posts[item.role, division].values():
        if span.reaches(item.started_on):
            raise PostTaken(field="village", rule="one at a time", name=Name(name))
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
        raise NotWorking(field="started_on", rule="joined_on to left_on")
    return person, existing(scope.organisations.get(person.organisation_id), item.started_on, field="started_on")


def _place(scope: Scope, item: AssignmentIn, caller: Caller) -> str:
    if item.household_id:
        household = scope.households.get(item.household_id)
        if household is None:
            raise NoSuchHousehold(field="household_id")
        if household.status == "removed":
            raise NotRegistered(field="household_id", rule="on the register")
        return household.division
    village = item.village or ""
    if not caller.covers(village):
        raise DivisionForbidden(field="village")
    if not is_village(village) or not any(span.holds_on(item.started_on) for span in scope.villages.get(village, ())):
        raise NoSuchVillage(field="village", rule="exists on the first day")
    return village


def _limit(
    scope: Scope, item: AssignmentIn, person: StaffMember, organisation: Organisation
) -> tuple[int, list[Reference]]:
    """The limit that applies, and the policy that says so. Raises HelperUnchecked, HelperIsPoor, TooMany."""
    if person.identity_index is None:
        raise HelperUnchecked(field="staff_id", rule="identity number recorded")
    if person.identity_index in scope.poor:
        raise HelperIsPoor(field="staff_id", rule="not poor themselves")
    household = scope.households[item.household_id] if item.household_id else None
    policy = scope.limits[household.division[:_COUNTY] if household else ""]
    most = policy.read(dict[str, dict[str, int]])[organisation.level][person.rank]
    if busiest(scope.helping[person.id].values(), item.started_on) >= most:
        raise TooMany(field="staff_id", rule="responsibility.limits", rank=Name(person.rank), most=most)
    return most, [policy.reference()]
