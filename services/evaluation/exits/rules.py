"""When a household may leave poverty 脱贫, and which step follows which. Pure; amounts in fen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from services.evaluation.incomes.rules import Total
from shared.names.money import parse_yuan, yuan
from shared.policy import Policy
from shared.problems import Conflict, Forbidden, Invalid

# What a case has to be before a step, and what it is afterwards.
STEPS = {
    "check": ("proposed", "checked"),
    "sign": ("checked", "signed"),
    "publish": ("signed", "published"),
    "approve": ("published", "approved"),
}
_ZH = {"food": "不愁吃", "clothing": "不愁穿", "education": "义务教育", "medical": "基本医疗", "housing": "住房安全"}


def _named(criteria: Iterable[str]) -> str:
    return "、".join(_ZH.get(name, name) for name in criteria)


class WrongStep(Conflict):
    slug, zh = "exit-wrong-step", "该退出事项当前状态为{state}，不能办理此步"
    en = "The case is {state}; this step comes at another time"
    words = MappingProxyType(
        {"proposed": "已提出", "checked": "已核查", "signed": "已签字", "published": "公示中"}
        | {"approved": "已批准退出", "refused": "未批准退出"}
    )


class SamePerson(Forbidden):
    slug, zh = "separate-people", "提出、核查、审批须由不同的人办理"
    en = "Proposing, checking and approving are done by different people"


class EvidenceMissing(Invalid):
    slug, zh, en = "evidence-missing", "缺少佐证：{missing_zh}", "There is no evidence yet for: {missing}"


class NoticeRuns(Conflict):
    slug, zh, en = "notice-runs", "公示期至{until}届满，之前不能审批", "The public notice runs until {until}"


class ObjectionOpen(Conflict):
    slug, zh, en = "objection-open", "有未答复的异议，不能审批", "An objection has not been answered yet"


class NotOnRegister(Conflict):
    slug, zh, en = "not-on-register", "该户不在册", "The household is not on the register"


@dataclass(frozen=True, slots=True)
class Standard:
    """The policies that an exit is judged by."""

    line: Policy
    criteria: Policy
    years: Policy
    kinds: Policy

    def references(self) -> list[dict[str, Any]]:
        return [one.reference() for one in (self.line, self.criteria, self.years, self.kinds)]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Each criterion with its value and whether it is met; the reasons against an exit in words."""

    criteria: list[dict[str, Any]]
    reasons: list[dict[str, str]]

    @property
    def passed(self) -> bool:
        return not self.reasons


def next_status(status: str, step: str) -> str | None:
    """What a case is after a step; None where the step was done before. Raises WrongStep."""
    needed, done = STEPS[step]
    order = [needed for needed, _ in STEPS.values()] + ["approved"]
    if status == needed:
        return done
    if status in order and order.index(status) >= order.index(done):
        return None
    raise WrongStep(field="id", rule=f"after {needed}", state=status)


def judge(evidence: Mapping[str, Any], total: Total, year: int, identified_on: date, standard: Standard) -> Judgement:
    """The household against the standard. Raises EvidenceMissing: what is not known is neither met nor failed."""
    missing = [name for name in standard.criteria.value if name not in evidence]
    if missing:
        raise EvidenceMissing(
            field="evidence", rule="exit.criteria", missing=", ".join(missing), missing_zh=_named(missing)
        )
    line, years = parse_yuan(standard.line.value), year - identified_on.year
    criteria = [_criterion("income", total.per_capita >= line, yuan(total.per_capita), standard.line.value)]
    criteria.append(_criterion("years", years >= standard.years.value, str(years), str(standard.years.value)))
    criteria += [
        _criterion(name, evidence[name]["met"], evidence[name]["shown_by"]) for name in standard.criteria.value
    ]
    return Judgement(criteria, [_reason(one) for one in criteria if not one["met"]])


def _criterion(name: str, met: bool, value: str, needed: str | None = None) -> dict[str, Any]:  # noqa: FBT001
    return {"criterion": name, "met": met, "value": value} | ({"needed": needed} if needed else {})


def _reason(criterion: Mapping[str, Any]) -> dict[str, str]:
    name, value, needed = criterion["criterion"], criterion["value"], criterion.get("needed")
    if name == "income":
        zh, en = f"人均纯收入{value}元，低于{needed}元", f"{value} yuan a person, below {needed}"
    elif name == "years":
        zh, en = "识别当年不得退出", "not in the year in which it was identified"
    else:
        zh, en = f"{_ZH.get(name, name)}未达标", f"{name} is not secured"
    return {"code": name, "zh": zh, "en": en}


def may_approve(today: date, notice_until: date, *, open_objections: int) -> None:
    """Raises NoticeRuns before the notice has run out, ObjectionOpen while one is unanswered."""
    if today < notice_until:
        raise NoticeRuns(field="id", rule="publicity.days.exit", until=notice_until.isoformat())
    if open_objections:
        raise ObjectionOpen(field="id", rule="answered first")


def different(actor: str, earlier: Sequence[str | None]) -> None:
    """Raises SamePerson where the actor has done an earlier step."""
    if actor in earlier:
        raise SamePerson(field="id", rule="separate people")
