"""What a list of households may be narrowed by. The order of a list is division, id; each filter has its index."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.registry.register.fields.catalogue import Code
from shared.names.divisions import Division
from shared.problems import Invalid

LARGEST = 30  # members of a household, as it may be registered
Size = Annotated[int, Field(ge=0, le=LARGEST)]


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

    def bound(self, scope: str) -> dict[str, Any]:
        """Parameters of the statement; ``scope`` is the caller's division. Raises SizesCrossed."""
        low = self.size_min or 0
        high = LARGEST if self.size_max is None else self.size_max
        if low > high:
            raise SizesCrossed(field="size_min", rule="at most size_max")
        values = {
            "status": self.status,
            "cause": self.cause,
            "attribute": self.attribute,
            "year": self.year,
            "sizes": list(range(low, high + 1)),
            "label": self.label,
            "helper": self.helper,
        }
        prefix = self.division or scope
        given = {name: value for name, value in values.items() if name in self.given()}
        return given | {"low": prefix, "high": prefix + ":"}
