"""The aggregates that projects publishes, as they stand on the wire."""

from datetime import date
from typing import Literal
from uuid import UUID

from shared.events.contracts import Aggregate, EventData

Status = Literal["proposed", "approved", "funded", "delivered"]


class ProjectState(EventData):
    """A project 项目; ``budget`` and ``funded`` in yuan."""

    id: UUID
    division: str
    name: str
    kind: str
    status: Status
    budget: str
    funded: str
    approved_by: str | None
    approved_on: date | None


PROJECT = Aggregate("projects.project", ProjectState, ("proposed", "approved", "funded", "delivered"), zh="项目")


class ParticipationState(EventData):
    """A registered household takes part in a project; ``name`` and ``kind`` are the project's."""

    id: UUID
    project_id: UUID
    household_id: UUID
    division: str
    name: str
    kind: str
    recorded_on: date


PARTICIPATION = Aggregate("projects.participation", ParticipationState, ("recorded",), zh="项目参与户")
