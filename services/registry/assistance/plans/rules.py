"""What makes a plan: every cause has a measure of a batch that fits it, and the countdown ends in time. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from services.registry.assistance.organisations.rules import NoSuchStaff
from services.registry.assistance.plans.records import Batch, Milestone, Standards
from services.registry.assistance.plans.schemas import MeasureIn, PlanIn, ShiftIn
from shared.problems import Conflict, Invalid, NotFound
from shared.words import Name, Word


class PlanDiffers(Conflict):
    slug, zh, en = "plan-differs", "此编号已用于另一计划", "This id stands for another plan"


class ProposedAlready(Conflict):
    slug, zh, en = "proposed-already", "该户已有待审计划", "A plan of this household waits for approval already"


class NoSuchPlan(NotFound):
    slug, zh, en = "no-such-plan", "辖区内没有这一脱贫计划", "There is no such plan in your division"


class IdTaken(Conflict):
    slug, zh, en = "id-taken", "计划内编号已被使用", "An id of this plan is in use already"


class CauseUncovered(Invalid):
    slug, zh, en = "cause-uncovered", "致贫原因“{cause}”没有对应措施", "No measure answers the cause '{cause}'"
    cause: Name


class NotItsCause(Invalid):
    slug, zh, en = "not-its-cause", "“{cause}”不是该户致贫原因", "'{cause}' is no cause of this household's poverty"
    cause: Name


class BatchDoesNotFit(Invalid):
    slug, zh = "batch-does-not-fit", "“{batch}”不适用于致贫原因“{cause}”"
    en = "The batch '{batch}' does not fit the cause '{cause}'"
    batch: Word
    cause: Name


class NoSuchBatch(Invalid):
    slug, zh = "no-such-batch", "没有这一帮扶措施，{cause}可选：{fitting}"
    en = "There is no such measure; for the cause '{cause}' there are: {fitting}"
    cause: Name
    fitting: tuple[Word, ...]


class ExitYearWrong(Invalid):
    slug, zh = "exit-year-wrong", "计划脱贫年度应在{first}至{last}年之间"
    en = "The year of exit lies between {first} and {last}"
    first: int
    last: int


class DueWrong(Invalid):
    slug, zh = "due-wrong", "完成期限应不早于今天、不晚于计划脱贫年度末"
    en = "A milestone is due today or later, and before the end of the year of exit"


class TwiceInPlan(Invalid):
    slug, zh, en = "twice-in-plan", "计划内编号重复", "An id stands twice in this plan"


class DoneInFuture(Invalid):
    slug, zh, en = "done-in-future", "完成日期不能晚于今天", "It cannot be done in the future"


class NoSuchMilestone(NotFound):
    slug, zh, en = "no-such-milestone", "辖区内没有这一进度节点", "There is no such milestone in your division"


class NotInForce(Conflict):
    slug, zh, en = "plan-not-in-force", "计划未审批或已被替代", "The plan is not in force"


class DoneAlready(Conflict):
    slug, zh, en = "done-already", "该节点已于另一日完成", "The milestone was reached on another day"


class ShiftDiffers(Conflict):
    slug, zh, en = "shift-differs", "此编号已用于另一次调整", "This id stands for another shift"


def check(plan: PlanIn, causes: Sequence[str], standards: Standards, today: date) -> None:
    """Raises an Invalid that names what is missing or does not fit."""
    last = today.year + standards.years
    if not today.year <= plan.exit_year <= last:
        raise ExitYearWrong(field="exit_year", rule="plan.years", first=today.year, last=last)
    for position, measure in enumerate(plan.measures):
        _check_measure(measure, f"measures[{position}]", plan, causes, standards, today)
    answered = {measure.cause for measure in plan.measures}
    for cause in causes:
        if cause not in answered:
            raise CauseUncovered(field="measures", rule="every cause", cause=Name(cause))
    ids = [measure.id for measure in plan.measures] + [one.id for m in plan.measures for one in m.milestones]
    if len(set(ids)) < len(ids):
        raise TwiceInPlan(field="measures", rule="one id, one thing")


def _check_measure(
    measure: MeasureIn, field: str, plan: PlanIn, causes: Sequence[str], standards: Standards, today: date
) -> None:
    if measure.cause not in causes:
        raise NotItsCause(field=f"{field}.cause", rule="a cause of the household", cause=Name(measure.cause))
    fitting = standards.fitting(measure.cause)
    if measure.batch not in standards.batches:
        raise NoSuchBatch(
            field=f"{field}.batch",
            rule="plan.batches",
            cause=Name(measure.cause),
            fitting=tuple(_word(batch, standards) for batch in fitting),
        )
    if measure.batch not in fitting:
        raise BatchDoesNotFit(
            field=f"{field}.batch",
            rule="plan.measures",
            batch=_word(measure.batch, standards),
            cause=Name(measure.cause),
        )
    end = date(plan.exit_year, 12, 31)
    for position, milestone in enumerate(measure.milestones):
        if not today <= milestone.due_on <= end:
            raise DueWrong(field=f"{field}.milestones[{position}].due_on", rule="in time")


def _word(batch: str, standards: Standards) -> Word:
    called = standards.called(batch)
    return Word(batch, called.zh, called.en)


def check_owners(plan: PlanIn, known: Collection[UUID]) -> None:
    """Raises NoSuchStaff where somebody sees to a measure who is not among the staff in sight."""
    for position, measure in enumerate(plan.measures):
        if measure.staff_id and measure.staff_id not in known:
            raise NoSuchStaff(field=f"measures[{position}].staff_id", rule="known staff")


def in_force(milestones: Mapping[UUID, Milestone], id: UUID, *, field: str) -> Milestone:
    """A milestone of a plan in force. Raises NoSuchMilestone, NotInForce."""
    milestone = milestones.get(id)
    if milestone is None:
        raise NoSuchMilestone(field=field)
    if milestone.status != "approved":
        raise NotInForce(field=field, rule="approved")
    return milestone


def check_shift(milestone: Milestone, item: ShiftIn, today: date) -> None:
    """Raises DoneAlready, DueWrong."""
    if milestone.done_on is not None:
        raise DoneAlready(field="milestone_id", rule="open")
    if item.due_on < today or item.due_on.year > milestone.exit_year:
        raise DueWrong(field="due_on", rule="in time")


def suggestions(causes: Sequence[str], standards: Standards) -> list[tuple[str, str, Batch]]:
    """What the policy suggests: cause, batch, and the batch in words."""
    return [(cause, batch, standards.called(batch)) for cause in causes for batch in standards.fitting(cause)]
