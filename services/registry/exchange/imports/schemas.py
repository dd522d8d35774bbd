"""Imports as they are asked for."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class ImportState(BaseModel):
    """An import: how far it is (bytes done of total), households by outcome (``corrected``: by a household
    table), persons registered.

    Of a preview the counts say what a load would do. ``unknown`` are columns that nothing is known of, ``not_kept``
    those that are understood and not stored; ``marked`` whether there is a file to fetch.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    status: str
    phase: str | None
    mode: str
    kind: str
    preview: bool
    layout: str | None
    unknown: list[str]
    not_kept: list[str]
    done: int
    total: int | None
    created: int
    unchanged: int
    corrected: int
    rejected: int
    persons: int
    marked: bool
    problem: dict[str, object] | None
    recorded_at: datetime
    recorded_by: str
