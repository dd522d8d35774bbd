"""Feeds of departments 部门数据: which there are, send a file, watch it, read what is wrong."""

import asyncio
import csv
import hashlib
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text

from services.registry.verification.feeds import store
from services.registry.verification.feeds.catalogue import feed as feed_of
from services.registry.verification.feeds.catalogue import feeds as all_feeds
from services.registry.verification.feeds.decoding import to_text
from shared import jobs
from shared.database.session import caller_of
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.runtime import runtime_of
from shared.names.ids import uuid7
from shared.problems import Invalid, NotFound
from shared.security import audit, sealing
from shared.sheets.records import Mistake

catalogue = APIRouter(prefix="/feeds", tags=["screening"], route_class=UnitRoute)
router = APIRouter(prefix="/feed-files", tags=["screening"], route_class=UnitRoute)
COUNTY = 6  # digits
_GET = text("""
    SELECT f.*, j.status, j.done, j.total, j.problem FROM feed_file f JOIN job j ON j.id = f.id WHERE f.id = :id
""")
_ERRORS = text("""
    SELECT line, field, rule, zh, en FROM feed_error
    WHERE file_id = :id AND (line, field, rule) > (:line, :field, :rule) ORDER BY line, field, rule LIMIT :limit
""")


class FeedOut(BaseModel):
    """A feed, and the headers under which its columns are found."""

    code: str
    zh: str
    en: str
    department: str
    headers: dict[str, str]


class Feeds(BaseModel):
    """Every feed; ``key`` is what a department seals a person's number with when it sends events."""

    key: str
    feeds: list[FeedOut]


class FileState(BaseModel):
    """A file: how far it is (bytes done of total), and its records by what became of them."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    feed: str
    status: str
    done: int
    total: int | None
    fresh: int
    renewed: int
    unchanged: int
    late: int
    contradicting: int
    rejected: int
    problem: dict[str, object] | None
    recorded_at: datetime
    recorded_by: str


class Accepted(BaseModel):
    """The file and its job share one id."""

    id: UUID
    job: str


class FileEmpty(Invalid):
    slug, zh, en = "file-empty", "文件没有内容", "The file is empty"


class OneCounty(Invalid):
    slug, zh, en = "one-county", "部门数据由县级办公室报送", "A feed is delivered to the office of one county"


class NoSuchFile(NotFound):
    slug, zh, en = "no-such-file", "没有这个文件", "There is no such file"


@catalogue.get("")
async def feeds(_session: Session, request: Request) -> Feeds:
    """Which feeds there are."""
    listed = [
        FeedOut(code=one.code, zh=one.zh, en=one.en, department=one.department, headers=one.headers)
        for one in all_feeds().values()
    ]
    return Feeds(key=sealing.public_key(runtime_of(request).keys), feeds=listed)


@router.post("", status_code=202)
async def start(
    session: Session, request: Request, response: Response, feed: Annotated[str, Query(max_length=40)]
) -> Accepted:
    """Send a CSV file (its body) of a department's records; records that are wrong are left out and listed."""
    known, division = feed_of(feed), caller_of(session).division
    if len(division) != COUNTY:
        raise OneCounty(rule="six digits")
    content = await request.body()
    if not content.strip():
        raise FileEmpty(rule="at least a header")
    # Megabytes are read in a thread, so that nobody waits for a department's file.
    body = await asyncio.to_thread(to_text, content)
    columns = next(csv.reader([body.split("\n", 1)[0]]), [])
    known.columns(columns)
    id, digest = uuid7(), hashlib.sha256(content).digest()
    values = {"id": id, "division": division, "feed": feed, "sha256": digest, "columns": columns}
    await store.keep(session, runtime_of(request).keys, values, body.encode())
    await jobs.enqueue(session, "feed", {"file_id": str(id)}, division=division, id=id)
    audit.record(session, "feed.delivered", "feed", id, division, after={"feed": feed, "bytes": len(content)})
    where = f"{request.scope['root_path']}/jobs/{id}"
    response.headers["Location"] = where
    return Accepted(id=id, job=where)


@router.get("/{file_id}")
async def state(session: Session, file_id: UUID) -> FileState:
    """How a file is going, and what it brought."""
    row = (await session.execute(_GET, {"id": file_id})).one_or_none()
    if row is None:
        raise NoSuchFile(field="file_id")
    return FileState.model_validate(row)


@router.get("/{file_id}/errors")
async def errors(
    session: Session, file_id: UUID, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[Mistake]:
    """What is wrong in a file, by line and column."""
    await state(session, file_id)
    line, field, rule = paging.decode(cursor, 3) or (0, "", "")
    bound = {"id": file_id, "line": line, "field": field, "rule": rule, "limit": limit + 1}
    rows = [Mistake(*row) for row in await session.execute(_ERRORS, bound)]
    last = rows[limit - 1] if len(rows) > limit else None
    return paging.page(rows, limit, [last.line, last.field, last.rule] if last else None)
