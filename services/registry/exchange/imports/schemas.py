"""Imports as they are asked for."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.registry.exchange.imports.records import State
from services.registry.register.changes.schemas import AskedHousehold
from shared.sheets.records import Remark


class NewHousehold(AskedHousehold):
    """A household of a file that waits to enter: where it would live, and the line of a sheet on which it begins."""

    line: int
    sheet: str | None
    division: str


class ImportState(BaseModel):
    """An import: how far it is (bytes done of total), households by outcome (``corrected``: by a household
    table), persons registered.

    ``state`` is checking, checked (nobody has asked for it yet), waiting (for another person of ``level`` or above,
    by ``due_on``), refused, expired, loading, done or failed. Before it is loaded the counts say what a load would
    do. ``unknown`` are columns that nothing is known of, ``not_kept`` those that are understood and not stored;
    ``remarks`` say in words what of the file was not read, and why; ``marked`` whether there is a file to fetch.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    state: State
    status: str
    phase: str | None
    mode: str
    kind: str
    preview: bool
    first_load: bool
    layout: str | None
    unknown: list[str]
    not_kept: list[str]
    remarks: list[Remark] = []
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
    kept_until: datetime
    level: str | None
    asked_by: str | None
    asked_at: datetime | None
    due_on: date | None
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None
    ground: str | None
