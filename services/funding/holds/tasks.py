"""What is held waits for somebody who had no part in it."""

from collections.abc import Mapping

from shared.tasks.records import Office, TaskSource
from shared.tasks.waits import DAYS, Wait

_DUE = "CAST(r.held_at AT TIME ZONE 'Asia/Shanghai' AS date) + :days"
_LEADERS: Mapping[Office, frozenset[str]] = {"county": frozenset({"county_leader"})}
_APART = ("r.applied_by", "r.inspected_by", "r.approved_by")
WAITS = (
    Wait(
        kind="reward_hold",
        rows="hold r",
        waits="r.document_kind = 'reward' AND r.decision IS NULL",
        due=_DUE,
        days=DAYS,
        offices=_LEADERS,
        apart=_APART,
        subject=("reward", "r.document_id"),
        zh="奖补暂缓办理，待决定",
        en="a reward is held and waits for a decision",
        path="/holds",
    ),
    Wait(
        kind="loan_hold",
        rows="hold r",
        waits="r.document_kind = 'loan' AND r.decision IS NULL",
        due=_DUE,
        days=DAYS,
        offices=_LEADERS,
        apart=_APART,
        subject=("household", "r.household_id"),
        zh="小额信贷暂缓办理，待决定",
        en="a loan is held and waits for a decision",
        path="/holds",
    ),
)
TASKS: dict[str, TaskSource] = {one.kind: one for one in WAITS}
