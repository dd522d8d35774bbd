"""Projects: what is built and grown for the poor, with which money, and what it brought."""

from pathlib import Path

from services.projects import events
from services.projects.deliveries.endpoints import router as deliveries
from services.projects.deliveries.tasks import TASKS as DELIVERIES
from services.projects.figures import FIGURES
from services.projects.participations.endpoints import router as participations
from services.projects.projects.endpoints import router as projects
from services.projects.projects.tasks import TASKS as PROJECTS
from services.projects.snapshots import SNAPSHOTS
from shared.service import Service

SERVICE = Service(
    name="projects",
    title="Tuopin 脱贫 · 项目 projects",
    folder=Path(__file__).parent,
    routers=[deliveries, participations, projects],
    rooms=["households", "divisions"],
    publishes=events.PUBLISHES,
    handles=events.HANDLES,
    snapshots=SNAPSHOTS,
    figures=FIGURES,
    tasks={**PROJECTS, **DELIVERIES},
)
