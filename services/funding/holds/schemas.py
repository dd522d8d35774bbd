"""What is held 暂缓 as it goes out, and the decision of it as it comes in."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.http.schemas import Text
from shared.workflow.case import Reason


class DecisionIn(BaseModel):
    """That what is held goes on all the same, or is refused, and on what ground."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    decision: Literal["release", "refuse"]
    ground: Text


class HoldRow(BaseModel):
    """What is held, why, and what was decided of it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    document_kind: str
    document_id: UUID
    household_id: UUID | None
    reasons: list[Reason]
    held_by: str
    held_at: datetime
    decision: str | None
    ground: str | None
    decided_by: str | None
    decided_at: datetime | None
