"""A household and its members as they come in and go out. Amounts in yuan, land in mu 亩, dates as days."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.divisions import Village
from shared.money import SignedYuan

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=20)]
Number = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,32}$")]
Land = Annotated[Decimal, Field(ge=0, le=Decimal("9999999.99"), decimal_places=2)]


class MemberIn(BaseModel):
    """A person who lives in the household and shares its budget."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    number: Number | None = None
    name: Name
    identity_number: Annotated[str, StringConstraints(max_length=40)]
    relation: Code
    sex: Code | None = None
    born: date | None = None
    ethnicity: Code | None = None
    education: Code | None = None
    health: Annotated[list[Code], Field(max_length=4)] = []
    labour: Code | None = None


class HouseholdIn(BaseModel):
    """A household 户 to be registered: one village, one head, one main cause of poverty."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    division: Village
    number: Number
    identified_on: date
    attribute: Code
    main_cause: Code
    land_mu: Land | None = None
    income: SignedYuan | None = None
    unsafe_house: bool
    phone: Annotated[str, StringConstraints(pattern=r"^[0-9+ -]{5,20}$")] | None = None
    bank_card: Annotated[str, StringConstraints(pattern=r"^[0-9 ]{12,25}$")] | None = None
    captured_at: AwareDatetime | None = None
    members: Annotated[list[MemberIn], Field(min_length=1, max_length=30)]


class Registered(BaseModel):
    """What registering answers; ``version`` is also the ETag."""

    id: UUID
    version: int


class HouseholdPatch(BaseModel):
    """Facts of a household that turned out different, from a day on, and on what ground."""

    model_config = ConfigDict(extra="forbid")

    effective_on: date
    ground: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]
    attribute: Code | None = None
    main_cause: Code | None = None
    land_mu: Land | None = None
    income: SignedYuan | None = None
    unsafe_house: bool | None = None


class HouseholdRow(BaseModel):
    """A household in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    number: str
    version: int
    status: str
    size: int
    identified_on: date
    attribute: str
    main_cause: str
