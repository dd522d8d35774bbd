"""Exits over HTTP: each step takes a list and answers each case."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import text

from services.evaluation.exits import deciding, objections, proposing
from services.evaluation.exits.cases import NoSuchCase
from services.evaluation.exits.schemas import (
    CaseIn,
    ExitDetail,
    ExitRow,
    ObjectionAnswerIn,
    ObjectionIn,
    ProposalIn,
    SignatureIn,
)
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.security import audit

router = APIRouter(prefix="/exits", tags=["exits"], route_class=UnitRoute)
_LIST = text("""
    SELECT * FROM exit_case
    WHERE (division, id) > (:division, CAST(:id AS uuid)) AND (CAST(:status AS text) IS NULL OR status = :status)
      AND (CAST(:year AS integer) IS NULL OR year = :year)
    ORDER BY division, id LIMIT :limit
""")
_ONE = text("SELECT * FROM exit_case WHERE id = :id")


@router.post("/proposals")
async def propose(session: Session, body: ListOf[ProposalIn]) -> Answers:
    """Propose households, with evidence for the two no-worries and three guarantees."""
    return await proposing.propose(session, body.items)


@router.post("/checks")
async def check(session: Session, body: ListOf[CaseIn]) -> Answers:
    """Judge them by the standard; those that fail are refused with reasons."""
    return await proposing.check(session, body.items)


@router.post("/signatures")
async def sign(session: Session, body: ListOf[SignatureIn]) -> Answers:
    """Record that the household agrees."""
    return await proposing.sign(session, body.items)


@router.post("/notices")
async def publish(session: Session, body: ListOf[CaseIn]) -> Answers:
    """Put on public notice for the policy's days."""
    return await deciding.publish(session, body.items)


@router.post("/objections")
async def raise_objections(session: Session, body: ListOf[ObjectionIn]) -> Answers:
    """Record what is said against it."""
    return await objections.raise_objections(session, body.items)


@router.post("/objection-answers")
async def answer_objections(session: Session, body: ListOf[ObjectionAnswerIn]) -> Answers:
    """Answer: an upheld objection refuses the exit, another restarts the notice."""
    return await objections.answer(session, body.items)


@router.post("/approvals")
async def approve(session: Session, body: ListOf[CaseIn]) -> Answers:
    """Decide, after the notice."""
    return await deciding.approve(session, body.items)


@router.get("")
async def exits(
    session: Session,
    status: Annotated[str | None, Query(pattern="^(proposed|checked|signed|published|approved|refused)$")] = None,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[ExitRow]:
    """Cases by division and id."""
    division, id = paging.decode(cursor, 2) or paging.FIRST
    bound = {"division": division, "id": id, "status": status, "year": year, "limit": limit + 1}
    return paging.by_division([ExitRow.model_validate(row) for row in await session.execute(_LIST, bound)], limit)


@router.get("/{exit_id}")
async def exit_case(session: Session, exit_id: UUID) -> ExitDetail:
    """A case with criteria, values, policy versions and reasons."""
    row = (await session.execute(_ONE, {"id": exit_id})).one_or_none()
    if row is None:
        raise NoSuchCase(field="exit_id")
    audit.read(session, "exit", exit_id, row.division)
    return ExitDetail.model_validate(row)
