"""Paid projects whose results wait for their acceptance."""

from shared.tasks.records import TaskSource
from shared.tasks.waits import Wait

WAITS = (
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
