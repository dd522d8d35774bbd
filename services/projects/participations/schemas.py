"""Participations as they come in."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict


class ParticipationIn(BaseModel):
    """A household takes part in a project of its village."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    project_id: UUID
    household_id: UUID
