"""Projects over HTTP."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import text

from services.projects.projects import service
from services.projects.projects.schemas import ApprovalIn, OutputRow, ProjectDetail, ProjectIn, ProjectRow
from services.projects.projects.store import NoSuchProject
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf

router = APIRouter(prefix="/projects", tags=["projects"], route_class=UnitRoute)
_LIST = text("""
    SELECT * FROM project WHERE (division, id) > (:division, CAST(:id AS uuid)) ORDER BY division, id LIMIT :limit
""")
_ONE = text("SELECT * FROM project WHERE id = :id")
_OUTPUTS = text("""
    SELECT o.kind, o.unit, o.planned,
        coalesce((SELECT sum(d.quantity) FROM delivery d WHERE d.project_id = o.project_id AND d.kind = o.kind), 0)
            AS delivered
    FROM output o WHERE o.project_id = :id ORDER BY o.kind
""")
_HOUSEHOLDS = text("SELECT household_id FROM participation WHERE project_id = :id ORDER BY household_id")


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
    division, id = paging.decode(cursor, 2) or paging.FIRST
    found = await session.execute(_LIST, {"division": division, "id": id, "limit": limit + 1})
    return paging.by_division([ProjectRow.model_validate(row) for row in found], limit)


@router.get("/{project_id}")
async def project(session: Session, project_id: UUID) -> ProjectDetail:
    """A project with its outputs and the households that take part."""
    row = (await session.execute(_ONE, {"id": project_id})).one_or_none()
    if row is None:
        raise NoSuchProject(field="project_id")
    outputs = [OutputRow.model_validate(one) for one in await session.execute(_OUTPUTS, {"id": project_id})]
    households = list((await session.execute(_HOUSEHOLDS, {"id": project_id})).scalars())
    shown = ProjectRow.model_validate(row).model_dump()
    return ProjectDetail(**shown, outputs=outputs, households=households)
