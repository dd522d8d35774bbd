"""Money that came in and waits for somebody else to confirm it."""

from shared.tasks.records import TaskSource
from shared.tasks.waits import DAYS, Wait

WAITS = (
    Wait(
        kind="inflow",
        rows="inflow r",
        waits="r.status = 'entered'",
        due="CAST(r.entered_at AT TIME ZONE 'Asia/Shanghai' AS date) + :days",
        days=DAYS,
        offices={"county": frozenset({"finance_officer"})},
        apart=("r.entered_by",),
        zh="到位资金待确认",
        en="money that came in is to be confirmed",
        path="/inflows",
    ),
)
TASKS: dict[str, TaskSource] = {one.kind: one for one in WAITS}
