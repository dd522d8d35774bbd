"""When a household may leave poverty 脱贫. Pure; amounts in fen."""

from collections.abc import Collection, Mapping, Sequence

from pydantic import ValidationError

from services.evaluation.exits.records import CRITERIA, Criterion, Finding, Standard
from services.evaluation.exits.schemas import EvidenceIn
from services.evaluation.incomes.records import Total
from shared.households.records import Household
from shared.names.money import parse_yuan, yuan
from shared.names.words import STATES
from shared.problems import Conflict, Invalid, NotFound, WrongValue
from shared.words import Digits, Word
from shared.workflow.case import Reason

_ELSEWHERE = Word("unknown", "已不在册", "no longer on the register")


class EvidenceMissing(Invalid):
    slug, zh, en = "evidence-missing", "缺少佐证：{missing}", "There is no evidence yet for: {missing}"
    missing: tuple[Word, ...]


class IncomeMissing(Invalid):
    slug, zh = "exit-income-missing", "该户{year}年收入尚未录入，请先录入收入再核查"
    en = "The household's income of {year} has not been entered; enter it first"
    year: Digits


class YearWrong(Invalid):
    slug, zh, en = "exit-year", "退出年度应为本年", "An exit is proposed for the present year"


class NotOnRegister(Conflict):
    slug, zh, en = "not-on-register", "该户{state}", "The household is {state}"
    state: Word


class ApprovedAlready(Conflict):
    slug, zh, en = "exit-approved-already", "该户本年度已批准退出", "The household's exit was approved this year"


class Verified(Conflict):
    slug, zh, en = "exit-verified", "已核查，佐证不能再改", "The evidence has been verified and stays as it is"


class HeadChanged(Conflict):
    slug, zh = "exit-head-changed", "该户户主已变更，请先更正户主姓名再办理"
    en = "The household has another head now; put the name right first"


class NoSuchExit(NotFound):
    slug, zh, en = "no-such-exit", "辖区内没有这一退出事项", "There is no such case in your division"


def check_criteria(value: object) -> None:
    """Whether a value can be the policy ``exit.criteria``. Raises WrongValue."""
    try:
        criteria = CRITERIA.validate_python(value)
    except ValidationError as error:
        raise WrongValue(
            "每项标准须写明代码和中英文名称", "a criterion has a code and words in both languages"
        ) from error
    if len({one.criterion for one in criteria}) < len(criteria):
        raise WrongValue("同一项标准只列一次", "each criterion stands once")


def missing(evidence: Collection[str], criteria: Sequence[Criterion]) -> None:
    """Raises EvidenceMissing, which names every criterion without evidence: it is neither met nor failed."""
    if lacking := [one for one in criteria if one.criterion not in evidence]:
        named = tuple(Word(one.criterion, one.zh, one.en) for one in lacking)
        raise EvidenceMissing(field="evidence", rule="exit.criteria", missing=named)


def same_head(household: Household, head: str | None) -> None:
    """Raises HeadChanged where a household's head is another member than the one a proposal names."""
    if head_of(household) != head:
        raise HeadChanged(field="id", rule="the name of the head")


def head_of(household: Household) -> str | None:
    """The id of a household's head; None where it has none."""
    return str(household.head.id) if household.head else None


def judge(
    evidence: Mapping[str, EvidenceIn], total: Total, year: int, household: Household, standard: Standard
) -> list[Finding]:
    """The household against the standard. Raises EvidenceMissing, IncomeMissing: not known is not zero."""
    missing(evidence.keys(), standard.named)
    if not total.entered:
        raise IncomeMissing(field="record", rule="entered before it is judged", year=Digits(str(year)))
    line, needed = standard.line.text(), standard.years.number()
    years = year - household.identified_on.year
    income, enough = yuan(total.per_capita), total.per_capita >= parse_yuan(line)
    return [
        Finding("income", "人均纯收入", "income a person", enough, income, line),
        Finding("years", "识别后年数", "years after identification", years >= needed, str(years), str(needed)),
        *(_finding(one, evidence[one.criterion]) for one in standard.named),
    ]


def no_longer_registered(household: Household | None) -> Reason:
    """Why a household that is not on the register does not leave poverty."""
    stands = STATES[household.status] if household and household.status != "registered" else _ELSEWHERE
    return {"code": "not_registered", "zh": f"该户{stands.zh}", "en": f"the household is {stands.en}"}


def _finding(criterion: Criterion, evidence: EvidenceIn) -> Finding:
    return Finding(criterion.criterion, criterion.zh, criterion.en, evidence.met, evidence.shown_by)


def reasons(findings: Sequence[Finding]) -> list[Reason]:
    """Why a household does not leave, in words; none where every criterion is met."""
    return [_reason(one) for one in findings if not one.met]


def _reason(one: Finding) -> Reason:
    if one.criterion == "income":
        zh, en = f"人均纯收入{one.value}元，低于{one.needed}元", f"{one.value} yuan a person, below {one.needed}"
    elif one.criterion == "years":
        zh, en = "识别当年不得退出", "not in the year in which it was identified"
    else:
        zh, en = f"{one.zh}未达标", f"{one.en} is not secured"
    return {"code": one.criterion, "zh": zh, "en": en}
