"""What a record at a step amounts to: acceptable or not, and whether the case goes on. Pure.

Each judgement answers None where the case goes on, or the reason in words for which it is refused.
"""

from collections.abc import Mapping

from services.registry.procedures.identification.file import Reason
from services.registry.procedures.identification.procedure import Step
from services.registry.procedures.identification.schemas import Application, Comparison, Discussion, Visit, Vote
from services.registry.verification.screening.records import Ground
from shared.problems import Invalid


class ConsentMissing(Invalid):
    slug, zh = "consent-missing", "未经农户授权承诺，不能比对其信息"
    en = "Without the household's consent its data are not compared"


class TooFewVisitors(Invalid):
    slug, zh, en = "too-few-visitors", "入户核实须{people}人以上同行", "A house visit takes {people} people"


class VisitorMissing(Invalid):
    slug, zh, en = "visitor-missing", "录入人须为入户人员之一", "Who records a visit was there"


class QuorumMissing(Invalid):
    slug = "quorum-missing"
    zh = "到会代表{present}人，不足应到{representatives}人的{share}，评议无效"
    en = "{present} of {representatives} representatives came, fewer than {share}; the vote does not count"


class GroundUnknown(Invalid):
    slug, zh, en = "ground-unknown", "本地排除情形中没有“{ground}”", "'{ground}' is no ground of exclusion here"


class VotesDoNotAddUp(Invalid):
    slug, zh = "votes-do-not-add-up", "同意、反对、弃权票数之和应等于到会人数，到会人数不超过应到人数"
    en = "The votes add up to those present, who are no more than there are representatives"


class FindingsNotRead(Invalid):
    slug, zh = "findings-not-read", "部门比对结果须在会上宣读"
    en = "The results of the comparison are read out to the assembly"


def application(record: Application) -> Reason | None:
    """Raises ConsentMissing."""
    if not record.consents:
        raise ConsentMissing(field="record.consents", rule="authorised in writing")
    return None


def visit(step: Step, record: Visit, actor: str) -> Reason | None:
    """Raises TooFewVisitors, VisitorMissing."""
    if len(set(record.visitors)) < step.people:
        raise TooFewVisitors(field="record.visitors", rule=step.step, people=step.people)
    if actor not in record.visitors:
        raise VisitorMissing(field="record.visitors", rule="includes who records it")
    return None if record.supports else _reason(step, "入户核实情况不支持", "the visit does not support it")


def discussion(step: Step, record: Discussion) -> Reason | None:
    """The group's conclusion."""
    return None if record.supports else _reason(step, "小组评议不同意", "the villagers' group does not support it")


def comparison(step: Step, record: Comparison, grounds: Mapping[str, Ground], *, clearing_out: bool) -> Reason | None:
    """A finding that holds speaks against taking a household in, and for clearing it out.

    ``grounds`` are those in force in the village, by code. Raises GroundUnknown.
    """
    for position, finding in enumerate(record.findings):
        if finding.ground not in grounds:
            raise GroundUnknown(
                field=f"record.findings[{position}].ground", rule="screening.grounds", ground=finding.ground
            )
    holding = [grounds[finding.ground] for finding in record.findings if finding.holds]
    if clearing_out or not holding:
        return None
    zh, en = "；".join(ground.zh for ground in holding), "; ".join(ground.en for ground in holding)
    return _reason(step, f"部门比对发现排除情形：{zh}", f"grounds of exclusion hold: {en}")


def vote(step: Step, record: Vote, *, findings: bool) -> Reason | None:
    """Raises VotesDoNotAddUp, QuorumMissing, FindingsNotRead (``findings``: the procedure compares data before)."""
    cast = record.in_favour + record.against + record.abstained
    if cast != record.present or record.present > record.representatives:
        raise VotesDoNotAddUp(field="record.present", rule="the sum of the votes")
    if step.quorum and record.present * step.quorum[1] < record.representatives * step.quorum[0]:
        share = f"{step.quorum[0]}/{step.quorum[1]}"
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


def _reason(step: Step, zh: str, en: str) -> Reason:
    return {"code": step.step, "zh": zh, "en": en}
