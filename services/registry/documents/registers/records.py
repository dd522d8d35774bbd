"""The register of a division on a day, as it passes between modules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Household:
    """A household as it was on a day; ``income`` is in yuan a person and year."""

    id: UUID
    number: str
    identified_on: date
    division: str
    status: str
    size: int
    attribute: str
    main_cause: str
    other_causes: Sequence[str]
    income: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who lived in a household then."""

    household_id: UUID
    relation: str
    labour: str | None
    name: str
    sex: str
    born: date
    identity_masked: str | None


@dataclass(frozen=True, slots=True)
class Home:
    """A household of the register, its members with the head first, its helpers."""

    row: Household
    members: Sequence[Member]
    helpers: str

    @property
    def head(self) -> str:
        """The name of its head."""
        return next((member.name for member in self.members if member.relation == "户主"), "")


@dataclass(frozen=True, slots=True)
class Register:
    """A division's households by village and number; ``names`` are those of divisions by code."""

    division: str
    as_of: date
    known_at: datetime
    names: Mapping[str, str]
    homes: Sequence[Home]

    def name(self, code: str) -> str:
        """What a division is called; one without a name by its code."""
        return self.names.get(code, code)


Cell = str | int | Decimal


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and its share of the page's width."""

    zh: str
    width: int


@dataclass(frozen=True, slots=True)
class Table:
    """A register to be printed: title, the day and moment of which it tells, columns, rows, and sums at the end."""

    title: str
    subtitle: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    sums: Sequence[str]
    moment: datetime
    count: int = field(default=0)
