"""Households as funding knows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_GET = text("SELECT id, division, status, members FROM household WHERE id = ANY(:ids)")


@dataclass(frozen=True, slots=True)
class Household:
    """A household within the caller's sight."""

    id: UUID
    division: str
    status: str
    members: list[dict[str, Any]]

    def member(self, id: UUID) -> dict[str, Any] | None:
        """A member by id: ``born`` (ISO date), ``labour``."""
        return next((member for member in self.members if member["id"] == str(id)), None)


async def get(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Household]:
    """The households of some ids that are known and within sight."""
    rows = await session.execute(_GET, {"ids": list(set(ids))})
    return {row.id: Household(row.id, row.division, row.status, row.members) for row in rows}


def age(born: str, on: date) -> int:
    """Completed years on a day."""
    birth = date.fromisoformat(born)
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
