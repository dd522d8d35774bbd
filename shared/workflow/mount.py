"""What a service gets from its procedures: endpoints and their access, jobs, figures, tasks, events, policies."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from shared.attachments.endpoints import router as attachments
from shared.events.contracts import Aggregate
from shared.events.republish import Present, Snapshot
from shared.figures import Figure
from shared.jobs.kinds import Step
from shared.notices import endpoints as notices
from shared.tasks.records import TaskSource
from shared.words import Word
from shared.workflow import endpoints, jobs, service, tasks
from shared.workflow.figures import FIGURES
from shared.workflow.kinds import Procedures
from shared.workflow.procedure import check_procedure

_SHARED = Path(__file__).parents[1]
# In the order in which their tables refer to each other.
ROOMS = ("attachments", "notices", "workflow")
ACCESS = tuple(_SHARED / room / "access.yaml" for room in ROOMS)
POLICIES = tuple(_SHARED / room / "policies.yaml" for room in ROOMS if (_SHARED / room / "policies.yaml").exists())


@dataclass(frozen=True, slots=True)
class Mounted:
    """The parts of a service that come from its procedures."""

    routers: Sequence[APIRouter]
    publishes: Sequence[Aggregate]
    snapshots: Mapping[str, Snapshot]
    jobs: Mapping[str, Step]
    figures: Mapping[str, Figure]
    tasks: Mapping[str, TaskSource]
    policy_checks: Mapping[str, Callable[[object], None]]


def mount(procedures: Procedures) -> Mounted:
    """Everything that the procedures of a service bring with them."""
    aggregates = list(dict.fromkeys(kind.aggregate.topic for kind in procedures.kinds))
    published = {kind.aggregate.topic: kind.aggregate for kind in procedures.kinds}
    called = {one.name: Word(one.name, one.words.matter, one.words.en) for one in procedures.kinds}
    return Mounted(
        routers=[attachments, *endpoints.routers(procedures), notices.router(procedures.around)],
        publishes=[published[topic] for topic in aggregates],
        snapshots={topic: partial(_present, procedures, topic) for topic in aggregates},
        jobs=jobs.steps(procedures),
        figures={name: replace(figure, words=called) for name, figure in FIGURES.items()},
        tasks=tasks.sources(procedures),
        policy_checks={"procedure.": check_procedure},
    )


async def _present(
    procedures: Procedures, topic: str, session: AsyncSession, after: UUID | None, limit: int
) -> list[Present]:
    names = [kind.name for kind in procedures.kinds if kind.aggregate.topic == topic]
    return await service.present(session, procedures, names, after, limit)
