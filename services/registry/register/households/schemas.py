"""A household and its members as they come in and go out. Amounts in yuan, land in mu 亩, dates as days.

Beside what is written here, each model has every item of the national field table (``fields/national.yaml``) as an
optional field of its own.
"""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, computed_field, create_model

from services.registry.register.fields import catalogue
from services.registry.register.fields.catalogue import Code
from shared.attachments.schemas import Evidence
from shared.households.schemas import Listed
from shared.http.schemas import PersonName, Phone, Reason, Text
from shared.names.divisions import Division, Village, within
from shared.names.words import STATES
from shared.problems import Invalid

Number = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,32}$")]
Ground = Text
Source = Annotated[str, StringConstraints(pattern=r"^(visit|department|household|file|other)$")]
Card = Annotated[str, StringConstraints(pattern=r"^[0-9 ]{12,25}$")]
LARGEST = 30  # members of a household
Size = Annotated[int, Field(ge=0, le=LARGEST)]
Causes = Annotated[list[Code], Field(max_length=2, description="其他致贫原因 AAC008: at most two")]


class PersonFacts(BaseModel):
    """Who somebody is. ``sex`` and ``born`` may be left out where the identity number says them."""

    model_config = ConfigDict(extra="forbid")

    number: Number | None = None
    name: PersonName
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
        labour: str | None

        def __getattr__(self, item: str) -> object: ...

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
    bank_card: Card | None = None
    captured_at: AwareDatetime | None = None
    members: Annotated[list[MemberIn], Field(min_length=1, max_length=LARGEST)]


if TYPE_CHECKING:

    class HouseholdIn(HouseholdBase):
        irrigated_mu: Decimal | None
        land_mu: Decimal | None

        def __getattr__(self, item: str) -> object: ...

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
    """``in_closed_year``: it is known that a day of identification concerns a closed year, which stays as it is."""

    number: Number | None = None
    identified_on: date | None = None
    in_closed_year: bool = False
    phone: Phone | None = None
    bank_card: Card | None = None
    attribute: Code | None = None
    main_cause: Code | None = None
    other_causes: Causes | None = None


class MemberPatchBase(Correction):
    name: PersonName | None = None
    identity_number: Annotated[str, StringConstraints(max_length=40)] | None = None
    phone: Phone | None = None
    relation: Code | None = None
    sex: Code | None = None
    born: date | None = None


if TYPE_CHECKING:

    class HouseholdPatch(HouseholdPatchBase):
        def __getattr__(self, item: str) -> object: ...

    class MemberPatch(MemberPatchBase):
        def __getattr__(self, item: str) -> object: ...

else:
    HouseholdPatch = create_model("HouseholdPatch", __base__=HouseholdPatchBase, **catalogue.fields("household"))
    MemberPatch = create_model("MemberPatch", __base__=MemberPatchBase, **catalogue.fields("member"))


class InStatus(BaseModel):
    """How a household stands, as a code and in words."""

    status: str

    @computed_field  # type: ignore[prop-decorator]
    @property
    def status_zh(self) -> str:
        """The status in Chinese."""
        return STATES[self.status].zh

    @computed_field  # type: ignore[prop-decorator]
    @property
    def status_en(self) -> str:
        """The status in English."""
        return STATES[self.status].en


class HouseholdRow(InStatus, Listed):
    """A household in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    number: str
    version: int
    size: int
    identified_on: date
    attribute: str
    main_cause: str


class SizesCrossed(Invalid):
    slug, zh, en = "sizes-crossed", "人数下限大于上限", "The smallest size is above the largest"


class Filters(BaseModel):
    """Households that meet all that is given. ``label`` and ``helper`` as of now, the rest as it stands."""

    model_config = ConfigDict(extra="forbid")

    division: Division | None = None
    status: Literal["registered", "removed", "exited"] | None = None
    cause: Code | None = None
    attribute: Code | None = None
    year: Annotated[int, Field(ge=1900, le=2200)] | None = None
    size_min: Size | None = None
    size_max: Size | None = None
    unsafe_house: bool | None = None
    label: Code | None = None
    helper: UUID | None = None

    def given(self) -> frozenset[str]:
        """The names of what narrows the list; a range of sizes is one of them."""
        names = {name for name, value in self if value is not None and name != "division"}
        if names & {"size_min", "size_max"}:
            names = names - {"size_min", "size_max"} | {"sizes"}
        return frozenset(names)

    def conditions(self) -> frozenset[str]:
        """The names of the conditions of the statement: an unsafe house and a safe one are different ones."""
        names = self.given()
        if self.unsafe_house is not None:
            names = names - {"unsafe_house"} | {"unsafe" if self.unsafe_house else "safe"}
        return names

    def bound(self, scope: str) -> dict[str, object]:
        """Parameters of the statement; ``scope`` is the caller's division. Raises SizesCrossed."""
        low = self.size_min or 0
        high = LARGEST if self.size_max is None else self.size_max
        if low > high:
            raise SizesCrossed(field="size_min", rule="at most size_max")
        values: dict[str, object] = {
            "status": self.status,
            "cause": self.cause,
            "attribute": self.attribute,
            "year": self.year,
            "sizes": list(range(low, high + 1)),
            "label": self.label,
            "helper": self.helper,
        }
        given = {name: value for name, value in values.items() if name in self.given()}
        return given | within(self.division or scope)


class Numbers(BaseModel):
    """Identity numbers to look for."""

    model_config = ConfigDict(extra="forbid")

    numbers: Annotated[list[Annotated[str, StringConstraints(max_length=40)]], Field(min_length=1, max_length=1000)]


class Found(BaseModel):
    """Where the person at a position of the request lives; absent where nobody is known within the division."""

    position: int
    person_id: UUID
    household_id: UUID
    division: str
    number: str
    status: str


class Reveal(BaseModel):
    """Which number to show, and why it is needed."""

    model_config = ConfigDict(extra="forbid")

    field: Literal["identity_number", "phone", "bank_card"]
    person_id: UUID | None = None
    reason: Reason


class Revealed(BaseModel):
    value: str
