"""An approved project waits for its money."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.envelope import Event
from shared.names.money import parse_yuan

_OPEN = text("""
    INSERT INTO project_request (id, division, name, amount, approved_by, approved_on)
    VALUES (:id, :division, :name, :amount, :approved_by, :approved_on) ON CONFLICT (id) DO NOTHING
""")


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
    await session.execute(_OPEN, values)
