"""Natural villages 自然村 and groups 村民小组 as they come in and go out."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.registry.register.natural_villages.catalogue import Scope
from shared.http.schemas import Name, Text
from shared.names.divisions import Village
from shared.problems import WrongValue


class NaturalVillage(BaseModel):
    """A natural village or group of an administrative village. ``code``: the village's and three digits, if any."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    id: UUID
    division: Village
    kind: Literal["natural_village", "group"] = "natural_village"
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{15}$")] | None = None
    name: Name
    valid_from: date
    valid_to: date | None = None
    source: Text

    @model_validator(mode="after")
    def _lies_in_its_village(self) -> "NaturalVillage":
        if self.valid_to and self.valid_to <= self.valid_from:
            raise WrongValue("失效日期须晚于生效日期", "it ends after it begins")
        return self


class TotalsIn(BaseModel):
    """Totals stated for a natural village and a year, by code of the national system (AAD007 ...)."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    year: Annotated[int, Field(ge=2000, le=2100)]
    totals: Annotated[dict[str, Annotated[int, Field(ge=0, le=100_000)]], Field(min_length=1, max_length=20)]
    source: Text


class PlaceIn(BaseModel):
    """A household (``id``) that lives in a natural village from a day on."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    natural_village_id: UUID
    valid_from: date


class Total(BaseModel):
    """A stated total beside what the register counts at the end of the year (today, in the present one).

    ``scope``: the register counts ``all`` of what is stated, or only its ``registered`` part; ``difference`` is
    stated less counted, where the register should count all of it.
    """

    code: str
    zh: str
    en: str
    stated: int | None
    source: str | None
    counted: int | None
    scope: Scope | None
    difference: int | None


class Totals(BaseModel):
    """The totals of a natural village for a year, as stated and as counted on a day."""

    natural_village_id: UUID
    year: int
    counted_on: date
    totals: list[Total]
