"""When a change may be made, and what the household is after it. Pure."""

from datetime import date

from services.registry.changes.aggregate import Household, after
from services.registry.changes.schemas import ChangeIn
from services.registry.codes import reasons
from services.registry.contracts import MemberState
from services.registry.households.rules import HEAD, born_of, member_faults
from shared.problems import Conflict, Invalid

VERBS = {"removal": "removed", "restoration": "restored", "member_added": "changed", "member_left": "changed"}


class ReasonDoesNotFit(Invalid):
    slug, zh, en = "reason-does-not-fit", "原因与变更类型不符", "The reason does not fit this kind of change"


class NotYet(Invalid):
    slug, zh, en = "effective-in-future", "生效日期晚于今天", "A change cannot take effect in the future"


class BeforeLastChange(Conflict):
    slug = "before-last-change"
    zh = "生效日期早于该户上次变更（{since}），请走信息更正"
    en = "It would take effect before the household's last change ({since}); only a correction may"


class NotRegistered(Conflict):
    slug, zh, en = "not-registered", "该户不在册", "The household is not on the register"


class NotRemoved(Conflict):
    slug, zh, en = "not-removed", "该户未被剔除，不能恢复", "Only a removed household can be restored"


class NotAMember(Invalid):
    slug, zh, en = "not-a-member", "此人不是该户成员", "This person is no member of the household"


class SuccessorNeeded(Invalid):
    slug = "successor-needed"
    zh = "户主离开须指定新户主"
    en = "When the head leaves, another member has to become head"


class LastMemberLeaves(Invalid):
    slug = "last-member-leaves"
    zh = "最后一名成员离开应办理整户销户"
    en = "When the last member leaves, the household is removed"


class MemberNotAcceptable(Invalid):
    slug, zh, en = "member-not-acceptable", "成员信息不符合要求", "Facts of the member do not meet the rules"


class PartMissing(Invalid):
    slug, zh, en = "part-missing", "缺少此类变更必需的内容", "This kind of change needs more than was given"


def check_common(change: ChangeIn, today: date) -> None:
    """What holds of every change. Raises ReasonDoesNotFit, NotYet."""
    if change.kind not in reasons().get(change.reason, frozenset()):
        raise ReasonDoesNotFit(field="reason", rule=change.kind)
    if change.effective_on > today:
        raise NotYet(field="effective_on", rule="not in the future")


def decide(household: Household, change: ChangeIn, today: date) -> Household:
    """The household after the change. Raises a Conflict or Invalid that says why it may not be made."""
    check_common(change, today)
    if change.effective_on < household.since:
        raise BeforeLastChange(field="effective_on", rule="in order of days", since=household.since.isoformat())
    match change.kind:
        case "removal":
            _must_be_registered(household)
            return after(household, status="removed")
        case "restoration":
            if household.status != "removed":
                raise NotRemoved(field="household_id", rule="restored from removal")
            return after(household, status="registered")
        case "member_added":
            _must_be_registered(household)
            return _joined(household, change, today)
        case _:
            _must_be_registered(household)
            return _left(household, change)


def _must_be_registered(household: Household) -> None:
    if household.status != "registered":
        raise NotRegistered(field="household_id", rule="on the register")


def _joined(household: Household, change: ChangeIn, today: date) -> Household:
    member = change.member
    if member is None:
        raise PartMissing(field="member", rule="member_added")
    faults = list(member_faults(member, today, typed=True))
    if member.relation == HEAD:
        raise MemberNotAcceptable(field="member.relation", rule="one head")
    if faults:
        errors = [fault.under("member").to_json() for fault in faults]
        raise MemberNotAcceptable(field=f"member.{faults[0].field}", rule=faults[0].rule, errors=errors)
    newcomer = MemberState(
        id=member.id, relation=member.relation, born=born_of(member) or date.min, labour=member.labour
    )
    return after(household, members=(*household.members, newcomer))


def _left(household: Household, change: ChangeIn) -> Household:
    leaving = next((member for member in household.members if member.id == change.person_id), None)
    if leaving is None:
        raise NotAMember(field="person_id", rule="lives in the household")
    staying = tuple(member for member in household.members if member.id != change.person_id)
    if not staying:
        raise LastMemberLeaves(field="person_id", rule="removal with household_extinct")
    if leaving.relation == HEAD:
        if not any(member.id == change.successor_id for member in staying):
            raise SuccessorNeeded(field="successor_id", rule="one head")
        staying = tuple(
            member.model_copy(update={"relation": HEAD}) if member.id == change.successor_id else member
            for member in staying
        )
    elif change.successor_id is not None:
        raise NotAMember(field="successor_id", rule="only where the head leaves")
    return after(household, members=staying)
