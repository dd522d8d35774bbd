"""Lock projects, and tell what became of them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.projects.contracts import PROJECT, ProjectState
from shared.events import outbox
from shared.names.money import yuan
from shared.problems import NotFound

_LOCK = text("SELECT * FROM project WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")


class NoSuchProject(NotFound):
    slug, zh, en = "no-such-project", "辖区内没有这个项目", "There is no such project in your division"


async def lock(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Any]:
    """The projects within sight, locked in the order of their ids."""
    return {row.id: row for row in await session.execute(_LOCK, {"ids": sorted(set(ids))})}


def existing(rows: dict[UUID, Any], id: UUID) -> Any:
    """Raises NoSuchProject."""
    if id not in rows:
        raise NoSuchProject(field="id")
    return rows[id]


async def tell(session: AsyncSession, verb: str, ids: Iterable[UUID]) -> None:
    """Publish the state of projects that this transaction has changed."""
    for row in (await lock(session, ids)).values():
        outbox.publish(session, PROJECT, verb, state(row), key=row.id, sequence=row.version)


def state(row: Any) -> ProjectState:
    """The public state of a project."""
    return ProjectState(
        id=row.id,
        division=row.division,
        name=row.name,
        kind=row.kind,
        status=row.status,
        budget=yuan(row.budget),
        funded=yuan(row.funded),
        approved_by=row.approved_by,
        approved_on=row.approved_on,
    )
