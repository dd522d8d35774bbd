"""What waits for an office, and who calls, over HTTP."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request

from shared.households.schemas import Namer
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.runtime import runtime_of
from shared.names.divisions import Division
from shared.tasks import service
from shared.tasks.records import Office, TaskSource, Who
from shared.tasks.schemas import Me, TaskItem

router = APIRouter(tags=["tasks"], route_class=UnitRoute)


@router.get("/tasks")
async def tasks(
    session: Session,
    request: Request,
    kind: Annotated[str | None, Query(max_length=40, description="one kind of task")] = None,
    division: Division | None = None,
    level: Office | None = None,
    mine: Annotated[bool, Query(description="only what the caller may do now")] = False,  # noqa: FBT002 (a query parameter)
    limit: paging.Limit = 100,
    cursor: paging.Cursor = None,
) -> paging.Page[TaskItem]:
    """What waits in a division, for whom and until when, the overdue first."""
    sources: Mapping[str, TaskSource] = request.app.state.tasks
    asked = await service.asked_for(
        session, _who(request), division=division, level=level, mine=mine, limit=limit, cursor=cursor
    )
    namer: Namer = request.app.state.namer
    return await service.inbox(session, sources, asked, namer, kind=kind, base=request.scope["root_path"])


@router.get("/me")
async def me(session: Session, request: Request) -> Me:
    """Who calls, what they are in charge of, and what they may call."""
    return await service.me(session, runtime_of(request).matrix, _who(request))


def _who(request: Request) -> Who | None:
    who: Who | None = request.app.state.who
    return who
