"""The aggregates that evaluation publishes, as they stand on the wire."""

from datetime import date
from typing import Literal
from uuid import UUID

from shared.events.contracts import Aggregate, EventData


class PolicyUsed(EventData):
    """The version of a policy that a decision rests on."""

    key: str
    division: str
    version: int


class Reason(EventData):
    """Why, in words."""

    code: str
    zh: str
    en: str


class ExitState(EventData):
    """The case of a household's exit 退出; ``decided_on`` is the day on which it counts."""

    id: UUID
    household_id: UUID
    division: str
    year: int
    status: Literal["open", "approved", "refused", "withdrawn", "lapsed"]
    size: int
    decided_on: date | None
    policies: list[PolicyUsed]
    reasons: list[Reason]


EXIT = Aggregate(
    "evaluation.exit",
    ExitState,
    ("opened", "advanced", "returned", "approved", "refused", "withdrawn", "lapsed", "moved"),
    zh="贫困户退出：提出、推进、退回、批准、不予通过、撤回、终止、随区划或对象迁移",
)
