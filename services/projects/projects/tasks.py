"""Projects that wait for their approval."""

from shared.tasks.records import TaskSource
from shared.tasks.waits import Wait

WAITS = (
    Wait(
        kind="project",
        rows="project r",
        waits="r.status = 'proposed'",
        due="r.starts_on",
        offices={"county": frozenset({"county_leader"})},
        apart=("r.proposed_by",),
        subject=("project", "r.id"),
        zh="项目待审批",
        en="a project is to be approved",
        path="/projects/{id}",
    ),
)
TASKS: dict[str, TaskSource] = {one.kind: one for one in WAITS}
