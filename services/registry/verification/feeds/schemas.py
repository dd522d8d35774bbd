"""Feeds as they are asked for."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.sheets.records import Kind, Remark


class FeedRow(BaseModel):
    """A feed, and the headers under which its columns are found."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    zh: str
    en: str
    department: str
    headers: Mapping[str, str]


class Feeds(BaseModel):
    """Every feed; ``key`` is what a department seals a person's number with when it sends events."""

    key: str
    feeds: list[FeedRow]


class FileState(BaseModel):
    """A file: how far it is (bytes done of total), its records by what became of them, and in words what of it was
    not read.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    feed: str
    kind: Kind
    status: str
    done: int
    total: int | None
    fresh: int
    renewed: int
    unchanged: int
    late: int
    contradicting: int
    rejected: int
    remarks: list[Remark] = []
    problem: dict[str, object] | None
    recorded_at: datetime
    recorded_by: str
