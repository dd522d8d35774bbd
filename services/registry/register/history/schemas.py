"""A household at a point in time, and its story."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, computed_field

from services.registry.register.codes import named
from services.registry.register.households.schemas import InStatus
from shared.households.schemas import Listed


class MemberThen(BaseModel):
    """Somebody who lived in the household then."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    relation: str
    sex: str
    born: date
    joined_on: date
    facts: dict[str, object]


class HouseholdThen(BaseModel):
    """What was true of a household on a day, as it was known at a moment."""

    id: UUID
    number: str
    as_of: date
    known_at: datetime
    status: str
    size: int
    attribute: str
    main_cause: str
    other_causes: list[str]
    facts: dict[str, object]
    members: list[MemberThen]


class RegisterRow(InStatus, Listed):
    """A household of the register as it was on a day."""

    model_config = ConfigDict(from_attributes=True)

    household_id: UUID
    division: str
    size: int
    attribute: str
    main_cause: str


class Counted(BaseModel):
    """Households and persons of one kind, such as of one village or one cause."""

    model_config = ConfigDict(from_attributes=True)

    value: str
    households: int
    persons: int


class RegisterCounts(BaseModel):
    """Households and persons there were on a day, as known at a moment; the rows are in ``GET /register``."""

    as_of: date
    known_at: datetime
    division: str
    by: str
    counts: list[Counted]


class Cancelled(BaseModel):
    """That a change does not count any more: since when, by whom, why; ``because`` is the change that did so."""

    at: datetime
    by: str
    because: UUID
    ground: str | None


class Chapter(BaseModel):
    """One change in the story of a household: who, when, what it was before and after, on what ground.

    ``out_of_order``: changes of later days were recorded before it. ``cancels`` is the change that it takes back.
    """

    change_id: UUID
    version: int
    kind: str
    reason: str
    effective_on: date
    recorded_at: datetime
    recorded_by: str
    ground: str | None
    source: str | None
    evidence: list[str]
    lineage: dict[str, object] | None
    person: str | None
    before: dict[str, object] | None
    after: dict[str, object]
    out_of_order: bool
    cancels: UUID | None
    cancelled: Cancelled | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def zh(self) -> str:
        """The reason in Chinese."""
        return named(self.reason)[0]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def en(self) -> str:
        """The reason in English."""
        return named(self.reason)[1]


class FactSource(BaseModel):
    """Where one fact comes from: the change that set it, with who, when, from which source, shown by which papers."""

    owner: str
    person_id: UUID | None
    item: str
    zh: str
    kind: str
    effective_on: date
    recorded_at: datetime
    recorded_by: str
    ground: str | None
    source: str | None
    evidence: list[str]
