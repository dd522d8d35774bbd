"""Plans that wait for their approval, and milestones that are due."""

from shared.tasks.records import TaskSource
from shared.tasks.waits import Wait

PLANS = Wait(
    kind="plan",
    rows="plan r JOIN household h ON h.id = r.household_id",
    waits="r.status = 'proposed'",
    due="h.identified_on + :days",
    days="plan.deadline_days",
    offices={"town": frozenset({"town_cadre", "county_office"})},
    apart=("r.proposed_by",),
    subject=("household", "r.household_id"),
    zh="脱贫计划待审批",
    en="a plan is to be approved",
    path="/households/{subject}/plan",
)
MILESTONES = Wait(
    kind="milestone",
    rows="milestone r JOIN plan p ON p.id = r.plan_id AND p.status = 'approved'",
    waits="r.done_on IS NULL AND r.due_on <= business_today() + CAST(:days AS integer)",
    due="r.due_on",
    days="plan.milestone_days",
    offices={"village": frozenset({"village_cadre", "town_cadre"})},
    subject=("household", "r.household_id"),
    zh="帮扶措施节点待完成",
    en="a milestone of a plan is to be reached",
    path="/households/{subject}/plan",
)
TASKS: dict[str, TaskSource] = {one.kind: one for one in (PLANS, MILESTONES)}
