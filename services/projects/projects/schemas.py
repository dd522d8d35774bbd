"""Projects as they come in and go out."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.http.schemas import Title
from shared.names.divisions import Village
from shared.names.money import PositiveYuan, Yuan
from shared.problems import WrongValue

Quantity = Annotated[Decimal, Field(gt=0, le=Decimal(99999999), decimal_places=2)]
OutputKind = Annotated[str, StringConstraints(min_length=1, max_length=20)]


class OutputIn(BaseModel):
    """What the project is to bring."""

    model_config = ConfigDict(extra="forbid")

    kind: OutputKind
    quantity: Quantity


class ProjectIn(BaseModel):
    """A project of a village with its budget and plan."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    division: Village
    name: Title
    kind: Literal["industry"]
    budget: PositiveYuan
    starts_on: date
    ends_on: date
    outputs: Annotated[list[OutputIn], Field(min_length=1, max_length=10)]
    captured_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.ends_on < self.starts_on:
            raise WrongValue("项目结束日期不得早于开始日期", "a project ends after it starts")
        if len({output.kind for output in self.outputs}) < len(self.outputs):
            raise WrongValue("同一种产出在计划中只列一次", "each kind of output stands once in the plan")
        return self


class ApprovalIn(BaseModel):
    """The project that is approved."""

    model_config = ConfigDict(extra="forbid")

    id: UUID


class ProjectRow(BaseModel):
    """A project and how far it is."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    name: str
    kind: str
    budget: Yuan
    funded: Yuan
    starts_on: date
    ends_on: date
    status: str
    version: int
    proposed_by: str
    approved_by: str | None
    approved_on: date | None


class OutputRow(BaseModel):
    """What a project was to bring and what it brought."""

    model_config = ConfigDict(from_attributes=True)

    kind: str
    unit: str
    planned: Decimal
    delivered: Decimal


class ProjectDetail(ProjectRow):
    """A project with its outputs and the households that take part."""

    outputs: list[OutputRow]
    households: list[UUID]
