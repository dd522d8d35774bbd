"""Who may be entered as a payee, and who may be paid: somebody, in the division, eligible on the day. Pure."""

from datetime import date

from services.funding.payees.records import Claim, Known, Payee
from services.funding.payees.schemas import ConfirmationIn, EndIn, PayeeIn
from shared.households.queries import NoSuchHousehold
from shared.households.records import Status
from shared.names.words import STATES
from shared.problems import Conflict, Invalid, NotFound, Problem
from shared.words import Word, words
from shared.workflow.separation import CONFIRM, keep_apart

PAYEE_STATES = words(
    entered=("尚未确认", "not confirmed yet"),
    confirmed=("已确认", "confirmed"),
    refused=("未予确认", "refused"),
)


class PayeeDiffers(Conflict):
    slug, zh, en = "payee-differs", "此编号已登记为另一兑付对象", "This id stands for another payee"


class PayeeKnown(Conflict):
    slug = "payee-known"
    zh = "该统一社会信用代码已登记，请使用已登记的兑付对象"
    en = "A payee with this unified social credit code is entered already; use that one"


class NotThereYet(Invalid):
    slug = "payee-not-there-yet"
    zh = "成立日期晚于今天，请按登记证书填写"
    en = "The organisation begins in the future; see its certificate"


class NoSuchPayee(NotFound):
    slug = "no-such-payee"
    zh = "辖区内没有这一兑付对象，请先登记并由他人确认"
    en = "There is no such payee in your division; enter it first and have it confirmed"


class PayeeUnusable(Conflict):
    slug = "payee-not-confirmed"
    zh = "该兑付对象{state}，不能办理；请先由财务审核人员确认，未予确认的重新登记"
    en = "The payee is {state}; have it confirmed first, or enter it anew where it was refused"
    state: Word


class PayeeEnded(Conflict):
    slug = "payee-ended"
    zh = "该兑付对象已于{valid_to}注销，不能兑付；日期有误的请按登记证书更正"
    en = "The payee ended on {valid_to} and cannot be paid; have the day put right where it is wrong"
    valid_to: date


class NotThen(Conflict):
    slug = "payee-not-then"
    zh = "该兑付对象自{since}起才成立或识别，不能申报{year}年的奖补，请核对年度"
    en = "The payee began, or was identified, on {since} and has nothing for the year {year}; check the year"
    since: date
    year: int


class EndsBefore(Invalid):
    slug = "payee-ends-before"
    zh = "注销日期须晚于成立日期{valid_from}"
    en = "A payee ends after the day it began, {valid_from}"
    valid_from: date


class DecidedOtherwise(Conflict):
    slug = "payee-decided-otherwise"
    zh = "该兑付对象{state}，不能再作另一决定；须更正的请重新登记"
    en = "The payee is {state} already; enter it anew where that was wrong"
    state: Word


class HouseholdNotEligible(Conflict):
    slug = "household-not-eligible"
    zh = "该户{state}，不在可享受范围；登记有误的请先更正登记"
    en = "The household is {state} and not eligible; where the register is wrong, have it put right first"
    state: Word


class NoSuchMember(Conflict):
    slug = "payee-not-a-member"
    zh = "该村登记的户中没有此人；请核对兑付对象，或以其所在户申请"
    en = "No household of this village has such a member; check the payee, or apply for the household"


class PayeeElsewhere(Conflict):
    slug = "payee-elsewhere"
    zh = "兑付对象不在申请所填的村，请填写其现在所在的村"
    en = "The payee does not lie in the village that the application names; name the one where it lies today"


def entered_again(known: Payee, item: PayeeIn) -> None:
    """Raises PayeeDiffers where an id was used for something else."""
    sent = item.model_dump(exclude={"division", "valid_to"})
    ended = known.status == "confirmed"  # by a day that somebody has noted since
    if any(getattr(known, name) != value for name, value in sent.items()) or not (
        ended or known.valid_to == item.valid_to
    ):
        raise PayeeDiffers(field="id", rule="one id, one payee")


def may_be_entered(item: PayeeIn, today: date) -> None:
    """Raises NotThereYet."""
    if item.valid_from > today:
        raise NotThereYet(field="valid_from", rule="not in the future")


def confirmation(payee: Payee | None, item: ConfirmationIn, actor: str) -> bool:
    """Whether somebody decides of a payee now; False where just that was decided before.

    Raises NoSuchPayee, DecidedOtherwise, SamePerson.
    """
    if payee is None:
        raise NoSuchPayee(field="id", rule="entered first")
    if payee.status != "entered":
        if (payee.status == "confirmed") != item.approve or payee.ground not in (None, item.ground):
            raise DecidedOtherwise(field="approve", rule="decided once", state=PAYEE_STATES[payee.status])
        return False
    keep_apart(actor, [payee.entered_by], CONFIRM)
    return True


def end(payee: Payee | None, item: EndIn) -> bool:
    """Whether a payee gets another last day; False where it has just this one. Raises NoSuchPayee, EndsBefore."""
    if payee is None:
        raise NoSuchPayee(field="id", rule="entered first")
    if payee.status != "confirmed":
        raise PayeeUnusable(field="id", rule="confirmed", state=PAYEE_STATES[payee.status])
    if item.valid_to <= payee.valid_from:
        raise EndsBefore(field="valid_to", rule="after valid_from", valid_from=payee.valid_from)
    return payee.valid_to != item.valid_to


def objections(claim: Claim, known: Known) -> list[Problem]:
    """Why somebody may not be paid on the day; nothing where they may."""
    if claim.kind in ("household", "person"):
        return _of_household(claim, known)
    return _of_organisation(claim, known)


def _of_household(claim: Claim, known: Known) -> list[Problem]:
    household = known.households.get(claim.household_id) if claim.household_id else None
    person = claim.kind == "person"
    if household is None:
        if person:
            return [NoSuchMember(field="payee_id", rule="a member of a household of the village")]
        return [NoSuchHousehold(field="payee_id")]
    found: list[Problem] = []
    if household.division != claim.division:
        found.append(PayeeElsewhere(field="division", rule="where the household lies"))
    if household.status not in known.statuses:
        found.append(not_eligible(household.status, "payee_id", "reward.household_status"))
    if person and claim.id not in household.members:
        found.append(NoSuchMember(field="payee_id", rule="a member on the day"))
    return [*found, *_too_early(claim, household.identified_on)]


def not_eligible(status: Status, field: str, rule: str) -> HouseholdNotEligible:
    """That a household of this status gets nothing, in words."""
    return HouseholdNotEligible(field=field, rule=rule, state=STATES[status])


def _of_organisation(claim: Claim, known: Known) -> list[Problem]:
    payee = known.payees.get(claim.id)
    if payee is None or payee.kind != claim.kind:
        return [NoSuchPayee(field="payee_id", rule="a payee of this kind")]
    found: list[Problem] = []
    if payee.division != claim.division:
        found.append(PayeeElsewhere(field="division", rule="where the payee lies"))
    if payee.status != "confirmed":
        found.append(PayeeUnusable(field="payee_id", rule="confirmed", state=PAYEE_STATES[payee.status]))
    if payee.valid_to is not None and known.on >= payee.valid_to:
        found.append(PayeeEnded(field="payee_id", rule="exists on the day", valid_to=payee.valid_to))
    return [*found, *_too_early(claim, payee.valid_from)]


def _too_early(claim: Claim, since: date) -> list[Problem]:
    return (
        [NotThen(field="year", rule="payee of the year", since=since, year=claim.year)]
        if claim.year < since.year
        else []
    )
