"""Feeds of departments 部门数据: which there are, send a file, watch it, read what is wrong."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.registry.verification.feeds import catalogue, service
from services.registry.verification.feeds.schemas import FeedRow, Feeds, FileState
from shared.http import paging, streams
from shared.http.edge import Session, UnitRoute
from shared.http.runtime import runtime_of
from shared.http.streams import StreamRoute
from shared.jobs.endpoints import accepted
from shared.jobs.schemas import Accepted
from shared.security import sealing
from shared.sheets import queries as files
from shared.sheets.records import Mistake

feeds = APIRouter(prefix="/feeds", tags=["screening"], route_class=UnitRoute)
uploads = APIRouter(prefix="/feed-files", tags=["screening"], route_class=StreamRoute)
router = APIRouter(prefix="/feed-files", tags=["screening"], route_class=UnitRoute)


@feeds.get("")
async def known(_session: Session, request: Request) -> Feeds:
    """Which feeds there are."""
    listed = [FeedRow.model_validate(one) for one in catalogue.feeds().values()]
    return Feeds(key=sealing.public_key(runtime_of(request).keys), feeds=listed)


@uploads.post("", status_code=202)
async def start(
    session: Session, request: Request, response: Response, feed: Annotated[str, Query(max_length=40)]
) -> Accepted:
    """Send a file (its body: CSV, or an .xlsx workbook) of a department's records; records that are wrong are left
    out and listed.
    """
    id = await service.start(session, runtime_of(request).keys, streams.body_of(request), feed)
    return accepted(request, response, id, id)


@router.get("/{file_id}")
async def state(session: Session, file_id: UUID) -> FileState:
    """How a file is going, and what it brought."""
    return await service.state(session, file_id)


@router.get("/{file_id}/errors")
async def errors(
    session: Session, file_id: UUID, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[Mistake]:
    """What is wrong in a file, by line and column."""
    await service.state(session, file_id)
    return await files.mistakes(session, file_id, limit, cursor)
