"""Archives and the documents in them, as they pass between modules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive: of which division, day and moment, whose certificates are in it, and how far it is."""

    id: UUID
    division: str
    as_of: date
    known_at: datetime
    certificates_of: Sequence[str]
    status: str
    done: int
    total: int | None
    entries: int | None
    bytes: int | None
    root: str | None
    completed_at: datetime | None
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A document of an archive by its path: its hash and size, and how many households it is about."""

    path: str
    kind: str
    subject: str
    sha256: str
    size: int
    pages: int | None
    rows: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A document as it is kept now: its hash and size, both empty where it is gone."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """A step of a case as it was recorded: of which procedure, about whom, when, and what."""

    procedure: str
    name: str
    step: str
    done_on: date
    record: Mapping[str, object]
    void: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """A photo or paper that is kept already, with the number of the household that it is about."""

    sha256: str
    size: int
    media_type: str
    number: str | None


@dataclass(frozen=True, slots=True)
class Made:
    """A document of a step, before it is kept."""

    kind: str
    code: str
    name: str
    ending: str
    content: bytes
    rows: int
