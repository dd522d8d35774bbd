"""Year statistics as they come in and go out."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, computed_field

from services.registry.register.codes import named

Year = Annotated[int, Field(ge=2000, le=2100)]
County = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]


class YearClosing(BaseModel):
    """Close a county's year: later knowledge about it appears in the year in which it came."""

    model_config = ConfigDict(extra="forbid")

    division: County
    year: Year


class YearClosure(BaseModel):
    """A closed year: when, by whom, how many frozen rows, and their hash, chained with that of the year before."""

    model_config = ConfigDict(from_attributes=True)

    division: str
    year: int
    closed_at: datetime
    closed_by: str
    rows: int
    sha256: str
    previous: str | None


class Count(BaseModel):
    """Registered households and persons."""

    households: int
    persons: int


class _Reasoned(BaseModel):
    """What happened for a reason, which is said in words."""

    model_config = ConfigDict(from_attributes=True)

    kind: str
    reason: str

    @computed_field  # type: ignore[prop-decorator]
    @property
    def zh(self) -> str:
        """The reason in Chinese."""
        return named(self.reason)[0]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def en(self) -> str:
        """The reason in English."""
        return named(self.reason)[1]


class Span(_Reasoned):
    """A span of the bridge: what changes of one kind and reason added. ``late``: they took effect before the year."""

    late: bool
    changes: int
    households: int
    persons: int


class YearChange(_Reasoned):
    """A change that a year's figures are made of. ``phase``: it belongs to the ``opening``; happened in the ``year``;
    is ``late``, of earlier years and learned in this one; or was learned ``after`` the close, in no frozen row.
    ``number`` is the household's, where it is still within reach; ``times`` how often it counts, -1 where it takes
    another one back.
    """

    id: UUID
    division: str
    household_id: UUID
    number: str | None
    times: int
    effective_on: date
    recorded_at: datetime
    phase: Literal["opening", "year", "late", "after"]
    late: bool
    households: int
    persons: int


class Part(BaseModel):
    """Opening and closing of a division within."""

    division: str
    opening: Count
    closing: Count


class YearStatistics(BaseModel):
    """``opening`` + all of ``bridge`` = ``closing``, exactly.

    Of a closed year these are the figures as frozen (``frozen`` names their hash). What was learned after the close
    and took effect in the year or before stands beside them in ``corrections``; ``closing_now`` includes it.
    """

    year: int
    division: str
    opening: Count
    closing: Count
    bridge: list[Span]
    parts: list[Part]
    frozen: YearClosure | None
    corrections: list[Span]
    closing_now: Count


class Line(BaseModel):
    """One row of a year's statistics: the opening, one span of the bridge, or the closing of one division."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    division: str
    line: str
    kind: str
    reason: str
    late: bool
    changes: int
    households: int
    persons: int


class FrozenLine(Line):
    """A frozen row, with where it stands in the list of them."""

    place: str = Field(exclude=True)


class Difference(BaseModel):
    """A row that is not what the register's changes, as known at the close, give. None: there is no such row."""

    frozen: Line | None
    recomputed: Line | None


class YearVerification(BaseModel):
    """Whether a closed year still says what it said.

    ``rows_hold``: the frozen rows have the sealed hash; ``changes_hold``: so has what the register's changes give as
    known at the close; ``chain_holds``: the year before has the hash that this year was chained with.
    """

    division: str
    year: int
    sealed: str
    frozen: str
    recomputed: str
    rows_hold: bool
    changes_hold: bool
    chain_holds: bool
    differences: list[Difference]
