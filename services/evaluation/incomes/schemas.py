"""Income of a household 收入 as it comes in and goes out."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.names.money import SignedYuan, Yuan

Year = Annotated[int, Field(ge=2000, le=2100)]


class IncomeIn(BaseModel):
    """A line: its kind says whether it is earned or spent, so the amount is never negative."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    household_id: UUID
    year: Year
    kind: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    amount: Yuan
    note: Annotated[str, StringConstraints(max_length=200)] | None = None
    captured_at: AwareDatetime | None = None


class IncomeRow(BaseModel):
    """A line and whether it counts."""

    id: UUID
    kind: str
    zh: str
    amount: Yuan
    counted: bool
    note: str | None


class YearIncome(BaseModel):
    """A household's income of a year: every line, what counts, and what counts for each person."""

    household_id: UUID
    year: int
    size: int
    lines: list[IncomeRow]
    counted: SignedYuan
    not_counted: Yuan
    per_capita: SignedYuan
