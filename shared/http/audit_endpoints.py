"""Who did what and who read what, for those who supervise."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, JsonValue

from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.security.audit import LIST

router = APIRouter(prefix="/audit", tags=["audit"], route_class=UnitRoute)


class AuditEntry(BaseModel):
    """One line of the record. ``recorded_at`` is wall time, ``business_at`` the county's."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    recorded_at: datetime
    business_at: datetime
    actor: str
    roles: list[str]
    purpose: str
    action: str
    object_kind: str
    object_id: str
    division: str
    before: dict[str, JsonValue] | None
    after: dict[str, JsonValue] | None
    reason: str | None
    request_id: str | None


@router.get("")
async def entries(
    session: Session,
    kind: Annotated[str | None, Query(max_length=40)] = None,
    id: Annotated[str | None, Query(max_length=64)] = None,
    limit: paging.Limit = 100,
    cursor: paging.Cursor = None,
) -> paging.Page[AuditEntry]:
    """The record within the caller's division, by division and then in order; of one object where it is named."""
    by: paging.Order = {"division": "", "id": 0}
    return await paging.of_division(
        session, LIST, AuditEntry, division=None, limit=limit, cursor=cursor, by=by, kind=kind, object_id=id
    )
