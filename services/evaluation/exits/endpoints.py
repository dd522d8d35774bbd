"""Exits over HTTP: read with what they were judged by, completed before they are verified. Their steps are those of
every procedure (``/cases``).
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.evaluation.exits import queries, service
from services.evaluation.exits.schemas import CompletionIn, ExitDetail, ExitRow
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf

router = APIRouter(prefix="/exits", tags=["exits"], route_class=UnitRoute)


@router.post("/completions")
async def complete(session: Session, body: ListOf[CompletionIn]) -> Answers:
    """Add evidence to proposals, or put right the name of a head."""
    return await service.complete(session, body.items)


@router.get("")
async def exits(
    session: Session,
    status: Annotated[str | None, Query(pattern="^(open|approved|refused|withdrawn|lapsed)$")] = None,
    step: Annotated[str | None, Query(pattern="^[a-z][a-z_0-9]{0,39}$")] = None,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[ExitRow]:
    """Cases by division and id; ``step`` lists those at which it is to be done (or a notice runs)."""
    return await paging.of_division(
        session,
        queries.LIST,
        ExitRow,
        division=None,
        limit=limit,
        cursor=cursor,
        status=status,
        step=step,
        year=year,
    )


@router.get("/{exit_id}")
async def exit_case(session: Session, exit_id: UUID) -> ExitDetail:
    """A case with criteria, values, policy versions and reasons."""
    return await service.read(session, exit_id)
