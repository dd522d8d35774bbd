"""A household and its members as they come in and go out. Amounts in yuan, land in mu 亩, dates as days.

Beside what is written here, each model has every item of the national field table (``fields/national.yaml``) as an
optional field of its own.
"""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, create_model

from services.registry.register.attachments.schemas import Evidence
from services.registry.register.fields import catalogue
from services.registry.register.fields.catalogue import Code
from shared.names.divisions import Village

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
Number = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,32}$")]
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+ -]{5,20}$")]
Ground = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]
Source = Annotated[str, StringConstraints(pattern=r"^(visit|department|household|file|other)$")]
Causes = Annotated[list[Code], Field(max_length=2, description="其他致贫原因 AAC008: at most two")]


class PersonFacts(BaseModel):
    """Who somebody is. ``sex`` and ``born`` may be left out where the identity number says them."""

    model_config = ConfigDict(extra="forbid")

    number: Number | None = None
    name: Name
    identity_number: Annotated[str, StringConstraints(max_length=40)]
    relation: Code
    sex: Code | None = None
    born: date | None = None
    phone: Phone | None = None


class MemberBase(PersonFacts):
    """A person who lives in the household and shares its budget."""

    id: UUID


if TYPE_CHECKING:

    class MemberIn(MemberBase):
        def __getattr__(self, item: str) -> Any: ...

else:
    MemberIn = create_model("MemberIn", __base__=MemberBase, **catalogue.fields("member"))


class HouseholdBase(BaseModel):
    """A household 户 to be registered: one village, one head, one main cause of poverty."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    division: Village
    number: Number
    identified_on: date
    attribute: Code
    main_cause: Code
    other_causes: Causes = []
    phone: Phone | None = None
    bank_card: Annotated[str, StringConstraints(pattern=r"^[0-9 ]{12,25}$")] | None = None
    captured_at: AwareDatetime | None = None
    members: Annotated[list[MemberIn], Field(min_length=1, max_length=30)]


if TYPE_CHECKING:

    class HouseholdIn(HouseholdBase):
        def __getattr__(self, item: str) -> Any: ...

else:
    HouseholdIn = create_model("HouseholdIn", __base__=HouseholdBase, **catalogue.fields("household"))


class Registered(BaseModel):
    """What registering answers; ``version`` is also the ETag."""

    id: UUID
    version: int


class Correction(BaseModel):
    """Facts that turned out different, from a day on: on what ground, from which source, shown by which papers.

    A fact that is given as null becomes unknown.
    """

    model_config = ConfigDict(extra="forbid")

    effective_on: date
    ground: Ground
    source: Source = "visit"
    evidence: Evidence = []


class HouseholdPatchBase(Correction):
    attribute: Code | None = None
    main_cause: Code | None = None
    other_causes: Causes | None = None


class MemberPatchBase(Correction):
    name: Name | None = None
    identity_number: Annotated[str, StringConstraints(max_length=40)] | None = None
    phone: Phone | None = None


if TYPE_CHECKING:

    class HouseholdPatch(HouseholdPatchBase):
        def __getattr__(self, item: str) -> Any: ...

    class MemberPatch(MemberPatchBase):
        def __getattr__(self, item: str) -> Any: ...

else:
    HouseholdPatch = create_model("HouseholdPatch", __base__=HouseholdPatchBase, **catalogue.fields("household"))
    MemberPatch = create_model("MemberPatch", __base__=MemberPatchBase, **catalogue.fields("member"))


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
