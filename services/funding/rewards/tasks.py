"""Rewards that wait for the next of four people: inspected, approved, paid."""

from services.funding.holds.queries import NOT_HELD
from shared.tasks.records import TaskSource
from shared.tasks.waits import DAYS, Wait

WAITS = (
    Wait(
        kind="reward_inspection",
        rows="reward r",
        waits=f"r.status = 'applied' AND {NOT_HELD}",
        due="CAST(r.applied_at AT TIME ZONE 'Asia/Shanghai' AS date) + :days",
        days=DAYS,
        offices={"town": frozenset({"town_cadre"})},
        apart=("r.applied_by",),
        subject=("reward", "r.id"),
        zh="奖补项目待验收",
        en="a reward is to be inspected",
        path="/rewards",
    ),
    Wait(
        kind="reward_approval",
        rows="reward r",
        waits=f"r.status = 'inspected' AND {NOT_HELD}",
        due="CAST(r.inspected_at AT TIME ZONE 'Asia/Shanghai' AS date) + :days",
        days=DAYS,
        offices={"county": frozenset({"county_office"})},
        apart=("r.applied_by", "r.inspected_by"),
        subject=("reward", "r.id"),
        zh="奖补资金待审批",
        en="a reward is to be approved",
        path="/rewards",
    ),
    Wait(
        kind="reward_payment",
        rows="reward r",
        waits=f"r.status = 'approved' AND {NOT_HELD}",
        due="CAST(r.approved_at AT TIME ZONE 'Asia/Shanghai' AS date) + :days",
        days=DAYS,
        offices={"county": frozenset({"finance_officer"})},
        apart=("r.applied_by", "r.inspected_by", "r.approved_by"),
        subject=("reward", "r.id"),
        zh="奖补资金待拨付",
        en="a reward is to be paid",
        path="/rewards",
    ),
)
TASKS: dict[str, TaskSource] = {one.kind: one for one in WAITS}
