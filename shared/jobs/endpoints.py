"""How far a job is."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, JsonValue

from shared.http.edge import Session, UnitRoute
from shared.jobs import queries
from shared.problems import NotFound

router = APIRouter(prefix="/jobs", tags=["jobs"], route_class=UnitRoute)


class JobState(BaseModel):
    """A job as the person who waits for it sees it: ``done`` of ``total`` units, then result or problem."""

    id: UUID
    kind: str
    status: str
    done: int
    total: int | None
    result: dict[str, JsonValue] | None
    problem: dict[str, JsonValue] | None
    due_at: datetime
    created_at: datetime
    finished_at: datetime | None


class Accepted(BaseModel):
    """What was asked for, and the address of the job that works on it."""

    id: UUID
    job: str


def accepted(request: Request, response: Response, id: UUID, job: UUID) -> Accepted:
    """That a job works on it; the job's address is the answer's Location."""
    where = f"{request.scope['root_path']}/jobs/{job}"
    response.headers["Location"] = where
    return Accepted(id=id, job=where)


@router.get("/{job_id}")
async def job(session: Session, job_id: UUID) -> JobState:
    """A job's progress and outcome."""
    row = (await session.execute(queries.ONE, {"id": job_id})).one_or_none()
    if row is None:
        raise NotFound(field="job_id")
    return JobState.model_validate(row, from_attributes=True)
