"""Money that comes in 资金到位."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.http.schemas import Title
from shared.names.money import PositiveYuan

Level = Literal["central", "province", "city", "county", "enterprise", "donor", "bank"]
Purpose = Literal["industry", "reward", "risk_fund", "credit"]


class InflowIn(BaseModel):
    """An inflow with its document 指标文号. ``credit`` is what a bank makes ready to lend, and only a bank may."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    division: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    level: Level
    payer: Title
    document_no: Title
    year: Annotated[int, Field(ge=2000, le=2100)]
    purpose: Purpose
    amount: PositiveYuan
    received_on: date


class Confirmation(BaseModel):
    """That an entered inflow has arrived."""

    model_config = ConfigDict(extra="forbid")

    id: UUID


class InflowRow(BaseModel):
    """An inflow and how far it is."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    level: str
    payer: str
    document_no: str
    year: int
    purpose: str
    amount: PositiveYuan
    received_on: date
    status: str
    entered_by: str
    confirmed_by: str | None
