"""Households as evaluation knows them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.problems import NotFound

_GET = text("SELECT id, division, status, size, identified_on FROM household WHERE id = ANY(:ids)")


class HouseholdUnknown(NotFound):
    slug, zh, en = "household-unknown", "辖区内没有这一户", "There is no such household in your division"


async def get(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Any]:
    """The households of some ids that are known and within sight."""
    return {row.id: row for row in await session.execute(_GET, {"ids": list(set(ids))})}
