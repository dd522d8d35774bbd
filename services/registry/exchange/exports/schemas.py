"""Exports as they are asked for and shown."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.registry.exchange.exports.records import State, Status
from services.registry.register.households.schemas import Ground
from shared.names.divisions import Division
from shared.sheets.records import Kind

LayoutKey = Annotated[str, Field(max_length=20, description="a key of GET /export-layouts")]


class ExportIn(BaseModel):
    """An export of a division. ``plain``: with whole numbers, which somebody else has to release."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    division: Division
    layout: LayoutKey
    kind: Kind = "workbook"
    status: Status = "registered"
    plain: bool = False
    reason: Ground


class Decision(BaseModel):
    """What somebody else says of an export with whole numbers, or of an import."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["released", "refused"]
    ground: Ground


class ExportRow(BaseModel):
    """An export: ``state`` is waiting (for its release), refused, making, failed, ready or forgotten."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    layout: str
    kind: Kind
    status: Status
    plain: bool
    reason: str
    state: State
    requested_at: datetime
    requested_by: str
    decision: str | None
    decided_at: datetime | None
    decided_by: str | None
    ground: str | None
    households: int | None
    persons: int | None
    sha256: str | None
    problem: dict[str, object] | None


class LayoutRow(BaseModel):
    """A layout in which files come and go."""

    model_config = ConfigDict(from_attributes=True)

    key: str
    zh: str
    en: str
    a_line: str
    columns: list[str]
