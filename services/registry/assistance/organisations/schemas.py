"""Organisations and their people as they come in and go out."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.registry.assistance.organisations.records import Number
from shared.http.schemas import Name, Phone, Reason, Subject, Title
from shared.names.divisions import Division, Level

Code = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class OrganisationIn(BaseModel):
    """An organisation 单位: where it works or helps, at which level it belongs, what it is, from which day on."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    division: Division
    level: Level
    kind: Code
    name: Title
    valid_from: date
    invented: bool = False


class OrganisationPatch(BaseModel):
    """A new name, or the day from which it no longer exists."""

    model_config = ConfigDict(extra="forbid")

    name: Title | None = None
    valid_to: date | None = None


class OrganisationRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    level: str
    kind: str
    name: str
    invented: bool
    valid_from: date
    valid_to: date | None
    version: int


class StaffIn(BaseModel):
    """Somebody who works in an organisation, from a day on. ``subject`` is the subject of their token."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    organisation_id: UUID
    name: Name
    post: Code
    rank: Code
    joined_on: date
    subject: Subject | None = None
    phone: Phone | None = None
    identity_number: Annotated[str, StringConstraints(max_length=40)] | None = None


class StaffPatch(BaseModel):
    """What changed of somebody; ``left_on`` is the first day on which they no longer work there."""

    model_config = ConfigDict(extra="forbid")

    post: Code | None = None
    rank: Code | None = None
    subject: Subject | None = None
    phone: Phone | None = None
    left_on: date | None = None


class StaffRow(BaseModel):
    """Somebody in a list: numbers masked."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    organisation_id: UUID
    name: str
    post: str
    rank: str
    subject: str | None
    phone: str | None = Field(validation_alias="phone_masked")
    identity_number: str | None = Field(validation_alias="identity_masked")
    joined_on: date
    left_on: date | None
    version: int


class StaffReveal(BaseModel):
    """Which number to show, and why it is needed."""

    model_config = ConfigDict(extra="forbid")

    field: Number
    reason: Reason


class StaffNumber(BaseModel):
    """A number in plain."""

    value: str
