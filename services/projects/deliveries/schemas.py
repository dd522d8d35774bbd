"""Deliveries as they come in."""

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.projects.projects.schemas import OutputKind, Quantity


class DeliveryIn(BaseModel):
    """Some of one output, in its unit."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    project_id: UUID
    kind: OutputKind
    quantity: Quantity
    delivered_on: date
    captured_at: AwareDatetime | None = None
