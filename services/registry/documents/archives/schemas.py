"""Archives as they are asked for and told of."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.names.divisions import Division

Kind = Literal["certificates", "village_register", "township_ledger", "notices", "steps", "attachments", "index"]


class ArchiveIn(BaseModel):
    """A county (or a town of it) to be archived as of a day; ``certificates_of`` limits whose certificates go in."""

    model_config = ConfigDict(extra="forbid")

    division: Annotated[str, StringConstraints(pattern=r"^([0-9]{6}|[0-9]{9})$")]
    as_of: date | None = None
    certificates_of: Annotated[list[Division], Field(max_length=200)] | None = None


class Accepted(BaseModel):
    """The archive and its job share one id."""

    id: UUID
    job: str


class Archive(BaseModel):
    """An archive: towns and villages ``done`` of ``total``, then its entries, bytes, and the hash over all."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    as_of: date
    known_at: datetime
    certificates_of: list[str]
    status: str
    done: int
    total: int | None
    entries: int | None
    bytes: int | None
    root: str | None
    completed_at: datetime | None
    recorded_at: datetime
    recorded_by: str


class Entry(BaseModel):
    """A document of the archive by its path; ``rows`` are the households it tells of."""

    model_config = ConfigDict(from_attributes=True)

    path: str
    kind: Kind
    subject: str
    sha256: str
    size: int
    pages: int | None
    rows: int
    recorded_at: datetime


class Verified(BaseModel):
    """The hashes of the kept documents as they are now; ``wrong`` are up to a hundred that differ or are gone."""

    matches: bool
    root: str
    root_found: str
    entries: int
    bytes: int
    wrong: list[str]
