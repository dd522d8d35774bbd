"""Labels 标签 on households as they are read and written."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

Action = Literal["set", "end"]


@dataclass(frozen=True, slots=True)
class Carried:
    """A label that a household carries since a day."""

    id: UUID
    household_id: UUID
    label: str
    begins_on: date


@dataclass(frozen=True, slots=True)
class Done:
    """What was done before under an id."""

    id: UUID
    household_id: UUID
    label: str
    on: date
    action: Action


@dataclass(frozen=True, slots=True)
class Beginning:
    """A label that a household is given."""

    id: UUID
    household_id: UUID
    division: str
    label: str
    begins_on: date
    ground: str | None

    def to_json(self) -> dict[str, object]:
        return {
            "id": str(self.id),
            "household_id": str(self.household_id),
            "division": self.division,
            "label": self.label,
            "begins_on": self.begins_on.isoformat(),
            "ground": self.ground,
        }


@dataclass(frozen=True, slots=True)
class Ending:
    """A label that a household loses; ``end_id`` is the id under which it was said."""

    id: UUID
    end_id: UUID
    ends_on: date
    ground: str | None

    def to_json(self) -> dict[str, object]:
        return {
            "id": str(self.id),
            "end_id": str(self.end_id),
            "ends_on": self.ends_on.isoformat(),
            "ground": self.ground,
        }
