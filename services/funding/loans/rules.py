"""Who may borrow how much for how long, and how much of it the risk fund covers. Pure; amounts in fen."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from services.funding.loans.schemas import ApplicationIn
from shared.households.records import Household
from shared.names.money import parse_yuan, yuan
from shared.policy import Policy, Reference
from shared.problems import Conflict, Forbidden, Invalid


class AboveMaximum(Invalid):
    slug, zh, en = "loan-above-maximum", "超过每户贷款上限{limit}元", "A household may owe at most {limit} yuan"


class TermTooLong(Invalid):
    slug, zh, en = "loan-term-too-long", "贷款期限超过{limit}个月", "The term is at most {limit} months"


class HouseholdNotEligible(Conflict):
    slug, zh, en = "household-not-eligible", "该户不在可贷款范围", "The household's status does not allow a loan"


class BorrowerNotEligible(Conflict):
    slug = "borrower-not-eligible"
    zh = "借款人须为本户成员，年满{low}至{high}周岁且有劳动能力"
    en = "The borrower has to be a member of the household, {low} to {high} years old and able to work"


class WrongStep(Conflict):
    slug, zh = "loan-wrong-step", "贷款当前状态为{state}，不能办理此步"
    en = "The loan is {state}; this step comes at another time"
    words = MappingProxyType({"applied": "已申请", "approved": "已审批", "disbursed": "已发放", "refused": "未批准"})


class SamePerson(Forbidden):
    slug, zh, en = (
        "separate-people",
        "申请、审批、放款须由不同的人办理",
        "Different people apply, approve and disburse",
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """The policies that a loan is judged by."""

    maximum: Policy
    months: Policy
    age: Policy
    labour: Policy
    status: Policy

    def references(self) -> list[Reference]:
        return [one.reference() for one in (self.maximum, self.months, self.age, self.labour, self.status)]


def check(item: ApplicationIn, household: Household, terms: Terms, on: date) -> None:
    """Raises the rule that an application breaks."""
    if item.amount > parse_yuan(terms.maximum.value):
        raise AboveMaximum(field="amount", rule="loan.max", limit=terms.maximum.value)
    if item.months > terms.months.value:
        raise TermTooLong(field="months", rule="loan.months", limit=terms.months.value)
    if household.status not in terms.status.value:
        raise HouseholdNotEligible(field="household_id", rule="loan.household_status")
    member = household.members.get(item.borrower_id)
    low, high = terms.age.value["from"], terms.age.value["to"]
    if member is None or not low <= member.age(on) <= high or member.labour not in terms.labour.value:
        raise BorrowerNotEligible(field="borrower_id", rule="loan.age, loan.labour", low=low, high=high)


def step(row: Any, needed: str, done: str, actor: str, earlier: list[str | None]) -> bool:
    """Whether a step is to be done; False where it was done before. Raises WrongStep, SamePerson."""
    if row.status == done:
        return False
    if row.status != needed:
        raise WrongStep(field="id", rule=f"after {needed}", state=row.status)
    if actor in earlier:
        raise SamePerson(field="id", rule="separate people")
    return True


def covered(amount: int, fund: int, multiplier: int, outstanding: int) -> tuple[int, Mapping[str, Any]]:
    """How much of a loan the fund covers, and why: at most ``multiplier`` times the fund over all loans."""
    part = max(0, min(amount, multiplier * fund - outstanding))
    zh = f"风险补偿金{yuan(fund)}元×{multiplier}倍，已覆盖{yuan(outstanding)}元，本笔覆盖{yuan(part)}元"
    en = f"{multiplier} times a fund of {yuan(fund)} yuan, {yuan(outstanding)} in use: {yuan(part)} covered"
    return part, {"code": "risk_fund.multiplier", "zh": zh, "en": en}


def due_on(disbursed: date, months: int) -> date:
    """The day on which a term of whole months ends (the month's last day where it is shorter)."""
    year, month = divmod(disbursed.year * 12 + disbursed.month - 1 + months, 12)
    return date(year, month + 1, min(disbursed.day, calendar.monthrange(year, month + 1)[1]))
