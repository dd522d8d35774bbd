"""An approved project waits for its money."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.project_requests import queries
from shared.events.envelope import Event
from shared.names.money import parse_yuan


class ProjectApproved(BaseModel):
    """What funding reads of an approval."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    division: str
    name: str
    status: Literal["approved"]
    budget: str
    approved_by: str
    approved_on: date


async def open_request(session: AsyncSession, event: Event) -> None:
    """Open the request for a project's budget, once for a project."""
    approved = event.read(ProjectApproved)
    values = approved.model_dump(exclude={"status", "budget"}) | {"amount": parse_yuan(approved.budget)}
    await session.execute(queries.OPEN, values)
