"""Certificates as they are asked for and told of."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.http.items import MAX_ITEMS
from shared.http.schemas import Text
from shared.names.divisions import Division

Serial = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}-[0-9]{4}-[0-9]{5,8}$")]
Standing = Literal["valid", "outdated", "superseded", "withdrawn", "unknown"]


class HouseholdRef(BaseModel):
    """A household that gets a certificate."""

    model_config = ConfigDict(extra="forbid")

    id: UUID


class CertificatesIn(BaseModel):
    """Households to issue for. ``renew`` replaces a certificate that still says what is true (lost, damaged)."""

    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[HouseholdRef], Field(min_length=1, max_length=MAX_ITEMS)]
    reason: Text
    renew: bool = False


class CertificateRoundIn(BaseModel):
    """A division whose households all get one, where theirs is missing or no longer says what is true."""

    model_config = ConfigDict(extra="forbid")

    division: Division
    reason: Text


class RoundIssued(BaseModel):
    """Households by what became of them; ``unprintable`` bear a name that has characters which cannot be printed."""

    division: str
    issued: int
    unchanged: int
    unprintable: list["Unprintable"]


class Unprintable(BaseModel):
    """A household that gets no certificate until a name is put right, and the characters that cannot be printed."""

    household_id: UUID
    number: str
    characters: str


class Certificate(BaseModel):
    """A certificate and since when it stands so: ``outdated`` where it names another head than the household has, and
    is to be printed anew, ``withdrawn`` where the household left the register, left poverty or moved.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    household_id: UUID
    household_version: int
    number: str
    village: str | None
    serial: str
    standing: Standing
    since: date
    issued_on: date
    reason: str
    recorded_at: datetime
    recorded_by: str


class Verification(BaseModel):
    """What whoever holds a certificate may know of it: how it stands, since when, when and where it was issued."""

    standing: Standing
    since: date | None = None
    issued_on: date | None = None
    division: str | None = None
    village: str | None = None
