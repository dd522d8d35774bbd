"""Jobs as they go over the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue


class JobState(BaseModel):
    """A job as the person who waits for it sees it: ``done`` of ``total`` units, then result or problem."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str
    status: str
    done: int
    total: int | None
    result: dict[str, JsonValue] | None
    problem: dict[str, JsonValue] | None
    due_at: datetime
    created_at: datetime
    finished_at: datetime | None


class Accepted(BaseModel):
    """What was asked for, and the address of the job that works on it."""

    id: UUID
    job: str
