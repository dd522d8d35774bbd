"""Risk funds as they come in and go out."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from shared.http.schemas import Title
from shared.names.money import PositiveYuan, Yuan


class ContributionIn(BaseModel):
    """Money for a bank's risk fund, from the account for this purpose."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    division: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    bank: Title
    amount: PositiveYuan


class FundRow(BaseModel):
    """A fund: what was paid in, what the bank has lent, and how much of that is covered."""

    model_config = ConfigDict(from_attributes=True)

    bank: str
    division: str
    paid_in: Yuan
    lent: Yuan
    covered: Yuan
