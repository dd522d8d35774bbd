"""What a record at a step amounts to: acceptable or not, and whether the case goes on. Pure.

Each judgement answers None where the case goes on, or the reason in words for which it is refused.
"""

from shared.problems import Conflict, Invalid
from shared.words import Digits, Name
from shared.workflow.case import Case, Reason
from shared.workflow.procedure import Step
from shared.workflow.records import (
    Application,
    Consent,
    Dated,
    Discussion,
    Inspection,
    Payment,
    Posted,
    Signature,
    Visit,
    Vote,
)
from shared.workflow.separation import PAY, is_same_person, keep_apart


class ConsentMissing(Invalid):
    slug, zh = "consent-missing", "未经农户授权承诺，不能比对其信息"
    en = "Without the household's consent its data are not compared"


class TooFewVisitors(Invalid):
    slug, zh, en = "too-few-visitors", "此步须{people}人以上同行", "This step takes {people} people"
    people: int


class VisitorMissing(Invalid):
    slug, zh, en = "visitor-missing", "录入人须为到场人员之一", "Who records this was there"


class QuorumMissing(Invalid):
    slug = "quorum-missing"
    zh = "到会代表{present}人，不足应到{representatives}人的{share}，评议无效"
    en = "{present} of {representatives} representatives came, fewer than {share}; the vote does not count"
    present: int
    representatives: int
    share: Digits


class VotesDoNotAddUp(Invalid):
    slug, zh = "votes-do-not-add-up", "同意、反对、弃权票数之和应等于到会人数，到会人数不超过应到人数"
    en = "The votes add up to those present, who are no more than there are representatives"


class FindingsNotRead(Invalid):
    slug, zh = "findings-not-read", "部门比对结果须在会上宣读"
    en = "The results of the comparison are read out to the assembly"


class QuantityMissing(Invalid):
    slug, zh = "quantity-missing", "须填写实测数量，单位为{measure}"
    en = "What was measured is stated in '{measure}'"
    measure: Name


class ReasonMissing(Invalid):
    slug, zh, en = "refusal-reason-missing", "农户不同意的，须写明原因", "A household that declines says why"


class EvidenceMissing(Invalid):
    slug, zh = "step-evidence-missing", "此步须附{needed}份佐证材料（照片或扫描件）"
    en = "This step cites {needed} papers (photos or scans)"
    needed: int


class NothingToPay(Conflict):
    slug, zh, en = "not-approved", "该事项尚未批准，不能支付", "Nothing is paid before it is approved"


def judge(case: Case, step: Step, record: Dated | Posted | Signature, actor: str) -> Reason | None:
    """What the step itself asks of a record. Raises a problem where the record is not acceptable."""
    evidence(step, record)
    match record:
        case Application():
            return application(record)
        case Visit() | Inspection():
            return together(step, record, actor)
        case Discussion():
            return discussion(step, record)
        case Vote():
            compared = any(one.kind == "comparison" for one in case.steps[: case.position])
            return vote(step, record, findings=compared)
        case Consent():
            return consent(step, record)
        case Payment():
            payment(case, actor)
    return None


def discussion(step: Step, record: Discussion) -> Reason | None:
    """The group's conclusion."""
    return None if record.supports else _reason(step, "小组评议不同意", "the villagers' group does not support it")


def evidence(step: Step, record: Dated | Posted | Signature) -> None:
    """Raises EvidenceMissing where fewer papers are cited than the step asks for."""
    cited = {*record.evidence, *getattr(record, "photos", ())}
    if len(cited) < step.evidence:
        raise EvidenceMissing(field="record.evidence", rule=step.step, needed=step.evidence)


def application(record: Application) -> Reason | None:
    """Raises ConsentMissing."""
    if not record.consents:
        raise ConsentMissing(field="record.consents", rule="authorised in writing")
    return None


def together(step: Step, record: Visit | Inspection, actor: str) -> Reason | None:
    """Raises TooFewVisitors, VisitorMissing, QuantityMissing."""
    persons: list[str] = []
    for visitor in record.visitors:
        if not any(is_same_person(visitor, one) for one in persons):
            persons.append(visitor)
    if len(persons) < step.people:
        raise TooFewVisitors(field="record.visitors", rule=step.step, people=step.people)
    if not any(is_same_person(actor, one) for one in persons):
        raise VisitorMissing(field="record.visitors", rule="includes who records it")
    if (
        isinstance(record, Inspection)
        and step.measure
        and (record.quantity is None or record.measure != step.measure)
    ):
        raise QuantityMissing(field="record.quantity", rule=step.step, measure=Name(step.measure))
    return None if record.supports else _reason(step, f"{step.zh}情况不支持", f"{step.en} does not support it")


def vote(step: Step, record: Vote, *, findings: bool) -> Reason | None:
    """Raises VotesDoNotAddUp, QuorumMissing, FindingsNotRead (``findings``: the procedure compares data before)."""
    cast = record.in_favour + record.against + record.abstained
    if cast != record.present or record.present > record.representatives:
        raise VotesDoNotAddUp(field="record.present", rule="the sum of the votes")
    if step.quorum and record.present * step.quorum[1] < record.representatives * step.quorum[0]:
        share = Digits(f"{step.quorum[0]}/{step.quorum[1]}")
        raise QuorumMissing(
            field="record.present",
            rule=step.step,
            share=share,
            present=record.present,
            representatives=record.representatives,
        )
    if findings and not record.findings_read:
        raise FindingsNotRead(field="record.findings_read", rule="read out")
    if step.majority and record.in_favour * step.majority[1] <= record.present * step.majority[0]:
        zh = f"到会{record.present}人，同意{record.in_favour}人，未过半数"
        return _reason(step, zh, f"{record.in_favour} of {record.present} in favour, no majority")
    return None


def consent(step: Step, record: Consent) -> Reason | None:
    """A household may decline: its reason stays on record, and the step says what that does. Raises ReasonMissing."""
    if record.agrees:
        return None
    if record.reason is None:
        raise ReasonMissing(field="record.reason", rule="with a refusal")
    return None if step.declined == "continue" else _declines(step, record.reason)


def notes(case: Case) -> list[Reason]:
    """What those who decide have to know of a case that went on: that a household declines, and why."""
    return [
        _declines(case.steps[done.position], str(done.record["reason"]))
        for done in case.done
        if case.steps[done.position].kind == "consent" and not done.record["agrees"]
    ]


def _declines(step: Step, reason: str) -> Reason:
    return _reason(step, f"农户不同意：{reason}", f"the household declines: {reason}")


def payment(case: Case, actor: str) -> None:
    """Somebody else releases what was approved. Raises NothingToPay, SamePerson."""
    if case.status != "approved":
        raise NothingToPay(field="id", rule="approved before")
    keep_apart(actor, case.actors(), PAY)


def _reason(step: Step, zh: str, en: str) -> Reason:
    return {"code": step.step, "zh": zh, "en": en}
