"""Who may borrow how much for how long, and how much of it the risk fund covers. Pure; amounts in fen."""

import calendar
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from services.funding.loans.records import Ages, Loan, Status, Terms
from services.funding.loans.schemas import ApplicationIn
from services.funding.payees.rules import not_eligible
from shared.households.queries import NoSuchHousehold
from shared.households.records import Household
from shared.names.money import parse_yuan, yuan
from shared.problems import Conflict, Invalid, NotFound, Problem
from shared.words import Digits, Word, words
from shared.workflow.case import Reason
from shared.workflow.separation import APPROVE, DISBURSE, Act, keep_apart

STATES = words(
    applied=("已申请", "applied for"),
    approved=("已审批", "approved"),
    disbursed=("已发放", "disbursed"),
    refused=("未获批准", "refused"),
)


class AboveMaximum(Invalid):
    slug, zh, en = "loan-above-maximum", "超过每户贷款上限{limit}元", "A household may owe at most {limit} yuan"
    limit: Digits


class TermTooLong(Invalid):
    slug, zh, en = "loan-term-too-long", "贷款期限超过{limit}个月", "The term is at most {limit} months"
    limit: int


class BorrowerNotEligible(Conflict):
    slug = "borrower-not-eligible"
    zh = "借款人须为本户成员，年满{low}至{high}周岁且有劳动能力"
    en = "The borrower has to be a member of the household, {low} to {high} years old and able to work"
    low: int
    high: int


class WrongStep(Conflict):
    slug, zh = "loan-wrong-step", "该笔贷款{state}，不能办理此步"
    en = "The loan is {state}; this step comes at another time"
    state: Word


class LoanDiffers(Conflict):
    slug, zh = "loan-differs", "此编号的贷款申请已提出，内容与此次不同"
    en = "A loan was applied for under this id with other content"


class HouseholdHasLoan(Conflict):
    slug = "household-has-loan"
    zh = "该户或其成员已有贷款，每户一笔"
    en = "The household or one of its members has a loan already; there is one a household"


class NoSuchLoan(NotFound):
    slug, zh, en = "no-such-loan", "没有这笔贷款", "There is no such loan"


class NoRiskFund(Conflict):
    slug, zh, en = "no-risk-fund", "该银行未设风险补偿金", "The county has no risk fund at this bank"


def applied_again(known: Loan, item: ApplicationIn) -> None:
    """Raises LoanDiffers where an id was used for something else."""
    if any(getattr(known, name) != value for name, value in item.model_dump(exclude={"captured_at"}).items()):
        raise LoanDiffers(field="id", rule="one id, one application")


def application(item: ApplicationIn, household: Household, terms: Terms, on: date) -> None:
    """Raises the rule that an application breaks."""
    maximum, months = terms.maximum.text(), terms.months.number()
    if item.amount > parse_yuan(maximum):
        raise AboveMaximum(field="amount", rule="loan.max", limit=Digits(maximum))
    if item.months > months:
        raise TermTooLong(field="months", rule="loan.months", limit=months)
    for objection in objections(household, item.borrower_id, terms, on):
        raise objection


def objections(household: Household | None, borrower_id: UUID, terms: Terms, on: date) -> list[Problem]:
    """Why a household may not borrow on a day, or its member not for it; nothing where they may."""
    if household is None:
        return [NoSuchHousehold(field="household_id")]
    found: list[Problem] = []
    if household.status not in terms.status.texts():
        found.append(not_eligible(household.status, "household_id", "loan.household_status"))
    age, member = terms.age.read(Ages), household.members.get(borrower_id)
    low, high = age["from"], age["to"]
    if member is None or not low <= member.age(on) <= high or member.labour not in terms.labour.texts():
        found.append(BorrowerNotEligible(field="borrower_id", rule="loan.age, loan.labour", low=low, high=high))
    return found


def owed_by(household: Household, loans: Iterable[Loan], but: UUID) -> list[Problem]:
    """What a household owes already, itself or by its members, beside one loan."""
    members = household.members
    if any(one.id != but and (one.household_id == household.id or one.borrower_id in members) for one in loans):
        return [HouseholdHasLoan(field="household_id", rule="one loan a household")]
    return []


def approval(loan: Loan, actor: str) -> bool:
    """Whether somebody approves a loan now; False where it was done before. Raises WrongStep, SamePerson."""
    return _due(loan, "applied", "approved", actor, APPROVE, [loan.applied_by])


def disbursement(loan: Loan, actor: str) -> bool:
    """The same of its disbursement. Raises WrongStep, SamePerson."""
    return _due(loan, "approved", "disbursed", actor, DISBURSE, [loan.applied_by, loan.approved_by])


def _due(loan: Loan, needed: Status, done: Status, actor: str, act: Act, earlier: Sequence[str | None]) -> bool:
    if loan.status == done:
        return False
    if loan.status != needed:
        raise WrongStep(field="id", rule=f"after {needed}", state=STATES[loan.status])
    keep_apart(actor, earlier, act)
    return True


def covered(amount: int, fund: int, multiplier: int, outstanding: int) -> tuple[int, Reason]:
    """How much of a loan the fund covers, and why: at most ``multiplier`` times the fund over all loans."""
    part = max(0, min(amount, multiplier * fund - outstanding))
    zh = f"风险补偿金{yuan(fund)}元×{multiplier}倍，已覆盖{yuan(outstanding)}元，本笔覆盖{yuan(part)}元"
    en = f"{multiplier} times a fund of {yuan(fund)} yuan, {yuan(outstanding)} in use: {yuan(part)} covered"
    return part, {"code": "risk_fund.multiplier", "zh": zh, "en": en}


def due_on(disbursed: date, months: int) -> date:
    """The day on which a term of whole months ends (the month's last day where it is shorter)."""
    year, month = divmod(disbursed.year * 12 + disbursed.month - 1 + months, 12)
    return date(year, month + 1, min(disbursed.day, calendar.monthrange(year, month + 1)[1]))
