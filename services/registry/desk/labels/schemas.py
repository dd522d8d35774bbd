"""Labels as they come in and go out."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from services.registry.desk.labels.records import Action
from services.registry.register.fields.catalogue import Code
from shared.households.schemas import Listed
from shared.http.schemas import Text


class LabelIn(BaseModel):
    """A label that a household is given (``set``) or loses (``end``) on a day, on what ground."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    household_id: UUID
    action: Action = "set"
    label: Code
    on: date
    ground: Text | None = None


class LabelRow(Listed):
    """A label on a household, from ``begins_on`` to ``ends_on`` (exclusive; absent: still)."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    household_id: UUID
    division: str
    number: str
    label: str
    begins_on: date
    ends_on: date | None
    ground: str | None
    end_ground: str | None
    recorded_by: str
    ended_by: str | None


Label = Annotated[str | None, StringConstraints(min_length=1, max_length=20)]
