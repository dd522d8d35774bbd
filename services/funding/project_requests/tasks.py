"""Money that approved projects wait for."""

from shared.tasks.records import TaskSource
from shared.tasks.waits import DAYS, Wait

WAITS = (
    Wait(
        kind="project_payment",
        rows="project_request r",
        waits="r.paid_on IS NULL",
        due="r.approved_on + :days",
        days=DAYS,
        offices={"county": frozenset({"finance_officer"})},
        apart=("r.approved_by",),
        subject=("project", "r.id"),
        zh="项目资金待拨付",
        en="the money of a project is to be paid",
        path="/project-requests",
    ),
)
TASKS: dict[str, TaskSource] = {one.kind: one for one in WAITS}
