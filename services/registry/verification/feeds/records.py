"""Feeds of departments, their records, and what becomes of these."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

FieldKind = Literal["text", "number"]
Villages = Mapping[str, str]  # each code to itself, and each name that only one village of a county has to its code


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: ``headers`` names the field of each column that is understood, ``fields`` the kind of what is kept."""

    code: str
    zh: str
    en: str
    department: str
    headers: Mapping[str, str]
    fields: Mapping[str, FieldKind]

    def header(self, field: str) -> str:
        """The header under which somebody knows a field."""
        return next((header for header, name in self.headers.items() if name == field), field)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A record as a department gives it; ``number`` is the person's number, normalised, or empty."""

    record_no: str
    version: int
    name: str
    number: str
    born: date | None
    village: str | None
    from_on: date | None
    ended_on: date | None
    details: dict[str, str]


@dataclass(slots=True)
class Counts:
    """What became of records; ``contradicting`` have the version of a kept one and other content."""

    fresh: int = 0
    renewed: int = 0
    unchanged: int = 0
    late: int = 0
    contradicting: int = 0

    def add(self, other: "Counts") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))
