"""Lock projects, and publish what became of them."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.projects.contracts import PROJECT
from services.projects.projects import queries
from services.projects.projects.records import Project
from services.projects.projects.rules import NoSuchProject
from shared.database.rows import typed
from shared.events import outbox


async def lock(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Project]:
    """The projects within the caller's division, locked in the order of their ids."""
    found = typed(Project, await session.execute(queries.LOCK, {"ids": sorted(set(ids))}))
    return {project.id: project for project in found}


def existing(locked: Mapping[UUID, Project], id: UUID, *, field: str = "id") -> Project:
    """Raises NoSuchProject."""
    if id not in locked:
        raise NoSuchProject(field=field)
    return locked[id]


async def publish(session: AsyncSession, verb: str, ids: Iterable[UUID]) -> None:
    """Publish the state of projects that this transaction has changed."""
    for project in (await lock(session, ids)).values():
        outbox.publish(session, PROJECT, verb, project.state(), key=project.id, sequence=project.version)
