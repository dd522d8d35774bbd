"""Exports with whole numbers that wait for somebody else to release them."""

from shared.tasks.records import TaskSource
from shared.tasks.waits import DAYS, Wait

EXPORTS = Wait(
    kind="export",
    rows="export r",
    waits="r.plain AND r.decision IS NULL",
    due="CAST(r.requested_at AT TIME ZONE 'Asia/Shanghai' AS date) + :days",
    days=DAYS,
    offices={"county": frozenset({"county_office", "county_leader"})},
    apart=("r.requested_by",),
    zh="完整证件号码导出待批准",
    en="an export with whole numbers is to be released",
    path="/exports/{id}",
)
TASKS: dict[str, TaskSource] = {EXPORTS.kind: EXPORTS}
