"""Projects that wait for their approval, and what they brought for its acceptance."""

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
    Wait(
        kind="delivery",
        rows="project r",
        waits="r.status = 'funded'",
        due="r.ends_on",
        offices={"town": frozenset({"town_cadre"})},
        apart=("r.proposed_by",),
        subject=("project", "r.id"),
        zh="项目成果待验收",
        en="what a project brought is to be accepted",
        path="/projects/{id}",
    ),
)
TASKS: dict[str, TaskSource] = {one.kind: one for one in WAITS}
