"""Requests to correct that wait for an answer by another person."""

from shared.tasks.records import TaskSource
from shared.tasks.waits import Wait

CORRECTIONS = Wait(
    kind="correction_request",
    rows="correction_request r",
    waits="r.status = 'open'",
    due="r.due_on",
    offices={"town": frozenset({"town_cadre", "county_office"})},
    apart=("r.recorded_by",),
    subject=("household", "r.household_id"),
    zh="更正申请待答复",
    en="a request to correct waits for an answer",
    path="/correction-requests/{id}",
)
TASKS: dict[str, TaskSource] = {CORRECTIONS.kind: CORRECTIONS}
