"""When a household may leave poverty 脱贫. Pure; amounts in fen."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.evaluation.exits.schemas import EvidenceIn
from services.evaluation.incomes.records import Total
from shared.names.money import parse_yuan, yuan
from shared.policy import Policy, Reference
from shared.problems import Conflict, Invalid
from shared.workflow.case import Json, Reason

_ZH = {"food": "不愁吃", "clothing": "不愁穿", "education": "义务教育", "medical": "基本医疗", "housing": "住房安全"}
_ZH |= {"water": "饮水安全"}


class EvidenceMissing(Invalid):
    slug, zh, en = "evidence-missing", "缺少佐证：{missing_zh}", "There is no evidence yet for: {missing}"


class YearWrong(Invalid):
    slug, zh, en = "exit-year", "退出年度应为本年", "An exit is proposed for the present year"


class NotOnRegister(Conflict):
    slug, zh, en = "not-on-register", "该户不在册", "The household is not on the register"


class Verified(Conflict):
    slug, zh, en = "exit-verified", "已核查，佐证不能再改", "The evidence has been verified and stays as it is"


@dataclass(frozen=True, slots=True)
class Standard:
    """The policies that an exit is judged by."""

    line: Policy
    criteria: Policy
    years: Policy
    kinds: Policy

    def references(self) -> list[Reference]:
        return [one.reference() for one in (self.line, self.criteria, self.years, self.kinds)]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion with its value and whether it is met; ``needed`` where it is a number."""

    criterion: str
    met: bool
    value: str
    needed: str | None = None

    def to_json(self) -> dict[str, Json]:
        stated: dict[str, Json] = {"criterion": self.criterion, "met": self.met, "value": self.value}
        return stated | ({"needed": self.needed} if self.needed else {})


def missing(evidence: Collection[str], criteria: Sequence[str]) -> None:
    """Raises EvidenceMissing, which names every criterion without evidence: it is neither met nor failed."""
    lacking = [name for name in criteria if name not in evidence]
    if lacking:
        named = "、".join(_ZH.get(name, name) for name in lacking)
        raise EvidenceMissing(field="evidence", rule="exit.criteria", missing=", ".join(lacking), missing_zh=named)


def judge(
    evidence: Mapping[str, EvidenceIn], total: Total, year: int, identified_on: date, standard: Standard
) -> list[Criterion]:
    """The household against the standard. Raises EvidenceMissing."""
    named: list[str] = standard.criteria.value
    missing(evidence.keys(), named)
    line, years = parse_yuan(standard.line.value), year - identified_on.year
    return [
        Criterion("income", total.per_capita >= line, yuan(total.per_capita), standard.line.value),
        Criterion("years", years >= standard.years.value, str(years), str(standard.years.value)),
        *(Criterion(name, evidence[name].met, evidence[name].shown_by) for name in named),
    ]


def reasons(criteria: Sequence[Criterion]) -> list[Reason]:
    """Why a household does not leave, in words; none where every criterion is met."""
    return [_reason(one) for one in criteria if not one.met]


def _reason(one: Criterion) -> Reason:
    if one.criterion == "income":
        zh, en = f"人均纯收入{one.value}元，低于{one.needed}元", f"{one.value} yuan a person, below {one.needed}"
    elif one.criterion == "years":
        zh, en = "识别当年不得退出", "not in the year in which it was identified"
    else:
        zh, en = f"{_ZH.get(one.criterion, one.criterion)}未达标", f"{one.criterion} is not secured"
    return {"code": one.criterion, "zh": zh, "en": en}


NO_LONGER_REGISTERED: Reason = {
    "code": "not_registered",
    "zh": "该户已不在册",
    "en": "the household is no longer on the register",
}
