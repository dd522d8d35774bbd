"""Layouts of register files, and how the columns of one file are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, Self

from services.registry.register.fields.catalogue import Owner

Line = Literal["person", "household"]
MonthsAs = Literal["first", "last"]  # day of a month (or year) that a file gives without one
_MONTHS_AS: Mapping[str, MonthsAs] = {"first": "first", "last": "last"}


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout: what it is recognised by, its columns in order, and the attribute that it implies by kind."""

    key: str
    zh: str
    en: str
    a_line: Line
    recognised_by: tuple[str, ...]
    attribute: Mapping[str, str]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Headers:
    """What the columns of files are called: the field of a household or a member by header, the fields that are read
    and not kept, and the column of the outcome of each line.
    """

    household: Mapping[str, str]
    member: Mapping[str, str]
    not_kept: frozenset[str]
    outcome: str

    def of(self, owner: Owner) -> Mapping[str, str]:
        return self.household if owner == "household" else self.member


@dataclass(frozen=True, slots=True)
class Given:
    """What is said of a file as a whole, for lines that do not say it, and of months that stand for days."""

    identified_on: date | None = None
    effective_on: date | None = None
    attribute: str | None = None
    months_as: MonthsAs | None = None

    def to_json(self) -> dict[str, str | None]:
        return {
            "identified_on": self.identified_on.isoformat() if self.identified_on else None,
            "effective_on": self.effective_on.isoformat() if self.effective_on else None,
            "attribute": self.attribute,
            "months_as": self.months_as,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, str | None]) -> Self:
        identified_on, effective_on = (
            date.fromisoformat(day) if (day := said.get(name)) else None for name in ("identified_on", "effective_on")
        )
        return cls(identified_on, effective_on, said.get("attribute"), _MONTHS_AS.get(said.get("months_as") or ""))


@dataclass(frozen=True, slots=True)
class Plan:
    """How one file is read: (position, field) of its columns, what is not taken, the header of each field, and where
    the outcome of each line stands when the file goes back: after the last column, or where it stood; ``factors`` are
    by what the numbers of fields (of members with ``members.``) are multiplied where their unit is another.
    """

    layout: Layout
    columns: tuple[str, ...]
    household: tuple[tuple[int, str], ...]
    member: tuple[tuple[int, str], ...]
    headers: Mapping[str, str]
    unknown: tuple[str, ...]
    not_kept: tuple[str, ...]
    outcome_at: int
    factors: Mapping[str, Decimal] = field(default_factory=dict)
