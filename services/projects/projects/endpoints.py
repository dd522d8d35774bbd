"""Projects over HTTP."""

from uuid import UUID

from fastapi import APIRouter

from services.projects.projects import queries, service
from services.projects.projects.schemas import ApprovalIn, ProjectDetail, ProjectIn, ProjectRow
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf

router = APIRouter(prefix="/projects", tags=["projects"], route_class=UnitRoute)


@router.post("")
async def propose(session: Session, body: ListOf[ProjectIn]) -> Answers:
    """Propose projects."""
    return await service.propose(session, body.items)


@router.post("/approvals")
async def approve(session: Session, body: ListOf[ApprovalIn]) -> Answers:
    """Approve projects; funding then waits to pay them."""
    return await service.approve(session, body.items)


@router.get("")
async def projects(
    session: Session, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[ProjectRow]:
    """Projects by division and id."""
    return await paging.of_division(session, queries.LIST, ProjectRow, division=None, limit=limit, cursor=cursor)


@router.get("/{project_id}")
async def project(session: Session, project_id: UUID) -> ProjectDetail:
    """A project with its outputs and the households that take part."""
    return await service.read(session, project_id)
