"""A household's part in a project 项目参与户."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Participation:
    """A registered household takes part in a project."""

    id: UUID
    project_id: UUID
    household_id: UUID
