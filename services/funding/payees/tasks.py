"""Payees that wait for somebody else to confirm them."""

from shared.tasks.records import TaskSource
from shared.tasks.waits import DAYS, Wait

WAITS = (
    Wait(
        kind="payee",
        rows="payee r",
        waits="r.status = 'entered'",
        due="CAST(r.entered_at AT TIME ZONE 'Asia/Shanghai' AS date) + :days",
        days=DAYS,
        offices={"county": frozenset({"finance_officer"})},
        apart=("r.entered_by",),
        zh="兑付对象待确认",
        en="a payee is to be confirmed",
        path="/payees",
    ),
)
TASKS: dict[str, TaskSource] = {one.kind: one for one in WAITS}
