"""A project 项目 as its table holds it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.projects.contracts import ProjectState, Status
from shared.names.money import yuan


@dataclass(frozen=True, slots=True)
class Project:
    """A project and how far it is; ``budget`` and ``funded`` in fen."""

    id: UUID
    division: str
    name: str
    kind: str
    budget: int
    funded: int
    status: Status
    version: int
    proposed_by: str
    approved_by: str | None
    approved_on: date | None

    def state(self) -> ProjectState:
        """What is published of it."""
        return ProjectState(
            id=self.id,
            division=self.division,
            name=self.name,
            kind=self.kind,
            status=self.status,
            budget=yuan(self.budget),
            funded=yuan(self.funded),
            approved_by=self.approved_by,
            approved_on=self.approved_on,
        )


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a project was proposed as; ``planned`` is how much of each of its ``outputs``, in their order."""

    id: UUID
    division: str
    name: str
    kind: str
    budget: int
    starts_on: date
    ends_on: date
    outputs: list[str]
    planned: list[Decimal]
