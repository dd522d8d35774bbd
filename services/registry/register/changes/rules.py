"""When a change may be made, and what the households are after it. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.registry.contracts import MemberState
from services.registry.register.changes import succession
from services.registry.register.changes.records import Change, Known, Step
from services.registry.register.changes.schemas import ChangeIn, Relative
from services.registry.register.changes.succession import RelationsWrong
from services.registry.register.codes import gone_for_good, reasons, sex_of_relation, texts
from services.registry.register.fields.rules import Faulty, refusal
from services.registry.register.households.records import Household, after
from services.registry.register.households.rules import (
    CODE_LIST,
    HEAD,
    NotAMember,
    NotYet,
    born_of,
    member_faults,
    relation_faults,
)
from shared.households.queries import NoSuchHousehold
from shared.names.words import LEVELS, STATES
from shared.problems import Conflict, Invalid, NotFound, Problem
from shared.security.access import LevelForbidden
from shared.words import Name, Word

EXTINCT = "household_extinct"
VERBS = {
    "removal": "removed",
    "restoration": "restored",
    "return": "returned",
    "member_added": "changed",
    "member_left": "changed",
    "move": "moved",
    "redivided": "moved",
    "exit": "exited",
}


# Stands behind the number of a household that never was, before something that tells two of them apart.
_NEVER_WAS = "-作废-"
ALL_GONE = "all dead or gone"


class ReasonDoesNotFit(Invalid):
    slug, zh, en = "reason-does-not-fit", "原因与变更类型不符", "The reason does not fit this kind of change"


class BeforeRegistered(Conflict):
    slug = "before-registered"
    zh = "该户自{since}起才在本辖区登记，生效日期不得早于该日；属迁入以前的，请报上级办理"
    en = "The household is registered here from {since} on: what was before it a higher office records"
    since: date


class NotRegistered(Conflict):
    slug, zh, en = "not-registered", "该户{state}", "The household is {state}"
    state: Word


class NotRemoved(Conflict):
    slug, zh, en = "not-removed", "该户未被剔除，不能恢复", "Only a removed household can be restored"


class NotExited(Conflict):
    slug, zh, en = "not-exited", "该户未脱贫退出，不能标注返贫", "Only a household that left poverty can fall back"


class MemberNotAcceptable(Faulty):
    slug, zh = "member-not-acceptable", "该成员信息有{count}处不符合要求"
    en = "{count} facts of the member do not meet the rules"
    count: int = 1


class PartMissing(Invalid):
    slug, zh, en = "part-missing", "缺少此类变更必需的内容", "This kind of change needs more than was given"


class StillLiving(Conflict):
    """Some of a household that is to die out are neither dead nor gone; ``people`` are they."""

    slug = "still-living"
    zh = "该户还有{count}名成员在户，不能办理整户自然减少"
    en = "{count} members still live in the household: it has not died out"
    count: int
    people: tuple[UUID, ...]


class StillLivingByName(StillLiving):
    zh = "该户还有{count}名成员在户（{names}），不能办理整户自然减少"
    en = "{count} members still live in the household ({names}): it has not died out"
    names: tuple[Name, ...]


class NoSuchRequest(NotFound):
    slug, zh, en = "no-such-change-request", "辖区内没有这一申请", "There is no such request in your division"


class LivesElsewhere(Conflict):
    slug, zh, en = "lives-elsewhere", "此人仍是另一户成员", "This person is a member of another household"


class RecordedAsDead(Conflict):
    slug = "recorded-as-dead"
    zh = "此人已登记于{day}死亡，不能再增加为成员；死亡登记有误的，请撤销该项变更（误登撤销）"
    en = "This person is recorded as dead since {day}: cancel that change first if it was wrong"
    day: date


class NobodyKnown(Invalid):
    slug, zh, en = "nobody-known", "辖区内没有登记此人", "Nobody with this id is registered in your division"


class DayDiffers(Invalid):
    slug, zh, en = "day-differs", "登记自识别之日起生效", "A registration takes effect on the day of identification"


class InClosedYear(Conflict):
    slug = "in-closed-year"
    zh = "{year}年已封账，任何户不得再在该年及以前进入或退出登记库"
    en = "The year {year} is closed: no household enters or leaves the register on a day of it or before"
    year: int


class ProcedureNeeded(Conflict):
    slug = "procedure-needed"
    zh = "此原因须经识别或回头看程序办理，不能直接调整"
    en = "This reason is given by a procedure (case, look-back round) and not directly"


def not_directly(refusal: str, detail: str | None) -> Problem:
    """Why an office may not decide a change by itself, as ``may_decide_directly`` says it."""
    match refusal, detail:
        case "level", str():
            return LevelForbidden(field="reason", rule="changes.direct", level=LEVELS[detail])
        case "year", str():
            return InClosedYear(field="effective_on", rule="an open year", year=int(detail))
        case _:
            return ProcedureNeeded(field="reason", rule="changes.direct")


def check_common(change: ChangeIn, today: date) -> None:
    """What holds of every change. Raises ReasonDoesNotFit, NotYet."""
    if change.kind not in reasons().get(change.reason, frozenset()):
        raise ReasonDoesNotFit(field="reason", rule=change.kind)
    if change.effective_on > today:
        raise NotYet(field="effective_on", rule="not in the future")


def found(households: Mapping[UUID, Household], id: UUID, field: str = "household_id") -> Household:
    """A household as it stands on the day of a change. Raises NoSuchHousehold."""
    household = households.get(id)
    if household is None:
        raise NoSuchHousehold(field=field)
    return household


def decide(households: Mapping[UUID, Household], change: ChangeIn, known: Mapping[UUID, Known], today: date) -> Step:
    """The household after a change that concerns it alone. Raises a Conflict or Invalid that says why not."""
    household = found(households, change.household_id)
    match change.kind:
        case "removal":
            must_live(household)
            if change.reason == EXTINCT:
                return _extinct(household, change)
            return Step(household, after(household, status="removed"), made(change))
        case "restoration":
            if household.status != "removed":
                raise NotRemoved(field="household_id", rule="restored from removal")
            return _restored(household, change, known, today)
        case "return":
            if household.status != "exited":
                raise NotExited(field="household_id", rule="left poverty before")
            return Step(household, after(household, status="registered"), made(change))
        case _:
            must_live(household)
            within = {"head_changed": _head_changed, "member_added": _joined, "member_left": _left}
            return within[change.kind](household, change, known, today)


def exited(household: Household, change: ChangeIn) -> Step:
    """A household that left poverty. Raises NotRegistered."""
    must_be_registered(household)
    return Step(household, after(household, status="exited"), made(change))


def redivided(household: Household, change: ChangeIn) -> Step:
    """A household whose division became another."""
    return Step(household, after(household, division=change.division or household.division), made(change))


def made(change: ChangeIn) -> Change:
    """The change as it is written; its kind adds who came and went."""
    return Change(
        id=change.id,
        kind=change.kind,
        reason=change.reason,
        effective_on=change.effective_on,
        verb=VERBS.get(change.kind, "changed"),
        ground=change.ground,
        source=change.source,
        evidence=tuple(change.evidence),
        captured_at=change.captured_at.isoformat() if change.captured_at else None,
    )


def plain(number: str) -> str:
    """The number that a household has, or had before it turned out that it never was."""
    return number.partition(_NEVER_WAS)[0]


def number_of(household: Household, taken: Collection[str], *, never: bool) -> str:
    """A household that never was (its split is cancelled) leaves its number to others; one that is back has it again,
    where nobody took it.
    """
    if never:
        return f"{plain(household.number)}{_NEVER_WAS}{str(household.id)[-8:]}"
    number = plain(household.number)
    return household.number if number != household.number and f"number:{number}" in taken else number


def must_be_registered(household: Household) -> None:
    """Raises NotRegistered."""
    if household.status != "registered":
        raise NotRegistered(field="household_id", rule="on the register", state=STATES[household.status])


def must_live(household: Household, field: str = "household_id") -> None:
    """Not taken off the register: who left poverty lives on. Raises NotRegistered."""
    if household.status == "removed":
        raise NotRegistered(field=field, rule="not taken off the register", state=STATES[household.status])


def _extinct(household: Household, change: ChangeIn) -> Step:
    """Nobody of the household is left: of each member it is said why they are dead or gone."""
    gone = {one.person_id: one.reason for one in change.departures}
    if gone.keys() - {member.id for member in household.members}:
        raise NotAMember(field="departures", rule="lives in the household")
    for position, one in enumerate(change.departures):
        if one.reason not in gone_for_good():
            raise ReasonDoesNotFit(field=f"departures[{position}].reason", rule="dead or gone")
    if living := tuple(member.id for member in household.members if member.id not in gone):
        raise StillLiving(field="departures", rule=ALL_GONE, count=len(living), people=living)
    done = replace(made(change), departs=tuple(gone), more={"gone": gone})
    return Step(household, after(household, status="removed", members=()), done)


def _restored(household: Household, change: ChangeIn, known: Mapping[UUID, Known], today: date) -> Step:
    """A household comes back as what it was, with the members that it has or, where nobody is left, those named."""
    if household.members and change.members is None:
        return Step(household, after(household, status=household.lived_as), made(change))
    if change.members is None or household.members:
        raise PartMissing(field="members", rule="members, where nobody is left in the household")
    homeless = {id: one.member for id, one in known.items() if not one.lives}
    members = relatives(homeless, change.members, known, (household.identified_on, today), "members", heads=1)
    arrives = tuple((member.id, member.relation) for member in members)
    done = replace(made(change), arrives=arrives, more={"joined": [member.id for member in members]})
    return Step(household, after(household, status=household.lived_as, members=members), done)


def relatives(
    candidates: Mapping[UUID, MemberState],
    given: list[Relative],
    known: Mapping[UUID, Known],
    days: tuple[date, date],
    field: str,
    *,
    heads: int,
) -> tuple[MemberState, ...]:
    """Some persons with their relations in the household where they will live. Raises NotAMember, RelationsWrong."""
    if len({one.person_id for one in given}) < len(given) or any(one.person_id not in candidates for one in given):
        raise NotAMember(field=field, rule="lives in the household")
    words = texts(*days)["relation"]
    if sum(one.relation == HEAD for one in given) != heads:
        raise RelationsWrong(field=field, rule="one head")
    for position, one in enumerate(given):
        if one.relation not in words:
            raise RelationsWrong(field=f"{field}[{position}].relation", rule=CODE_LIST)
        who = known.get(one.person_id)
        if (sex := sex_of_relation().get(one.relation)) and (who is None or who.sex != sex):
            raise RelationsWrong(field=f"{field}[{position}].relation", rule="rule 49")
    return tuple(candidates[one.person_id].model_copy(update={"relation": one.relation}) for one in given)


def _joined(household: Household, change: ChangeIn, known: Mapping[UUID, Known], today: date) -> Step:
    if change.member is None and change.person_id is not None and change.relation is not None:
        newcomer = _returns(household, change, known, today)
        arrives = ((newcomer.id, newcomer.relation),)
        done = replace(made(change), person_id=newcomer.id, arrives=arrives, more={"joined": newcomer.id})
        return Step(household, after(household, members=(*household.members, newcomer)), done)
    member = change.member
    if member is None:
        raise PartMissing(field="member", rule="member, or person_id and relation")
    faults = list(member_faults(member, household.identified_on, today, typed=True))
    if member.relation == HEAD:
        raise MemberNotAcceptable(field="member.relation", rule="one head")
    if faults:
        raise refusal(MemberNotAcceptable, faults, "member")
    newcomer = MemberState(
        id=member.id, relation=member.relation, born=born_of(member) or date.min, labour=member.labour
    )
    done = replace(made(change), person_id=member.id, more={"joined": member.id})
    return Step(household, after(household, members=(*household.members, newcomer)), done)


def _returns(household: Household, change: ChangeIn, known: Mapping[UUID, Known], today: date) -> MemberState:
    """Somebody who is registered and lives in no household now."""
    assert change.person_id is not None
    assert change.relation is not None
    who = known.get(change.person_id)
    if who is None:
        raise NobodyKnown(field="person_id", rule="registered before")
    if who.lives:
        raise LivesElsewhere(field="person_id", rule="one household a person")
    if who.died_on:
        raise RecordedAsDead(field="person_id", rule="alive", day=who.died_on)
    if change.relation == HEAD:
        raise MemberNotAcceptable(field="relation", rule="one head")
    if faults := list(relation_faults(change.relation, who.sex, household.identified_on, today)):
        raise refusal(MemberNotAcceptable, faults)
    return who.member.model_copy(update={"relation": change.relation})


def _left(household: Household, change: ChangeIn, known: Mapping[UUID, Known], today: date) -> Step:
    if not any(member.id == change.person_id for member in household.members):
        raise NotAMember(field="person_id", rule="lives in the household")
    assert change.person_id is not None
    now = after(household, members=staying(household, {change.person_id}, change, known, today))
    done = replace(
        made(change),
        person_id=change.person_id,
        departs=(change.person_id,),
        more={"left": change.person_id} | headed(change),
        relates=succession.changed(household.members, now.members),
    )
    return Step(household, now, done)


def _head_changed(household: Household, change: ChangeIn, known: Mapping[UUID, Known], today: date) -> Step:
    """Somebody else of the household becomes its head 户主变更, and nobody leaves."""
    if change.successor_id is None:
        raise succession.SuccessorUnnamed(field="successor_id", rule="one head")
    if any(one.relation == HEAD and one.id == change.successor_id for one in household.members):
        raise succession.HeadAlready(field="successor_id", rule="another member")
    words = texts(household.identified_on, today)["relation"]
    members = succession.headed_by(household, household.members, change.successor_id, change.relations, known, words)
    relates = succession.changed(household.members, members)
    done = replace(made(change), person_id=change.successor_id, more=headed(change), relates=relates)
    return Step(household, after(household, members=members), done)


def staying(
    household: Household, going: set[UUID], change: ChangeIn, known: Mapping[UUID, Known], today: date
) -> tuple[MemberState, ...]:
    """Who stays when some go, under the head that the change names where the head goes; raises as ``stay`` does."""
    words = texts(household.identified_on, today)["relation"]
    return succession.stay(household, going, change.successor_id, change.relations, known, words)


def headed(change: ChangeIn) -> dict[str, object]:
    """What the history shows of a new head: who it is, and what the family said of the relations."""
    if change.successor_id is None:
        return {}
    said = {str(one.person_id): one.relation for one in change.relations}
    return {"head": change.successor_id} | ({"relations": said} if said else {})
