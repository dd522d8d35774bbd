"""Absences that wait for an answer: of the town, the longer ones of the county, and nobody's own."""

from shared.tasks.records import TaskSource
from shared.tasks.waits import Wait

ABSENCES = Wait(
    kind="absence",
    rows="absence r",
    waits="r.status = 'asked'",
    due="r.from_on",
    offices={"town": frozenset({"town_cadre", "county_office"}), "county": frozenset({"county_office"})},
    at="r.level",
    # Whose absence it is stands with the post in the village: a village does not see the county's staff.
    apart=("r.recorded_by", "(SELECT max(x.subject) FROM responsibility x WHERE x.staff_id = r.staff_id)"),
    subject=("staff", "r.staff_id"),
    zh="请假待审批",
    en="leave of absence is asked for",
    path="/absences",
)
TASKS: dict[str, TaskSource] = {ABSENCES.kind: ABSENCES}
