"""Items of the responsibility list as they pass between modules."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

State = Literal["open", "overdue", "done", "done_late"]


@dataclass(frozen=True, slots=True)
class Duty:
    """What an organisation, and somebody in it (``staff_id``, ``name``), has to do until a day 责任事项."""

    id: UUID
    division: str
    class_: str
    kind: str
    list_version: str
    content: str
    organisation_id: UUID
    organisation: str
    staff_id: UUID | None
    name: str | None
    due_on: date
    done_on: date | None
    outcome: str | None
    evidence: list[str]
    version: int

    def state(self, today: date) -> State:
        """How it stands on a day."""
        if self.done_on:
            return "done_late" if self.done_on > self.due_on else "done"
        return "overdue" if self.due_on < today else "open"
