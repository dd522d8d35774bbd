"""Loans that wait for their approval, and for the bank."""

from services.funding.holds.queries import NOT_HELD
from shared.tasks.records import TaskSource
from shared.tasks.waits import DAYS, Wait

WAITS = (
    Wait(
        kind="loan_approval",
        rows="loan r",
        waits=f"r.status = 'applied' AND {NOT_HELD}",
        due="CAST(r.applied_at AT TIME ZONE 'Asia/Shanghai' AS date) + :days",
        days=DAYS,
        offices={"county": frozenset({"county_office"})},
        apart=("r.applied_by",),
        subject=("household", "r.household_id"),
        zh="小额信贷待审批",
        en="a loan is to be approved",
        path="/loans",
    ),
    Wait(
        kind="loan_disbursement",
        rows="loan r",
        waits=f"r.status = 'approved' AND {NOT_HELD}",
        due="CAST(r.approved_at AT TIME ZONE 'Asia/Shanghai' AS date) + :days",
        days=DAYS,
        offices={"county": frozenset({"bank"})},
        apart=("r.applied_by", "r.approved_by"),
        subject=("household", "r.household_id"),
        zh="小额信贷待发放",
        en="a loan is to be disbursed",
        path="/loans",
    ),
)
TASKS: dict[str, TaskSource] = {one.kind: one for one in WAITS}
