"""Imports of register files 批量导入: send the file, watch its job, read what is wrong."""

import hashlib
from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text

from services.registry.imports import layout, store
from shared import audit, jobs, paging
from shared.db import caller_of
from shared.edge import Session, UnitRoute
from shared.ids import uuid7
from shared.problems import Invalid, NotFound
from shared.runtime import runtime_of

router = APIRouter(prefix="/imports", tags=["imports"], route_class=UnitRoute)
_GET = text("""
    SELECT i.id, j.status, i.mode, j.done, j.total, i.created, i.unchanged, i.rejected, i.persons, j.problem,
        i.recorded_at, i.recorded_by
    FROM import i JOIN job j ON j.id = i.id WHERE i.id = :id
""")
_ERRORS = text("""
    SELECT line, field, rule, zh, en FROM import_error
    WHERE import_id = :id AND (line, field, rule) > (:line, :field, :rule) ORDER BY line, field, rule LIMIT :limit
""")


class ImportState(BaseModel):
    """An import: how far it is (bytes done of total), households by outcome, persons registered."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    status: str
    mode: str
    done: int
    total: int | None
    created: int
    unchanged: int
    rejected: int
    persons: int
    problem: dict[str, object] | None
    recorded_at: datetime
    recorded_by: str


class Mistake(BaseModel):
    """One thing that is wrong: the line of the file, the column, the rule."""

    model_config = ConfigDict(from_attributes=True)

    line: int
    field: str
    rule: str
    zh: str
    en: str


class Accepted(BaseModel):
    """The import and its job share one id."""

    id: UUID
    job: str


class FileEmpty(Invalid):
    slug, zh, en = "file-empty", "文件没有内容", "The file is empty"


class NoSuchImport(NotFound):
    slug, zh, en = "no-such-import", "没有这次导入", "There is no such import"


@router.post("", status_code=202)
async def start(
    session: Session,
    request: Request,
    response: Response,
    mode: Literal["all_or_nothing", "accept_good"] = "all_or_nothing",
) -> Accepted:
    """Import a CSV file (its body) of households: all of it or nothing, or every household that is good."""
    content = await request.body()
    if not content.strip():
        raise FileEmpty(rule="at least a header")
    body = layout.to_text(content)
    columns = layout.columns_of(body.split("\n", 1)[0])
    id, division = uuid7(), caller_of(session).division
    values = {
        "id": id,
        "division": division,
        "mode": mode,
        "sha256": hashlib.sha256(content).digest(),
        "columns": columns,
    }
    await store.keep(session, runtime_of(request).keys, values, body.encode())
    await jobs.enqueue(session, "import", {"import_id": str(id)}, division=division, id=id)
    audit.record(session, "import.started", "import", id, division, after={"mode": mode, "bytes": len(content)})
    where = f"{request.scope['root_path']}/jobs/{id}"
    response.headers["Location"] = where
    return Accepted(id=id, job=where)


@router.get("/{import_id}")
async def state(session: Session, import_id: UUID) -> ImportState:
    """How an import is going, and what it did."""
    row = (await session.execute(_GET, {"id": import_id})).one_or_none()
    if row is None:
        raise NoSuchImport(field="import_id")
    return ImportState.model_validate(row)


@router.get("/{import_id}/errors")
async def errors(
    session: Session, import_id: UUID, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[Mistake]:
    """What is wrong in the file, by line and column."""
    await state(session, import_id)
    line, field, rule = paging.decode(cursor, 3) or (0, "", "")
    bound = {"id": import_id, "line": line, "field": field, "rule": rule, "limit": limit + 1}
    found = await session.execute(_ERRORS, bound)
    rows = [Mistake.model_validate(row) for row in found]
    last = rows[limit - 1] if len(rows) > limit else None
    return paging.page(rows, limit, [last.line, last.field, last.rule] if last else None)
