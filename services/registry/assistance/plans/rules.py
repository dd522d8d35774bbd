"""What makes a plan: every cause has a measure of a batch that fits it, and the countdown ends in time. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.registry.assistance.plans.schemas import MeasureIn, PlanIn
from shared.policy import Policy, Reference
from shared.problems import Conflict, Invalid


class CauseUncovered(Invalid):
    slug, zh, en = "cause-uncovered", "致贫原因“{cause}”没有对应措施", "No measure answers the cause {cause}"


class NotItsCause(Invalid):
    slug, zh, en = "not-its-cause", "“{cause}”不是该户致贫原因", "{cause} is no cause of this household's poverty"


class BatchDoesNotFit(Invalid):
    slug = "batch-does-not-fit"
    zh = "“{batch}”不适用于致贫原因“{cause}”"
    en = "The batch {batch} does not fit the cause {cause}"


class ExitYearWrong(Invalid):
    slug, zh, en = (
        "exit-year-wrong",
        "脱贫年限应在{first}至{last}年之间",
        "The year of exit lies between {first} and {last}",
    )


class DueWrong(Invalid):
    slug = "due-wrong"
    zh = "完成期限应在今天之后、脱贫年度末之前"
    en = "A milestone is due after today and before the end of the year of exit"


class TwiceInPlan(Invalid):
    slug, zh, en = "twice-in-plan", "计划内编号重复", "An id stands twice in this plan"


class SamePerson(Conflict):
    slug, zh, en = "same-person", "制定人不能审批同一计划", "Who proposed a plan does not approve it"


class DoneInFuture(Invalid):
    slug, zh, en = "done-in-future", "完成日期不能晚于今天", "It cannot be done in the future"


@dataclass(frozen=True, slots=True)
class Standards:
    """The policies that a plan is made by."""

    batches: Policy
    measures: Policy
    years: Policy

    def references(self) -> list[Reference]:
        return [policy.reference() for policy in (self.batches, self.measures, self.years)]

    def fitting(self, cause: str) -> list[str]:
        """The batches that fit a cause; a cause that the policy does not name (a county's own) takes any."""
        listed: list[str] = self.measures.value.get(cause, list(self.batches.value))
        return listed


def check(plan: PlanIn, causes: Sequence[str], standards: Standards, today: date) -> None:
    """Raises an Invalid that names what is missing or does not fit."""
    last = today.year + int(standards.years.value)
    if not today.year <= plan.exit_year <= last:
        raise ExitYearWrong(field="exit_year", rule="plan.years", first=str(today.year), last=str(last))
    for position, measure in enumerate(plan.measures):
        _check_measure(measure, f"measures[{position}]", plan, causes, standards, today)
    answered = {measure.cause for measure in plan.measures}
    for cause in causes:
        if cause not in answered:
            raise CauseUncovered(field="measures", rule="every cause", cause=cause)
    ids = [measure.id for measure in plan.measures] + [one.id for m in plan.measures for one in m.milestones]
    if len(set(ids)) < len(ids):
        raise TwiceInPlan(field="measures", rule="one id, one thing")


def _check_measure(
    measure: MeasureIn, field: str, plan: PlanIn, causes: Sequence[str], standards: Standards, today: date
) -> None:
    if measure.cause not in causes:
        raise NotItsCause(field=f"{field}.cause", rule="a cause of the household", cause=measure.cause)
    if measure.batch not in standards.fitting(measure.cause):
        raise BatchDoesNotFit(field=f"{field}.batch", rule="plan.measures", batch=measure.batch, cause=measure.cause)
    end = date(plan.exit_year, 12, 31)
    for position, milestone in enumerate(measure.milestones):
        if not today <= milestone.due_on <= end:
            raise DueWrong(field=f"{field}.milestones[{position}].due_on", rule="in time")


def suggestions(causes: Sequence[str], standards: Standards) -> list[tuple[str, str, Mapping[str, str]]]:
    """What the policy suggests: cause, batch, and the batch's name."""
    return [(cause, batch, standards.batches.value[batch]) for cause in causes for batch in standards.fitting(cause)]
