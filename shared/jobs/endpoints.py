"""How far a job is."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from shared.http.edge import Session, UnitRoute
from shared.jobs import queries
from shared.jobs.schemas import Accepted, JobState

router = APIRouter(prefix="/jobs", tags=["jobs"], route_class=UnitRoute)


def accepted(request: Request, response: Response, id: UUID, job: UUID) -> Accepted:
    """That a job works on it; the job's address is the answer's Location."""
    where = f"{request.scope['root_path']}/jobs/{job}"
    response.headers["Location"] = where
    return Accepted(id=id, job=where)


@router.get("/{job_id}")
async def job(session: Session, job_id: UUID) -> JobState:
    """A job's progress and outcome."""
    return await queries.state(session, job_id)
